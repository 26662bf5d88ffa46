/* The state that the connections of one aluno__tls share: credentials, limits, observer. Reference-counted:
 * its owner and each of nng's configurations hold a reference; configurations outlive their connections. */
#ifndef ALUNO_TLS_CONTEXT_H
#define ALUNO_TLS_CONTEXT_H

#include "credentials.h"
#include "nng/watch.h"
#include "types.h"

/* Returns a context with one reference and no credentials yet; NULL when there is no memory. `limits` may be
 * NULL. */
aluno__tls *aluno__tls_context_new(aluno__tls_side side, const aluno__tls_limits *limits,
                                   aluno__tls_observer *observer, void *user);
aluno__tls *aluno__tls_context_hold(aluno__tls *tls);
void aluno__tls_context_release(aluno__tls *tls); /* NULL is allowed */

aluno__tls_side aluno__tls_context_side(const aluno__tls *tls);
int64_t aluno__tls_context_handshake_ms(const aluno__tls *tls);

/* Returns the present credentials with a reference for the caller; NULL when there are none. */
aluno__tls_credentials *aluno__tls_context_credentials(aluno__tls *tls);

/* Replaces the credentials and takes over the caller's reference. NULL is allowed. */
void aluno__tls_context_set_credentials(aluno__tls *tls, aluno__tls_credentials *credentials);

int64_t aluno__tls_context_message_ms(const aluno__tls *tls);
const aluno__nng_watch_bounds *aluno__tls_context_handshakes(const aluno__tls *tls);

/* Counts a connection. Returns false when too many are open; the caller must leave all the same. */
bool aluno__tls_context_enter(aluno__tls *tls);
void aluno__tls_context_leave(aluno__tls *tls, bool was_open);

/* Counts a connection that has entered as open. Returns false when too many are; it is not counted then. */
bool aluno__tls_context_open(aluno__tls *tls);
size_t aluno__tls_context_connections(const aluno__tls *tls);

/* Calls the observer, if there is one. */
void aluno__tls_context_notify(aluno__tls *tls, const aluno__tls_handshake_failure *failure);

/* Waits for the observer to return if it is being called; it is not called again. */
void aluno__tls_context_remove_observer(aluno__tls *tls);

#endif
