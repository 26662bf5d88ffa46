/* One side of a connection in a test: credentials, a REQ or REP socket over them, and what its observer was
 * told. Waiting for anything gives up, and fails the test, after ten seconds. */
#ifndef ALUNO_TESTS_TLS_SIDE_H
#define ALUNO_TESTS_TLS_SIDE_H

#include "tls/engine.h"

#include <pthread.h>

typedef struct tls_side {
    aluno__tls *tls;
    nng_socket socket;
    uint16_t port; /* a listening one's */
    pthread_mutex_t lock;
    pthread_cond_t told;
    aluno__tls_handshake_failure refusals[1024];
    size_t refusal_count, refusals_taken;
    aluno__tls_peer peer; /* the last that was accepted */
    size_t pipes;         /* now open */
} tls_side;

/* The files of a certificate that pki.sh made, judging the peer by its CA and, unless NULL, a revocation
 * list. */
aluno__tls_files tls_side_files(const char *certificate, const char *crl);

/* Opens a client (REQ) or server (REP) with a certificate that pki.sh made. `limits` may be NULL. */
void tls_side_open(tls_side *side, aluno__tls_side which, const char *certificate, const char *crl,
                   const aluno__tls_limits *limits);

/* Listens on a free port of the loopback. */
void tls_side_listen(tls_side *side);

/* Dials the port, expecting a certificate for `name`; returns nng's error number. */
int tls_side_dial(tls_side *side, uint16_t port, const char *name);

/* Makes one call of `size` bytes, checks that they come back, and returns the milliseconds it took. */
int64_t tls_side_call(tls_side *client, tls_side *server, size_t size);

/* The next refusal that the observer was told. */
aluno__tls_handshake_failure tls_side_refusal(tls_side *side);

/* How many it was told so far. */
size_t tls_side_count_refusals(tls_side *side);

/* Waits until as many connections are open, and pipes of them. */
void tls_side_wait_connections(tls_side *side, size_t count);
void tls_side_wait_pipes(tls_side *side, size_t count);

void tls_side_close(tls_side *side);

/* A plain TCP connection to the loopback's port; a plain listener on a free one. */
int tcp_connect(uint16_t port);
int tcp_listen(uint16_t *port);

#endif
