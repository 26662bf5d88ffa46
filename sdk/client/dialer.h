/* Dials the service's endpoints, on one thread. nng reports the exact error of a dial only to a caller that
 * waits for it, redials in silence otherwise, and must not have dialers made and closed on several threads.
 */
#ifndef ALUNO_CLIENT_DIALER_H
#define ALUNO_CLIENT_DIALER_H

#include "addresses.h"
#include "nng/api.h"
#include "scheduler.h"
#include "settings.h"
#include "tls/engine.h"

typedef struct aluno__dialer {
    const aluno__settings *settings;
    aluno__lock *lock;
    aluno__scheduler *scheduler;
    nng_socket socket;
    aluno__tls *tls;
    char accepted[ALUNO_ENDPOINTS_MAX]
                 [ALUNO_ADDRESS_URL_MAX]; /* by endpoint: the address that accepted last */

    /* The current or last dial; guarded. */
    nng_dialer nng;
    bool timed_out; /* the watchdog closes the dialer */
    int64_t begun_ms, until_ms;
    aluno__task watchdog;
    int pipe;              /* nng's id of the connection made; 0 once that is gone */
    bool handshake_failed; /* why: */
    aluno__tls_handshake_failure handshake_failure;

    nng_dialer expired; /* the dialer that the watchdog closes; the scheduler's thread's */
} aluno__dialer;

void aluno__dialer_init(aluno__dialer *dialer, const aluno__settings *settings, aluno__lock *lock,
                        aluno__scheduler *scheduler);

/* Resolves the endpoint's host and dials those of its addresses that accept a TCP connection, until one
 * accepts; *out is then open. The address that accepted last is tried first.
 * CANCELLED: the client closes. Blocks. */
aluno_code aluno__dialer_dial(aluno__dialer *dialer, size_t endpoint, nng_dialer *out, aluno_error *error);

/* ---- the caller holds the lock ---- */

void aluno__dialer_pipe_added(aluno__dialer *dialer, nng_pipe pipe);
void aluno__dialer_pipe_removed(aluno__dialer *dialer, nng_pipe pipe);
void aluno__dialer_handshake_failed(aluno__dialer *dialer, const aluno__tls_handshake_failure *failure);

#endif
