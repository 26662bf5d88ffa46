/* The addresses of a host name, and the race among them. */
#ifndef ALUNO_CLIENT_ADDRESSES_H
#define ALUNO_CLIENT_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { ALUNO_ADDRESSES_MAX = 16, ALUNO_ADDRESS_URL_MAX = 72 };

typedef struct aluno__address {
    struct sockaddr_storage socket;
    socklen_t length;
    char url[ALUNO_ADDRESS_URL_MAX]; /* "tls+tcp://127.0.0.1:3000" */
} aluno__address;

typedef struct aluno__addresses {
    aluno__address items[ALUNO_ADDRESSES_MAX];
    size_t count;
} aluno__addresses;

/* Resolves a host, at most ALUNO_ADDRESSES_MAX addresses of it. Returns 0, or getaddrinfo's failure. */
int aluno__addresses_resolve(aluno__addresses *addresses, const char *host, const char *port);

/* Alternates the families of addresses, and moves the one with the URL `preferred`, if there is one, to the
 * front. */
void aluno__addresses_order(aluno__addresses *addresses, const char *preferred);

void aluno__addresses_remove(aluno__addresses *addresses, size_t index);

/* Returns the index of the address that first accepts a TCP connection, which is closed again; the count if
 * none does until then (monotonic, ms), or `stopped` returns true. Then *failure is ECONNREFUSED if
 * any refused, ETIMEDOUT if the time passed, or else the errno of the first that failed. Polls `stopped`
 * every 50 ms. */
size_t aluno__addresses_race(const aluno__addresses *addresses, int64_t until_ms, bool (*stopped)(void *user),
                             void *user, int *failure);

#endif
