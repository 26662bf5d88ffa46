/* Mutual TLS for nng's tls+tcp transport: an engine on mbed TLS, registered in place of nng's own.
 *
 * nng's own engine reports neither the peer nor the reason of a failed handshake. One aluno__tls holds one
 * side's credentials; several clients and a service may live in one process. All functions may be called from
 * any thread. */
#ifndef ALUNO_TLS_ENGINE_H
#define ALUNO_TLS_ENGINE_H

#include "types.h"

/* Loads the files and stores in *out credentials that the caller ends with aluno__tls_close. The first call
 * registers the engine with nng. Fails with INVALID_ARGUMENT / OPTION_INVALID whose detail names the option
 * (by files->names), the file, and what is wrong with it: missing, unreadable, not PEM, key does not match,
 * key too weak (RSA below 2048 bits, curves below P-256), wrong extended key usage for this side. */
aluno_code aluno__tls_open(aluno__tls **out, aluno__tls_side side, const aluno__tls_files *files,
                           const aluno__tls_limits *limits, aluno__tls_observer *observer, void *user,
                           aluno_error *error);

/* Reads the files again. New connections use them; established ones continue (see aluno__tls_is_trusted). On
 * failure nothing changes. */
aluno_code aluno__tls_reload(aluno__tls *tls, const aluno__tls_files *files, aluno_error *error);

/* Refuses new connections, and frees the credentials when the last connection ends. The observer is not
 * called after it returns. NULL is allowed. */
void aluno__tls_close(aluno__tls *tls);

/* Whether the peer's certificate has neither expired nor been revoked, and its CA is still trusted, by the
 * present files and clock. An expired CRL does not end established connections. */
bool aluno__tls_is_trusted(aluno__tls *tls, const aluno__tls_peer *peer);

/* Open connections, handshakes included. */
size_t aluno__tls_connections(const aluno__tls *tls);

/* Connections whose TCP is dead and which nng does not free: nng/watch.h. */
size_t aluno__tls_stuck_connections(const aluno__tls *tls);

/* A listener's connections that nng does not make pipes: nng/watch.h. */
size_t aluno__tls_unadmitted_connections(const aluno__tls *tls);

/* Call it before a dialer is closed while it dials: nng 1.5.2 never frees a connection that becomes a pipe at
 * that moment. Ends the connections whose peers have not greeted. False when one has, and is about to become
 * a pipe: call it again until that is one, and aluno__tls_peer_of was called for it. */
bool aluno__tls_abandon(const aluno__tls *tls);

/* Wipes the sessions that have ended. */
void aluno__tls_expire_sessions(aluno__tls *tls);

/* When a loaded file is valid: of several CAs as long as any is, of several CRLs as long as all are. An
 * expired CRL refuses every peer. */
aluno__tls_validity aluno__tls_validity_of(aluno__tls *tls, aluno__tls_file file);

#endif
