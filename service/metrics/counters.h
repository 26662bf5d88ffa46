/* The service's counters of calls and connections: relaxed atomics, so that a call takes no lock for them.
 * measure.h reads them and those of other modules. */
#ifndef ALUNOD_METRICS_COUNTERS_H
#define ALUNOD_METRICS_COUNTERS_H

#include "metrics/distribution.h"
#include "tls/types.h"

#include <aluno/schema.h>

enum {
    COUNTERS_CODES = ALUNO_UNAUTHENTICATED + 1,
    COUNTERS_METHODS = ALUNO_METHOD_COUNT + 1, /* the last one counts calls of no known method */
};

struct counters {
    atomic_uint_least64_t calls[COUNTERS_METHODS][COUNTERS_CODES];
    struct distribution durations[COUNTERS_METHODS]; /* µs */
    atomic_uint_least64_t full_handshakes, resumed_handshakes;
    atomic_uint_least64_t silent; /* connections that closed before their first byte */
    atomic_uint_least64_t refused[ALUNO_REASON_COUNT];
    /* As the server last measured them. */
    atomic_size_t connections, handshaking, calls_in_progress;
    _Atomic int64_t file_ends_ms[ALUNO_TLS_FILES]; /* Unix milliseconds; 0: there is no such file */
};

void counters_init(struct counters *counters);

/* Counts a call that has its reply. `method`: NULL when it has none of the contract. */
void counters_call(struct counters *counters, const aluno_method_desc *method, aluno_code code,
                   int64_t duration_us);

/* Counts a connection, or one that was refused for that reason. */
void counters_handshake(struct counters *counters, bool resumed);
void counters_refusal(struct counters *counters, const aluno_reason_desc *reason);
void counters_silent(struct counters *counters);

#endif
