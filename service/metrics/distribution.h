/* A histogram: how many values are in which range. Any thread may add to it, without a lock. */
#ifndef ALUNOD_METRICS_DISTRIBUTION_H
#define ALUNOD_METRICS_DISTRIBUTION_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { DISTRIBUTION_BUCKETS = 20 };

/* Upper bounds of the buckets, each included, in rising order. The values beyond the last have a bucket of
 * their own. */
struct distribution_scale {
    size_t count; /* at most DISTRIBUTION_BUCKETS - 1 */
    int64_t bounds[DISTRIBUTION_BUCKETS - 1];
};

extern const struct distribution_scale distribution_microseconds;  /* 50 µs to 10 s */
extern const struct distribution_scale distribution_powers_of_two; /* 1 to 4096 */

/* Begin with {.scale = …}. */
struct distribution {
    const struct distribution_scale *scale;
    atomic_uint_least64_t counts[DISTRIBUTION_BUCKETS];
    atomic_uint_least64_t sum;
};

void distribution_add(struct distribution *distribution, int64_t value);

/* The counts of a distribution when it was read. */
struct distribution_reading {
    const struct distribution_scale *scale;
    uint64_t counts[DISTRIBUTION_BUCKETS];
    uint64_t count, sum; /* of all values */
};

void distribution_read(struct distribution *distribution, struct distribution_reading *out);

/* Adds another reading of the same scale, or takes one away that is earlier. */
void distribution_combine(struct distribution_reading *reading, const struct distribution_reading *other);
void distribution_subtract(struct distribution_reading *reading, const struct distribution_reading *earlier);

/* The value that so many per cent of the values are at most, by interpolation within its bucket; 0 when there
 * are none. A value beyond the last bound counts as that bound. */
int64_t distribution_percentile(const struct distribution_reading *reading, unsigned percent);

#endif
