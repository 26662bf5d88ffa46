/* Counts calls, attempts and connections. Latencies are counted in buckets, eight for each power of two of
 * microseconds, as in HdrHistogram: a quantile is at most an eighth above the true one. */
#include "statistics.h"

#include <string.h>

/* ---- buckets ---- */

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
static int64_t bucket_end(size_t bucket)
{
    if (bucket < ALUNO_LATENCY_STEPS)
        return (int64_t)bucket;
    const size_t shift = bucket / ALUNO_LATENCY_STEPS - 1;
    return ((int64_t)(ALUNO_LATENCY_STEPS + bucket % ALUNO_LATENCY_STEPS + 1) << shift) - 1;
}

/* The latency that so many of a thousand successful calls did not exceed. */
static int64_t quantile(const aluno__stats *stats, uint64_t per_mille)
{
    const uint64_t wanted = (stats->totals.succeeded * per_mille + 999) / 1000;
    const int64_t max_us = stats->totals.latency_max_us;
    uint64_t seen = 0;
    for (size_t i = 0; i < ALUNO_LATENCY_BUCKETS && wanted > 0; i++) {
        seen += stats->latencies[i];
        if (seen >= wanted)
            return bucket_end(i) < max_us ? bucket_end(i) : max_us;
    }
    return 0;
}

/* ---- counting ---- */

void aluno__stats_init(aluno__stats *stats)
{
    *stats = (aluno__stats){.totals = {.last_tls_reason = ""}};
}

void aluno__stats_call_begun(aluno__stats *stats)
{
    stats->totals.calls++;
    stats->totals.in_progress++;
}

void aluno__stats_call_attempted(aluno__stats *stats, int64_t number, bool replayed)
{
    stats->totals.attempts++;
    stats->totals.retries += number > 1;
    stats->totals.replays += replayed;
}

void aluno__stats_call_ended(aluno__stats *stats, aluno_code code, int64_t took_us)
{
    stats->totals.in_progress--;
    if (code != ALUNO_OK) {
        stats->totals.failed++;
        return;
    }
    stats->totals.succeeded++;
    stats->latencies[bucket_of((uint64_t)took_us)]++;
    if (took_us > stats->totals.latency_max_us)
        stats->totals.latency_max_us = took_us;
}

void aluno__stats_connected(aluno__stats *stats)
{
    stats->totals.connections++;
}

void aluno__stats_handshake_failed(aluno__stats *stats, aluno_reason reason)
{
    const char *const name = aluno_reason_of(reason)->name;
    if (strncmp(name, "TLS_", 4) == 0)
        stats->totals.last_tls_reason = name;
}

aluno_statistics aluno__stats_snapshot(const aluno__stats *stats)
{
    aluno_statistics now = stats->totals;
    now.latency_p50_us = quantile(stats, 500);
    now.latency_p90_us = quantile(stats, 900);
    now.latency_p99_us = quantile(stats, 990);
    return now;
}
