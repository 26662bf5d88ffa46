/* A peer: a client without the SDK. The openssl command speaks TLS; the test sends any bytes inside. */
#ifndef ALUNO_TESTS_PEER_H
#define ALUNO_TESTS_PEER_H

#include "school.h"

struct peer {
    pid_t pid;
    int fd; /* the bytes inside TLS */
};

/* Connects as "ana" and exchanges SP's greeting. */
struct peer peer_open(const struct school *school);

void peer_close(const struct peer *peer);

/* Sends bytes. Returns early, without failing, when the connection ends. */
void peer_send(const struct peer *peer, const void *bytes, size_t size);

/* Sends a frame's length, true or not. */
void peer_send_length(const struct peer *peer, uint64_t length);

/* Sends a request with this body. */
void peer_send_request(const struct peer *peer, const void *body, size_t size);

/* Receives a reply; it must contain the text. */
void peer_expect(const struct peer *peer, const char *text);

/* The connection must end before another byte arrives. */
void peer_expect_end(const struct peer *peer);

#endif
