/* Infers from readable bytes whether nng calls the engine after a send or after a receive. */
#include "send_tracker.h"

#include "api.h"

/* Receives nothing: nng only answers whether it has bytes. */
bool aluno__nng_send_tracker_has_bytes(const aluno__nng_send_tracker *tracker)
{
    uint8_t none;
    size_t size = 0;
    return nng_tls_engine_recv(tracker->stream, &none, &size) == 0;
}

void aluno__nng_send_tracker_begin(aluno__nng_send_tracker *tracker)
{
    const bool received = !tracker->had_bytes && aluno__nng_send_tracker_has_bytes(tracker);
    if (received || !tracker->sending)
        return;
    tracker->sending = tracker->waiting;
    tracker->waiting = false;
}

void aluno__nng_send_tracker_end(aluno__nng_send_tracker *tracker)
{
    tracker->had_bytes = aluno__nng_send_tracker_has_bytes(tracker);
}

int aluno__nng_send_tracker_send(aluno__nng_send_tracker *tracker, const uint8_t *bytes, size_t *size)
{
    const int result = nng_tls_engine_send(tracker->stream, bytes, size);
    if (result == 0) {
        tracker->waiting = tracker->sending;
        tracker->sending = true;
    }
    return result;
}

bool aluno__nng_send_tracker_is_sent(const aluno__nng_send_tracker *tracker)
{
    return !tracker->waiting;
}
