/* Batches frames without a timer: those that nng has ready at the same time leave in one record and one TCP
 * write.
 *
 * A frame that is alone (frame_counter.h) is written at once. Any other is held, and a round
 * (nng/round.h) is requested. The engine sees the round's token after the callbacks that were queued before,
 * among them those that send the next frames. If the buffer has grown since the last round, more may follow,
 * and the token goes round again; otherwise it writes the buffer. So a frame is held for as long as nng has
 * something else to do, and no longer: with an idle queue for two rounds, some microseconds. A full buffer,
 * or one of 16 frames, is written at once: rounds end, and the peer works on these while the next are made.
 *
 * All functions but init and fini are called under the stream's lock. Nothing is added to a buffer whose
 * write has begun: the operation that began it returns NNG_EAGAIN, stays the first in nng's queue, and is
 * called again until the write is over. */
#ifndef ALUNO_TLS_BATCH_H
#define ALUNO_TLS_BATCH_H

#include "frame_counter.h"
#include "nng/round.h"
#include "record_coalescer.h"

typedef struct aluno__tls_batch {
    aluno__tls_frame_counter counter;
    aluno__tls_record_coalescer coalescer;
    aluno__nng_round round;
    size_t seen; /* bytes in the buffer at the last round */
} aluno__tls_batch;

/* Returns nng's error numbers. The batch is zeroed before, and must not move afterwards. `fini` has the
 * conditions of aluno__nng_round_fini. */
int aluno__tls_batch_init(aluno__tls_batch *batch, nng_stream *stream, bool is_server);
void aluno__tls_batch_fini(aluno__tls_batch *batch);

/* The engine's send: takes up to *size bytes and stores in *size how many. Returns 0 or mbed TLS's error;
 * after MBEDTLS_ERR_SSL_WANT_* it must be called again with the same bytes. */
int aluno__tls_batch_send(aluno__tls_batch *batch, mbedtls_ssl_context *ssl, const uint8_t *bytes,
                          size_t *size);

/* Counts what was received. */
void aluno__tls_batch_received(aluno__tls_batch *batch, const uint8_t *bytes, size_t size);

/* Writes what is held, if that does not block: the stream closes. */
void aluno__tls_batch_close(aluno__tls_batch *batch, mbedtls_ssl_context *ssl);

#endif
