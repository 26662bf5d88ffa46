/* A value below 64 has its own bucket. A larger one is halved until it is below 128: its bucket follows from
 * the number of halvings and the six bits below its first. */
#include "histogram.h"

#include <math.h>

void histogram_add(histogram *h, uint64_t ns)
{
    unsigned halvings = 0;
    while (ns >= (uint64_t)2 * HISTOGRAM_STEPS) {
        ns >>= 1;
        halvings++;
    }
    h->buckets[halvings * HISTOGRAM_STEPS + ns]++;
    h->count++;
}

/* Returns the middle of a bucket. */
static double value_of(unsigned bucket)
{
    if (bucket < 2 * HISTOGRAM_STEPS)
        return bucket;
    const unsigned halvings = bucket / HISTOGRAM_STEPS - 1;
    const double first = HISTOGRAM_STEPS + bucket % HISTOGRAM_STEPS;
    return ldexp(first + 0.5, (int)halvings);
}

double histogram_quantile(const histogram *h, double part)
{
    const uint64_t wanted = (uint64_t)(part * (double)h->count);
    uint64_t seen = 0;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += h->buckets[i];
        if (seen > wanted)
            return value_of(i);
    }
    return 0;
}
