/* One side of a connection in a test: credentials, a REQ or REP socket, and the handshake failures that its
 * observer received. Every wait fails the test after ten seconds. */
#ifndef ALUNO_TESTS_TLS_SIDE_H
#define ALUNO_TESTS_TLS_SIDE_H

#include "nng/api.h"
#include "tls/binding.h"
#include "tls/engine.h"

#include <pthread.h>

typedef struct tls_side {
    aluno__tls *tls;
    nng_socket socket;
    uint16_t port; /* a listening one's */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    aluno__tls_handshake_failure failures[1024];
    size_t failure_count, failures_taken;
    aluno__tls_peer peer; /* the last one accepted */
    size_t pipes;         /* open now */
} tls_side;

/* The files of a certificate that pki.sh made, with its CA and, unless NULL, a revocation list. */
aluno__tls_files tls_side_files(const char *certificate, const char *crl);

/* Opens a client (REQ) or server (REP) with a certificate that pki.sh made. `limits` may be NULL. */
void tls_side_open(tls_side *side, aluno__tls_side which, const char *certificate, const char *crl,
                   const aluno__tls_limits *limits);

/* Listens on a free port of the loopback. */
void tls_side_listen(tls_side *side);

/* Dials the port; the certificate must carry `name`. Returns nng's error number. */
int tls_side_dial(tls_side *side, uint16_t port, const char *name);

/* Makes one call of `size` bytes, checks that they come back, and returns the milliseconds it took. */
int64_t tls_side_call(tls_side *client, tls_side *server, size_t size);

/* Waits for the observer's next failure and returns it. */
aluno__tls_handshake_failure tls_side_failure(tls_side *side);

/* The failures so far. */
size_t tls_side_count_failures(tls_side *side);

/* The pipes that are open now. */
size_t tls_side_count_pipes(tls_side *side);

/* Wait until so many connections, or pipes, are open. */
void tls_side_wait_connections(tls_side *side, size_t count);
void tls_side_wait_pipes(tls_side *side, size_t count);

void tls_side_close(tls_side *side);

/* A plain TCP connection to the loopback's port; a plain listener on a free one. */
int tcp_connect(uint16_t port);
int tcp_listen(uint16_t *port);

#endif
