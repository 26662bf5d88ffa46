/* A histogram that any thread may add to, without a lock. */
#ifndef ALUNOD_METRICS_HISTOGRAM_H
#define ALUNOD_METRICS_HISTOGRAM_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { HISTOGRAM_BUCKETS = 20 };

/* Upper bounds of the buckets, each included, in rising order. The values beyond the last have a bucket of
 * their own. */
struct histogram_scale {
    size_t count; /* at most HISTOGRAM_BUCKETS - 1 */
    int64_t bounds[HISTOGRAM_BUCKETS - 1];
};

extern const struct histogram_scale histogram_microseconds;  /* 50 µs to 10 s */
extern const struct histogram_scale histogram_powers_of_two; /* 1 to 4096 */

/* Begin with {.scale = …}. */
struct histogram {
    const struct histogram_scale *scale;
    atomic_uint_least64_t counts[HISTOGRAM_BUCKETS];
    atomic_uint_least64_t sum;
};

void histogram_add(struct histogram *histogram, int64_t value);

/* What a histogram had when it was read. */
struct histogram_reading {
    const struct histogram_scale *scale;
    uint64_t counts[HISTOGRAM_BUCKETS];
    uint64_t count, sum; /* of all values */
};

void histogram_read(struct histogram *histogram, struct histogram_reading *out);

/* The value below which so many per cent of the values are, interpolated within its bucket; 0 when there are
 * none. A value beyond the last bound counts as that bound. */
int64_t histogram_percentile(const struct histogram_reading *reading, unsigned percent);

#endif
