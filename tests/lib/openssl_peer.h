/* The openssl command as a peer, for certificates and TLS versions that our own engine refuses to use. */
#ifndef ALUNO_TESTS_OPENSSL_PEER_H
#define ALUNO_TESTS_OPENSSL_PEER_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* Runs `openssl s_client` with a certificate that pki.sh made (NULL: none) until the handshake is over, and
 * stores its output. */
void openssl_connect(uint16_t port, const char *certificate, const char *options, char *output, size_t size);

/* Starts an `openssl s_client` that sends these bytes over TLS and stays connected until openssl_kill. */
pid_t openssl_start(uint16_t port, const char *certificate, const void *bytes, size_t size);

/* Kills it: the connection ends without close_notify. */
void openssl_kill(pid_t client);

typedef struct openssl_server {
    FILE *output;
    uint16_t port;
} openssl_server;

/* Starts `openssl s_server` on a free port of the loopback, for one connection. */
void openssl_listen(openssl_server *server, const char *certificate, const char *options);

/* Waits for it to end. */
void openssl_end(openssl_server *server);

#endif
