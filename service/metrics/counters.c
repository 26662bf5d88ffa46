/* Counting. */
#include "metrics/counters.h"

static void count(atomic_uint_least64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

void counters_init(struct counters *counters)
{
    for (size_t i = 0; i < COUNTERS_METHODS; i++)
        counters->durations[i].scale = &distribution_microseconds;
}

void counters_call(struct counters *counters, const aluno_method_desc *method, aluno_code code,
                   int64_t duration_us)
{
    const size_t row = method != NULL ? (size_t)method->id : ALUNO_METHOD_COUNT;
    count(&counters->calls[row][code]);
    distribution_add(&counters->durations[row], duration_us);
}

void counters_handshake(struct counters *counters, bool resumed)
{
    count(resumed ? &counters->resumed_handshakes : &counters->full_handshakes);
}

void counters_refusal(struct counters *counters, const aluno_reason_desc *reason)
{
    count(&counters->refused[reason - aluno_reason_of((aluno_reason)0)]);
}

void counters_silent(struct counters *counters)
{
    count(&counters->silent);
}
