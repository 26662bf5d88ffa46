/* Clocks, medians and the lines of the report. */
#ifndef ALUNO_BENCH_FIGURES_H
#define ALUNO_BENCH_FIGURES_H

#include <stddef.h>

/* The monotonic clock. */
double steady_seconds(void);

/* Sorts the values: values[0] is the least. `part` 0.5 is the median. */
double percentile(double *values, size_t count, double part);
double median(double *values, size_t count);

enum bar_kind { NO_BAR, AT_MOST, AT_LEAST };

/* The bound that a result should meet. */
struct bar {
    enum bar_kind kind;
    double value;
};

void report_head(void);

/* Prints a line of the report: the measurement, the result with its unit, the bar and whether it was met;
 * then the figures behind the result (a printf format). */
void report(const char *what, double result, const char *unit, struct bar bar, const char *figures, ...)
    __attribute__((format(printf, 5, 6)));

#endif
