/* The peer of each connection: its certificate's facts by nng pipe, from the handshake to the close, and
 * while its calls are in progress. */
#ifndef ALUNOD_PEERS_H
#define ALUNOD_PEERS_H

#include "access.h"
#include "nng/api.h"

struct peers;
struct peer;

/* NULL when memory ran out. `limits` must outlive the peers. */
struct peers *peers_new(struct limits *limits);
void peers_free(struct peers *all);

/* Adds the peer of a new pipe. BUSY when its certificate has too many connections, or those without a
 * role have. */
aluno_code peers_add(struct peers *all, nng_pipe pipe, const aluno__tls_peer *identity, int64_t now_ms,
                     aluno_error *error);

/* A pipe just sent a request of so many bytes: begins its call, which keeps the peer until peers_end_call.
 * NULL for a pipe that has closed. */
struct peer *peers_begin_call(struct peers *all, nng_pipe pipe, size_t bytes, int64_t now_ms);
void peers_end_call(struct peers *all, struct peer *peer, size_t bytes, bool is_watch);

const struct caller *peer_caller(const struct peer *peer);

/* Removes a pipe that has closed: its calls in progress are ended. */
void peers_remove(struct peers *all, nng_pipe pipe);

/* How many peers there are. */
size_t peers_count(struct peers *all);

/* Closes each pipe whose peer is no longer trusted by these credentials; returns how many. */
size_t peers_close_untrusted(struct peers *all, aluno__tls *tls);

/* Closes each pipe that has sent nothing for too long and has no call in progress, or whose certificate has
 * expired; returns how many.
 * `now_ms`: monotonic clock; `now_unix_ms`: Unix milliseconds. */
size_t peers_close_ended(struct peers *all, int64_t now_ms, int64_t now_unix_ms);

#endif
