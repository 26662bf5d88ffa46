/* A client as thin as can be: it sends bytes made beforehand over one connection, keeps so many calls in
 * flight and looks at each reply. */
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
    /* Whether a reply is the one wanted; called by several threads. */
    bool (*accept)(const void *user, const uint8_t *reply, size_t size);
    const void *user;
    double *seconds; /* what each call took; NULL: nobody asks */
} workload;

/* A client that is ready to connect. NULL, and told, when that fails. */
client *client_new(void);
void client_free(client *c); /* NULL is allowed */

/* Connects, trying again every 0.2 ms until somebody listens there, for ten seconds. */
bool client_connect(client *c, const char *url);

/* Makes all calls; false, and told, when one failed or was not accepted. */
bool client_run(client *c, const workload *work);

/* Makes one call and stores the reply's bytes in *reply, which is the caller's. */
bool client_call(client *c, const aluno__buffer *request, aluno__buffer *reply);

#endif
