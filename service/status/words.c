/* Formatting. */
#include "status/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

const char *words_count(words_text out, int64_t count)
{
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%" PRId64, count);
    char *at = out;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-')
            *at++ = '.';
        *at++ = digits[i];
    }
    *at = '\0';
    return out;
}

const char *words_number(words_text out, double number)
{
    if (number >= 9.95 || number <= -9.95)
        return words_count(out, (int64_t)(number + (number < 0 ? -0.5 : 0.5)));
    snprintf(out, sizeof(words_text), "%.1f", number);
    char *const point = strchr(out, '.');
    if (point == NULL) /* no number */
        return out;
    if (strcmp(point, ".0") == 0)
        *point = '\0';
    else
        *point = ',';
    return out;
}

/* The number of the largest unit that it has at least one of; units rise by 1000. */
static const char *scaled(words_text out, double number, const char *const units[], size_t count)
{
    words_text text;
    size_t unit = 0;
    for (; number >= 999.5 && unit + 1 < count; unit++)
        number /= 1000;
    snprintf(out, sizeof(words_text), "%s %s", words_number(text, number), units[unit]);
    return out;
}

const char *words_bytes(words_text out, int64_t bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    return scaled(out, (double)bytes, units, sizeof units / sizeof *units);
}

const char *words_span(words_text out, int64_t microseconds)
{
    static const char *const units[] = {"µs", "ms", "s"};
    return scaled(out, (double)microseconds, units, sizeof units / sizeof *units);
}

const char *words_time(words_text out, int64_t unix_ms)
{
    const time_t seconds = (time_t)(unix_ms / 1000);
    struct tm parts = {.tm_mday = 1};
    if (unix_ms == 0)
        return "–";
    localtime_r(&seconds, &parts);
    strftime(out, sizeof(words_text), "%d/%m/%Y %H:%M", &parts);
    return out;
}

void words_escape(aluno__buffer *out, const char *text)
{
    static const struct {
        char character;
        const char *escape;
    } escapes[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};
    for (; *text != '\0'; text++) {
        const char *shown = (const char[]){*text, '\0'};
        for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
            if (escapes[i].character == *text)
                shown = escapes[i].escape;
        aluno__buffer_append(out, shown, strlen(shown));
    }
}
