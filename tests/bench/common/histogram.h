/* A histogram of latencies in nanoseconds, with an error of at most 1.6 %. */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Each power of two has 64 buckets. */
#define HISTOGRAM_STEPS   64
#define HISTOGRAM_BUCKETS (58 * HISTOGRAM_STEPS)

typedef struct histogram {
    uint64_t count;
    uint64_t buckets[HISTOGRAM_BUCKETS];
} histogram;

void histogram_add(histogram *h, uint64_t ns);

/* Returns the latency that `part` of all do not exceed: 0.5 is the median. Returns 0 for an empty
 * histogram. */
double histogram_quantile(const histogram *h, double part);

#ifdef __cplusplus
}
#endif

#endif
