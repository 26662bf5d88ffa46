/* The peer of each connection: its certificate's facts by nng pipe, from the handshake to the close. */
#ifndef ALUNOD_PEERS_H
#define ALUNOD_PEERS_H

#include "access.h"
#include "nng/api.h"

struct peers;

/* NULL when memory ran out. */
struct peers *peers_new(void);
void peers_free(struct peers *all);

/* Adds the peer of a new pipe; false when memory ran out. */
bool peers_add(struct peers *all, nng_pipe pipe, const aluno__tls_peer *peer, int64_t now_ms);

/* Records that a pipe just sent something, and stores in *caller who calls through it. False for an unknown
 * pipe. */
bool peers_touch(struct peers *all, nng_pipe pipe, struct caller *caller, int64_t now_ms);

/* Removes a pipe that has closed. */
void peers_remove(struct peers *all, nng_pipe pipe);

/* Closes each pipe whose peer is no longer trusted by these credentials; returns how many. */
size_t peers_close_untrusted(struct peers *all, aluno__tls *tls);

/* Closes each pipe that sent nothing since `before_ms`; returns how many. */
size_t peers_close_idle(struct peers *all, int64_t before_ms);

#endif
