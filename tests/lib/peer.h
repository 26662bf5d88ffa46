/* A client below the SDK: the openssl command speaks TLS, the test the bytes inside, however wrong they are.
 */
#ifndef ALUNO_TESTS_PEER_H
#define ALUNO_TESTS_PEER_H

#include "school.h"

struct peer {
    pid_t pid;
    int fd; /* what is inside TLS */
};

/* Connects as "ana" and exchanges SP's greeting. */
struct peer peer_open(const struct school *school);

void peer_close(const struct peer *peer);

/* Sends bytes; stops without a word when the connection ends meanwhile, as it may. */
void peer_send(const struct peer *peer, const void *bytes, size_t size);

/* Sends a frame's length, which need not be that of what follows. */
void peer_send_length(const struct peer *peer, uint64_t length);

/* Sends a request of so many bytes. */
void peer_send_request(const struct peer *peer, const void *body, size_t size);

/* Receives a reply and checks that it holds the text. */
void peer_expect(const struct peer *peer, const char *text);

/* Checks that the connection ends before another byte comes. */
void peer_expect_end(const struct peer *peer);

#endif
