/* Prints one line per measurement. */
#include "figures.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

double steady_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
    const double one = *(const double *)a, other = *(const double *)b;
    return (one > other) - (one < other);
}

double percentile(double *values, size_t count, double part)
{
    qsort(values, count, sizeof *values, compare);
    return values[(size_t)((double)(count - 1) * part + 0.5)];
}

double median(double *values, size_t count)
{
    return percentile(values, count, 0.5);
}

static const char *verdict(double result, struct bar bar)
{
    if (bar.kind == NO_BAR)
        return "";
    const bool reached = bar.kind == AT_MOST ? result <= bar.value : result >= bar.value;
    return reached ? "ok" : "missed";
}

void report_head(void)
{
    printf("%-30s %10s %-5s %-9s %-7s %s\n", "what", "result", "", "bar", "", "figures");
}

void report(const char *what, double result, const char *unit, struct bar bar, const char *figures, ...)
{
    char wanted[32] = "";
    if (bar.kind != NO_BAR)
        snprintf(wanted, sizeof wanted, "%s %g", bar.kind == AT_MOST ? "<=" : ">=", bar.value);
    printf("%-30s %10.2f %-5s %-9s %-7s ", what, result, unit, wanted, verdict(result, bar));
    va_list arguments;
    va_start(arguments, figures);
    vprintf(figures, arguments);
    va_end(arguments);
    putchar('\n');
    fflush(stdout);
}
