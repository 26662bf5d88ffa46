/* Tracks whether nng has sent what the TLS engine gave it.
 *
 * nng sends one buffer at a time and holds the next until the callback of the first has run, which may be
 * late, or never when the stream is closed first: closing discards what is held. nng does not report send
 * completion. It calls the engine after each send and each receive; if no new bytes are readable, the call
 * was for a send. */
#ifndef ALUNO_NNG_SEND_TRACKER_H
#define ALUNO_NNG_SEND_TRACKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct aluno__nng_send_tracker {
    void *stream;   /* nng's TLS stream, as the engine gets it */
    bool sending;   /* nng is sending a buffer */
    bool waiting;   /* and holds another */
    bool had_bytes; /* bytes were readable at the end of the last call */
} aluno__nng_send_tracker;

/* Must surround each operation that nng calls. */
void aluno__nng_send_tracker_begin(aluno__nng_send_tracker *tracker);
void aluno__nng_send_tracker_end(aluno__nng_send_tracker *tracker);

/* Whether bytes are readable. */
bool aluno__nng_send_tracker_has_bytes(const aluno__nng_send_tracker *tracker);

/* Gives nng up to *size bytes and stores in *size how many it took. Returns nng's error numbers. */
int aluno__nng_send_tracker_send(aluno__nng_send_tracker *tracker, const uint8_t *bytes, size_t *size);

/* Whether nng holds nothing: closing the stream discards nothing. */
bool aluno__nng_send_tracker_is_sent(const aluno__nng_send_tracker *tracker);

#endif
