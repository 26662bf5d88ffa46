/* The connection of a client: its state, who waits for it, and nng's socket. The connector changes the state.
 */
#ifndef ALUNO_CLIENT_CONNECTION_H
#define ALUNO_CLIENT_CONNECTION_H

#include "dialer.h"
#include "nng/gate.h"
#include "statistics.h"

typedef struct aluno__connection {
    const aluno__settings *settings;
    aluno__lock *lock;
    aluno__stats *stats;
    aluno__dialer dialer;
    aluno__nng_gate gate; /* to the socket's contexts */

    /* Guarded: */
    aluno_connection_state state;
    size_t endpoint; /* the one connected or dialled */
    int pipe;        /* nng's id of the connection; 0: lost, or none yet */
    bool ever_ready; /* the service has accepted this client before */
    bool got_reply;  /* on this connection */
    bool dial_wanted;
    bool leave_wanted;  /* the service serves nobody now: another one is to be tried */
    int64_t served_ms;  /* when a call was last served, or the connection made (monotonic) */
    int64_t leaving_ms; /* when leave_wanted was last set */
    uint64_t dials;     /* rounds of dialling that have ended */
    int64_t failed_ms;  /* when the last one failed (monotonic) */
    aluno_error failure;
} aluno__connection;

/* One that waits for the connection. */
typedef struct aluno__waiter {
    uint64_t dials; /* at the beginning of the wait */
    bool satisfied; /* by a failure from just before it */
} aluno__waiter;

/* Loads the certificates and opens the socket. The caller frees the connection even after a failure. */
aluno_code aluno__connection_init(aluno__connection *connection, const aluno__settings *settings,
                                  const aluno_client_options *options, aluno__lock *lock,
                                  aluno__scheduler *scheduler, aluno__stats *stats, aluno_error *error);

/* nng's socket. */
nng_socket aluno__connection_socket(const aluno__connection *connection);

/* Closes the socket, if there is one, which ends the exchanges in progress; false when nng takes longer than
 * `most_ms`. */
bool aluno__connection_close(aluno__connection *connection, int64_t most_ms);

/* Frees what is left once the socket is closed. */
void aluno__connection_free(aluno__connection *connection);

/* Notifies the observer, stores the state, and wakes those who wait. `failure` is of a TRANSIENT_FAILURE,
 * else NULL. Called by the connector only, without the lock. */
void aluno__connection_set_state(aluno__connection *connection, aluno_connection_state state, size_t endpoint,
                                 const aluno_error *failure);

/* Waits until the connection is READY. */
aluno_code aluno__connection_wait(aluno__connection *connection, int64_t until_ms, aluno_error *error);

/* ---- the caller holds the lock ---- */

bool aluno__connection_is_ready(const aluno__connection *connection);

/* waiter_init records the current dial count. connection_poll returns READY, CONNECTING (keep waiting) or
 * TRANSIENT_FAILURE (fail with connection->failure). A client that was never READY fails with the first
 * failure; one that was waits for the service to return. */
aluno__waiter aluno__waiter_init(const aluno__connection *connection);
aluno_connection_state aluno__connection_poll(aluno__connection *connection, const aluno__waiter *waiter);

/* Why there is no connection. */
aluno_code aluno__connection_fail(const aluno__connection *connection, aluno_error *error);

/* Records that a reply has come, and whether the service served the call. */
void aluno__connection_note_reply(aluno__connection *connection, bool served);

/* Records that the service at that endpoint refused a call because of its own state, or let its deadline
 * pass. When there are other endpoints the connector goes on to one of them: after a refusal at once, for
 * silence only when nobody was served for a while. */
void aluno__connection_note_unserved(aluno__connection *connection, size_t endpoint, bool refused);

#endif
