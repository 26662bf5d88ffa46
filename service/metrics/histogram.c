/* Counts of values by buckets. */
#include "metrics/histogram.h"

const struct histogram_scale histogram_microseconds = {17,
                                                       {50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000,
                                                        50000, 100000, 250000, 500000, 1000000, 2500000,
                                                        5000000, 10000000}};

const struct histogram_scale histogram_powers_of_two = {
    13, {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096}};

static size_t bucket_of(const struct histogram_scale *scale, int64_t value)
{
    size_t bucket = 0;
    while (bucket < scale->count && value > scale->bounds[bucket])
        bucket++;
    return bucket;
}

void histogram_add(struct histogram *histogram, int64_t value)
{
    const size_t bucket = bucket_of(histogram->scale, value);
    atomic_fetch_add_explicit(&histogram->counts[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&histogram->sum, (uint64_t)value, memory_order_relaxed);
}

void histogram_read(struct histogram *histogram, struct histogram_reading *out)
{
    *out = (struct histogram_reading){.scale = histogram->scale};
    for (size_t i = 0; i <= out->scale->count; i++) {
        out->counts[i] = atomic_load_explicit(&histogram->counts[i], memory_order_relaxed);
        out->count += out->counts[i];
    }
    out->sum = atomic_load_explicit(&histogram->sum, memory_order_relaxed);
}

int64_t histogram_percentile(const struct histogram_reading *reading, unsigned percent)
{
    const struct histogram_scale *scale = reading->scale;
    const double wanted = (double)reading->count * percent / 100;
    double below = 0;
    for (size_t i = 0; i < scale->count; i++) {
        const double here = (double)reading->counts[i];
        const int64_t from = i > 0 ? scale->bounds[i - 1] : 0;
        if (here > 0 && below + here >= wanted)
            return from + (int64_t)((double)(scale->bounds[i] - from) * (wanted - below) / here);
        below += here;
    }
    return reading->count > 0 ? scale->bounds[scale->count - 1] : 0;
}
