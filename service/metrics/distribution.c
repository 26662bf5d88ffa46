/* Counts of values by buckets. */
#include "metrics/distribution.h"

const struct distribution_scale distribution_microseconds = {17,
                                                             {50, 100, 250, 500, 1000, 2500, 5000, 10000,
                                                              25000, 50000, 100000, 250000, 500000, 1000000,
                                                              2500000, 5000000, 10000000}};

const struct distribution_scale distribution_powers_of_two = {
    13, {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096}};

static size_t bucket_of(const struct distribution_scale *scale, int64_t value)
{
    size_t bucket = 0;
    while (bucket < scale->count && value > scale->bounds[bucket])
        bucket++;
    return bucket;
}

void distribution_add(struct distribution *distribution, int64_t value)
{
    const size_t bucket = bucket_of(distribution->scale, value);
    atomic_fetch_add_explicit(&distribution->counts[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&distribution->sum, (uint64_t)value, memory_order_relaxed);
}

void distribution_read(struct distribution *distribution, struct distribution_reading *out)
{
    *out = (struct distribution_reading){.scale = distribution->scale};
    for (size_t i = 0; i <= out->scale->count; i++) {
        out->counts[i] = atomic_load_explicit(&distribution->counts[i], memory_order_relaxed);
        out->count += out->counts[i];
    }
    out->sum = atomic_load_explicit(&distribution->sum, memory_order_relaxed);
}

void distribution_combine(struct distribution_reading *reading, const struct distribution_reading *other)
{
    for (size_t i = 0; i < DISTRIBUTION_BUCKETS; i++)
        reading->counts[i] += other->counts[i];
    reading->count += other->count;
    reading->sum += other->sum;
}

void distribution_subtract(struct distribution_reading *reading, const struct distribution_reading *earlier)
{
    for (size_t i = 0; i < DISTRIBUTION_BUCKETS; i++)
        reading->counts[i] -= earlier->counts[i];
    reading->count -= earlier->count;
    reading->sum -= earlier->sum;
}

int64_t distribution_percentile(const struct distribution_reading *reading, unsigned percent)
{
    const struct distribution_scale *scale = reading->scale;
    const uint64_t rank = (reading->count * percent + 99) / 100;
    uint64_t below = 0;
    for (size_t i = 0; i < scale->count; i++) {
        const uint64_t here = reading->counts[i];
        const int64_t from = i > 0 ? scale->bounds[i - 1] : 0;
        if (here > 0 && below + here >= rank) {
            const uint64_t width = (uint64_t)(scale->bounds[i] - from);
            return from + (int64_t)((width * (rank - below) + here - 1) / here);
        }
        below += here;
    }
    return reading->count > 0 ? scale->bounds[scale->count - 1] : 0;
}
