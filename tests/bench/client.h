/* A minimal client: sends prepared requests over one connection, keeps a number of calls in flight and checks
 * each reply. */
#ifndef ALUNO_BENCH_CLIENT_H
#define ALUNO_BENCH_CLIENT_H

#include "base/buffer.h"

/* The most calls that a client keeps in flight. */
#define CLIENT_IN_FLIGHT_MAX 64

typedef struct client client;

/* Calls to make. The i-th sends requests[i % request_count]. */
typedef struct workload {
    size_t calls, in_flight;
    const aluno__buffer *requests;
    size_t request_count;
    /* Returns whether a reply is right. Called by several threads. */
    bool (*accept)(const void *user, const uint8_t *reply, size_t size);
    const void *user;
    double *seconds; /* the duration of each call; may be NULL */
} workload;

/* Returns a client that is not connected. Returns NULL, and prints why, on failure. */
client *client_new(void);
void client_free(client *c); /* NULL is allowed */

/* Connects. Retries every 0.2 ms, for ten seconds, until the address listens. */
bool client_connect(client *c, const char *url);

/* Makes all calls. Returns false, and prints why, when one failed or was not accepted. */
bool client_run(client *c, const workload *work);

/* Makes one call and stores the reply's bytes in *reply, which the caller frees. */
bool client_call(client *c, const aluno__buffer *request, aluno__buffer *reply);

#endif
