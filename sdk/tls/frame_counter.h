/* Counts the requests of one connection that have no reply yet, from the frames of both directions.
 *
 * The count only decides whether a frame waits for others (batch.h), so it need not be exact: a request that
 * never gets a reply, or a peer's wrong lengths, cost one round through nng's queue a frame, on that
 * connection alone. It is bounded by the frames received or sent, and does not fall below 0. */
#ifndef ALUNO_TLS_FRAME_COUNTER_H
#define ALUNO_TLS_FRAME_COUNTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct aluno__tls_frame_counter {
    bool is_server;
    size_t unanswered;
    bool sent_greeting;

    /* The frames received: parsed byte by byte, since a record may end anywhere. */
    bool got_greeting;   /* as long as a length */
    uint64_t length;     /* the bytes seen of the present frame's length */
    size_t length_bytes; /* how many */
    uint64_t body_left;  /* bytes of the present frame's body to come */
} aluno__tls_frame_counter;

/* Count bytes received, and a frame sent. Each direction begins with SP's greeting, which is no request. */
void aluno__tls_frame_counter_received(aluno__tls_frame_counter *counter, const uint8_t *bytes, size_t size);
void aluno__tls_frame_counter_sent(aluno__tls_frame_counter *counter);

/* Whether a part of a frame was received, and its rest was not. */
bool aluno__tls_frame_counter_is_inside(const aluno__tls_frame_counter *counter);

/* Whether the frame that is sent next is the only one under way: a client's only request without a reply, or
 * a service's reply to the only one. */
bool aluno__tls_frame_counter_is_alone(const aluno__tls_frame_counter *counter);

#endif
