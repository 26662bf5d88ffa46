/* A client's statistics. Guarded by the client's lock. */
#ifndef ALUNO_CLIENT_STATISTICS_H
#define ALUNO_CLIENT_STATISTICS_H

#include <aluno/observe.h>

/* Latencies up to 2^42 µs, eight buckets for each power of two. */
enum { ALUNO_LATENCY_STEPS = 8, ALUNO_LATENCY_BUCKETS = 40 * ALUNO_LATENCY_STEPS };

typedef struct aluno__stats {
    aluno_statistics totals;
    uint64_t latencies[ALUNO_LATENCY_BUCKETS];
} aluno__stats;

void aluno__stats_init(aluno__stats *stats);

void aluno__stats_call_begun(aluno__stats *stats);
void aluno__stats_call_attempted(aluno__stats *stats, int64_t number, bool replayed);
void aluno__stats_call_ended(aluno__stats *stats, aluno_code code, int64_t took_us);
void aluno__stats_connected(aluno__stats *stats);
void aluno__stats_handshake_failed(aluno__stats *stats, aluno_reason reason);

/* The totals, with the quantiles of the latencies. */
aluno_statistics aluno__stats_snapshot(const aluno__stats *stats);

#endif
