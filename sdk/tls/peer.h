/* The identity of a pipe's peer, carried out of the engine. */
#ifndef ALUNO_TLS_PEER_H
#define ALUNO_TLS_PEER_H

#include "nng/api.h"
#include "types.h"

/* Stores in *peer the identity of the pipe's peer, and notes that nng has made the connection a pipe. Returns
 * false when the peer is not verified. Must be called in NNG_PIPE_EV_ADD_PRE. */
bool aluno__tls_peer_of(nng_pipe pipe, aluno__tls_peer *peer);

/* Called by the engine's `verified` operation with the peer's identity. */
void aluno__tls_peer_report(const aluno__tls_peer *peer);

#endif
