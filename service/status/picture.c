/* SVG in coordinates of its own, which the page's style scales. */
#include "status/picture.h"

#include "status/text.h"

enum { WIDTH = 240, HEIGHT = 56, MARGIN = 3 };

static double largest(const double *values, size_t count)
{
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = values[i] > most ? values[i] : most;
    return most;
}

static double x_of(size_t point, size_t points)
{
    return (double)point * (double)WIDTH / (double)(points - 1);
}

static void write_points(aluno__buffer *out, const double *values, size_t first, size_t points)
{
    const double most = largest(values + first, points - first);
    for (size_t i = first; i < points; i++) {
        const double share = most > 0 ? values[i] / most : 0;
        text_print(out, " %.1f,%.1f", x_of(i, points), HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN));
    }
}

void picture_line(aluno__buffer *out, const char *title, const double *values, size_t points, size_t count)
{
    const size_t first = points - count;
    text_print(out,
               "<svg class=line viewBox=\"0 0 %d %d\" preserveAspectRatio=none role=img><title>%s</title>"
               "<path class=base d=\"M0 %d H%d\"/>",
               WIDTH, HEIGHT, title, HEIGHT - MARGIN, WIDTH);
    if (count > 0) {
        text_print(out, "<polygon points=\"%.1f,%d", x_of(first, points), HEIGHT - MARGIN);
        write_points(out, values, first, points);
        text_print(out, " %d,%d\"/><polyline points=\"", WIDTH, HEIGHT - MARGIN);
        write_points(out, values, first, points);
        text_print(out, "\"/>");
    }
    text_print(out, "</svg>");
}

/* So many bits a count has; its logarithm without libm. */
static int bits_of(uint64_t count)
{
    int bits = 0;
    for (; count > 0; count >>= 1)
        bits++;
    return bits;
}

void picture_columns(aluno__buffer *out, const char *title, const uint64_t *counts, size_t count)
{
    int most = 1;
    for (size_t i = 0; i < count; i++)
        most = bits_of(counts[i]) > most ? bits_of(counts[i]) : most;
    text_print(out,
               "<svg class=columns viewBox=\"0 0 %zu 16\" preserveAspectRatio=none role=img><title>%s</title>"
               "<path class=base d=\"M0 16 H%zu\"/>",
               count * 6, title, count * 6);
    for (size_t i = 0; i < count; i++)
        if (counts[i] > 0)
            text_print(out, "<rect x=%zu y=%.1f width=5 height=%.1f />", i * 6,
                       16 - 16.0 * bits_of(counts[i]) / most, 16.0 * bits_of(counts[i]) / most);
    text_print(out, "</svg>");
}

void picture_bar(aluno__buffer *out, const char *kind, double value, double most)
{
    const double share = most <= 0 || value <= 0 ? 0 : value >= most ? 1 : value / most;
    text_print(out,
               "<svg class=\"bar %s\" viewBox=\"0 0 100 8\" preserveAspectRatio=none aria-hidden=true>"
               "<rect class=back width=100 height=8 rx=2 /><rect width=%.1f height=8 rx=2 /></svg>",
               kind, share * 100);
}
