/* Makes nng call a stream's TLS engine once more, after the callbacks that nng has queued by then.
 *
 * nng has no such call. A round consists of two steps of one aio: it is finished, so that its callback goes
 * through nng's task queue, and the callback sends one byte, the token, through the stream. nng then calls
 * the engine's send with the token, under the stream's lock. The engine decides there whether another round
 * follows.
 *
 * The aio is in one of three states:
 *
 *     IDLE     not in use
 *     GOING    in nng's task queue, or in the stream's queue; its callback sends the token
 *     ENDING   the engine wants no further round; its callback makes it IDLE
 *
 *     IDLE → GOING    request: begins the aio
 *     GOING → ENDING  end: the engine, at the token
 *     ENDING → GOING  request, before the callback has run: that starts the next round
 *     ENDING → IDLE   the callback
 *
 * `request` and `end` are called under the stream's lock; the callback holds none. So the one race is between
 * a request and the callback in ENDING, and whichever changes the state first wins: the callback must find
 * ENDING to make it IDLE, and a request begins the aio only if it finds IDLE. The aio is never begun twice.
 *
 * An error ends the rounds for good in GOING, where requests do nothing: the stream has failed. */
#ifndef ALUNO_NNG_ROUND_H
#define ALUNO_NNG_ROUND_H

#include "api.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* All members are private to round.c. */
typedef struct aluno__nng_round {
    nng_stream *stream;
    nng_aio *aio;
    atomic_int state;
    uint8_t token;
} aluno__nng_round;

/* Returns nng's error numbers. The round must not move afterwards. */
int aluno__nng_round_init(aluno__nng_round *round, nng_stream *stream);

/* Waits for the callback, which takes the stream's lock: must be called without it, and not on one of nng's
 * task threads. The stream must be closed: its engine returns anything but NNG_EAGAIN. Does nothing on a
 * zeroed round. */
void aluno__nng_round_fini(aluno__nng_round *round);

/* ---- the caller holds the stream's lock ---- */

/* Asks for a round. Does nothing when one is on its way. */
void aluno__nng_round_request(aluno__nng_round *round);

/* Whether the bytes that the engine's send got are the token. The engine must not send it. It returns 0 for
 * another round, or calls `end` first, or returns NNG_EAGAIN to be called again when the stream can send. */
bool aluno__nng_round_is_token(const aluno__nng_round *round, const uint8_t *bytes);
void aluno__nng_round_end(aluno__nng_round *round);

#endif
