/* Repeats what the service refuses for now, what another service may serve, and what lost its connection. A
 * change carries its request id, so the service makes it once however often it is sent. */
#include "retry.h"

#include "base/clock.h"

enum { FIRST_MS = 20, MOST_MS = 1000 };

static bool is_transient(const aluno__call *call, aluno_code code)
{
    static const aluno_reason reasons[] = {ALUNO_REASON_DRAINING,          ALUNO_REASON_BUSY,
                                           ALUNO_REASON_STORE_BUSY,        ALUNO_REASON_STORE_UNSETTLED,
                                           ALUNO_REASON_STORE_UNREACHABLE, ALUNO_REASON_CONNECTION_LOST};
    if (code != ALUNO_UNAVAILABLE || call->error == NULL)
        return false;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (aluno_error_is(call->error, reasons[i]))
            return true;
    return call->calls->settings->endpoint_count > 1 && aluno__retry_is_refusal(call, code);
}

/* BUSY is about the caller, or passes soon. */
bool aluno__retry_is_refusal(const aluno__call *call, aluno_code code)
{
    return call->replied && code == ALUNO_UNAVAILABLE && call->error != NULL &&
           !aluno_error_is(call->error, ALUNO_REASON_BUSY);
}

int64_t aluno__retry_pause(aluno__call *call, aluno_code code)
{
    if (!is_transient(call, code))
        return -1;
    if (call->backoff_ms == 0)
        call->backoff_ms = FIRST_MS;
    int64_t pause_ms = aluno__clock_jitter(call->backoff_ms);
    if (call->error->has.retry_after_ms && call->error->retry_after_ms > pause_ms)
        pause_ms = call->error->retry_after_ms;
    call->backoff_ms = call->backoff_ms * 2 < MOST_MS ? call->backoff_ms * 2 : MOST_MS;
    return aluno__clock_ms() + pause_ms < call->until_ms ? pause_ms : -1;
}
