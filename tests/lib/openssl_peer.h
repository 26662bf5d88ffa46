/* The openssl command as a peer: for certificates and versions that our own engine would not use. */
#ifndef ALUNO_TESTS_OPENSSL_PEER_H
#define ALUNO_TESTS_OPENSSL_PEER_H

#include <stdint.h>
#include <stdio.h>

/* Connects `openssl s_client` with a certificate that pki.sh made (NULL: none), and collects what it prints
 * until the handshake is over. */
void openssl_connect(uint16_t port, const char *certificate, const char *options, char *output, size_t size);

typedef struct openssl_server {
    FILE *output;
    uint16_t port;
} openssl_server;

/* Starts `openssl s_server` on a free port of the loopback, for one connection. */
void openssl_listen(openssl_server *server, const char *certificate, const char *options);

/* Waits for its end. */
void openssl_end(openssl_server *server);

#endif
