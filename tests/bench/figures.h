/* Clocks, medians and the lines of the report. */
#ifndef ALUNO_BENCH_FIGURES_H
#define ALUNO_BENCH_FIGURES_H

#include <stddef.h>

/* Of a clock that nobody sets. */
double steady_seconds(void);

/* Sorts the values, after which the least is values[0]. `part` 0.5 is the median. */
double percentile(double *values, size_t count, double part);
double median(double *values, size_t count);

enum bar_kind { NO_BAR, AT_MOST, AT_LEAST };

/* What a result is to be. */
struct bar {
    enum bar_kind kind;
    double value;
};

void report_head(void);

/* A line of the report: what was measured, the result with its unit, the bar and whether it was reached; then
 * the figures that the result comes from (a printf format). */
void report(const char *what, double result, const char *unit, struct bar bar, const char *figures, ...)
    __attribute__((format(printf, 5, 6)));

#endif
