/* Decides when the buffer is written. */
#include "batch.h"

enum { FRAMES_MOST = 16 }; /* that share a record */

int aluno__tls_batch_init(aluno__tls_batch *batch, nng_stream *stream, bool is_server)
{
    batch->counter.is_server = is_server;
    return aluno__nng_round_init(&batch->round, stream);
}

void aluno__tls_batch_fini(aluno__tls_batch *batch)
{
    aluno__nng_round_fini(&batch->round);
}

/* Whether whole frames are held. While a frame is being taken, its end requests another round. */
static bool is_holding(const aluno__tls_batch *batch)
{
    return batch->coalescer.filled > 0 && aluno__tls_record_coalescer_is_between_frames(&batch->coalescer);
}

/* Whether the present frame, once it is whole, waits for others. */
static bool must_hold(const aluno__tls_batch *batch)
{
    return !aluno__tls_frame_counter_is_alone(&batch->counter) && batch->coalescer.frames + 1 < FRAMES_MOST;
}

/* The engine's part of a round. */
static int visit(aluno__tls_batch *batch, mbedtls_ssl_context *ssl)
{
    aluno__tls_record_coalescer *coalescer = &batch->coalescer;
    if (is_holding(batch)) {
        const bool grows = coalescer->filled != batch->seen;
        batch->seen = coalescer->filled;
        if (grows && !coalescer->flushing)
            return 0;
        const int result = aluno__tls_record_coalescer_flush(coalescer, ssl);
        if (result != 0)
            return result;
        batch->seen = 0;
    }
    aluno__nng_round_end(&batch->round);
    return 0;
}

int aluno__tls_batch_send(aluno__tls_batch *batch, mbedtls_ssl_context *ssl, const uint8_t *bytes,
                          size_t *size)
{
    aluno__tls_record_coalescer *coalescer = &batch->coalescer;
    if (aluno__nng_round_is_token(&batch->round, bytes))
        return visit(batch, ssl);
    const int result = aluno__tls_record_coalescer_send(coalescer, ssl, bytes, size, must_hold(batch));
    if (result != 0 || !aluno__tls_record_coalescer_is_between_frames(coalescer))
        return result;
    aluno__tls_frame_counter_sent(&batch->counter);
    if (coalescer->filled > 0)
        aluno__nng_round_request(&batch->round);
    return 0;
}

void aluno__tls_batch_received(aluno__tls_batch *batch, const uint8_t *bytes, size_t size)
{
    aluno__tls_frame_counter_received(&batch->counter, bytes, size);
}

void aluno__tls_batch_close(aluno__tls_batch *batch, mbedtls_ssl_context *ssl)
{
    if (batch->coalescer.filled > 0)
        (void)aluno__tls_record_coalescer_flush(&batch->coalescer, ssl);
}
