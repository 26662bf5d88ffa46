/* A client's figures. Latencies are counted in buckets: eight for each power of two of microseconds, as
 * HdrHistogram does it, so that a quantile is at most an eighth above the true one. */
#include "client.h"

#include "protocol/sized.h"

/* floor(log2(value)); 0 for 0. */
static unsigned magnitude(uint64_t value)
{
    unsigned bits = 0;
    while (value >>= 1)
        bits++;
    return bits;
}

/* Below 8 µs each microsecond has its bucket; beyond, each eighth of a power of two. */
static size_t bucket_of(uint64_t us)
{
    const unsigned power = magnitude(us);
    const size_t bucket =
        power < 3 ? us : (size_t)(power - 2) * ALUNO_LATENCY_STEPS + (us >> (power - 3)) % 8;
    return bucket < ALUNO_LATENCY_BUCKETS ? bucket : ALUNO_LATENCY_BUCKETS - 1;
}

/* The largest latency of a bucket. */
static int64_t end_of(size_t bucket)
{
    if (bucket < ALUNO_LATENCY_STEPS)
        return (int64_t)bucket;
    const size_t shift = bucket / ALUNO_LATENCY_STEPS - 1;
    return ((int64_t)(ALUNO_LATENCY_STEPS + bucket % ALUNO_LATENCY_STEPS + 1) << shift) - 1;
}

void aluno__figures_attempted(aluno__figures *figures, const aluno_pending *call, bool replayed)
{
    figures->totals.attempts++;
    figures->totals.retries += call->metadata.attempt > 1;
    figures->totals.replays += replayed;
}

void aluno__figures_ended(aluno__figures *figures, const aluno_pending *call)
{
    if (call->code != ALUNO_OK) {
        figures->totals.failed++;
        return;
    }
    const int64_t us = aluno__clock_us() - call->begun_us;
    figures->totals.succeeded++;
    figures->latencies[bucket_of((uint64_t)us)]++;
    if (us > figures->totals.latency_max_us)
        figures->totals.latency_max_us = us;
}

/* The latency that so many of a thousand successful calls did not exceed. */
static int64_t quantile(const aluno__figures *figures, uint64_t per_mille)
{
    const uint64_t wanted = (figures->totals.succeeded * per_mille + 999) / 1000;
    uint64_t seen = 0;
    for (size_t i = 0; i < ALUNO_LATENCY_BUCKETS && wanted > 0; i++) {
        seen += figures->latencies[i];
        if (seen >= wanted)
            return end_of(i) < figures->totals.latency_max_us ? end_of(i) : figures->totals.latency_max_us;
    }
    return 0;
}

void aluno_client_statistics(aluno_client *client, aluno_statistics *out)
{
    pthread_mutex_lock(&client->mutex);
    const aluno__figures *figures = &client->figures;
    aluno_statistics now = figures->totals;
    now.in_progress = client->calls.active;
    now.latency_p50_us = quantile(figures, 500);
    now.latency_p90_us = quantile(figures, 900);
    now.latency_p99_us = quantile(figures, 990);
    pthread_mutex_unlock(&client->mutex);
    aluno__sized_write(out, &now, sizeof now);
}
