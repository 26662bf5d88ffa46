/* nng's contexts of the socket: each receives a request, executes it, sends the reply, and starts again. */
#ifndef ALUNOD_WORKERS_H
#define ALUNOD_WORKERS_H

#include "peers.h"
#include "service.h"

#include "nng/api.h"

struct workers;

/* Opens the contexts of a socket and stores them in *out even on failure. Returns 0 or nng's error. */
int workers_open(struct workers **out, nng_socket socket, struct service *service, struct peers *peers);

/* Lets them receive. */
void workers_start(struct workers *workers);

/* Closes the connections of clients that leave a reply unread for seconds: each of them holds a context. */
void workers_close_slow_readers(struct workers *workers);

/* How many calls are between their request and their sent reply. */
size_t workers_in_progress(struct workers *workers);

/* Waits until no call is in progress, at most timeout_ms; from then on no call starts. False when calls still
 * are. */
bool workers_drain(struct workers *workers, int64_t timeout_ms);

/* Before their socket is closed: they send and receive no more. NULL is allowed. */
void workers_close(struct workers *workers);

/* After their socket is closed. NULL is allowed. */
void workers_free(struct workers *workers);

#endif
