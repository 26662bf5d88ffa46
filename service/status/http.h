/* A small HTTP server on a thread of its own, for a few programs of this machine: at most 16 connections,
 * each with one request of at most 4 KiB and 5 s. The oldest gives way to one that waits. A request whose
 * Host names another machine is refused.
 *
 * nng's own server is not used, because of what it does in 1.5.2: a request for /…%41 overwrites the heap,
 * and so ends the service; connections, their headers and their time have no bound; without file descriptors
 * it accepts in an endless loop. See sdk/nng/README.md. A thread of its own also replies when nng has wedged.
 */
#ifndef ALUNOD_STATUS_HTTP_H
#define ALUNOD_STATUS_HTTP_H

#include "status/http_message.h"

#include <aluno/error.h>

struct http;

struct http_reply {
    enum http_status status; /* HTTP_OK at first */
    const char *type;        /* of the body; text/plain at first */
    aluno__buffer body;      /* empty at first */
};

/* A path, and the function that fills in its reply. It delays the other requests. */
struct http_route {
    const char *path;
    void (*answer)(void *user, struct http_reply *reply);
};

struct http_options {
    const struct http_route *routes; /* must stay */
    size_t route_count;
    void *user;
    int64_t connection_ms; /* how long a connection may take; 0: 5000 */
    void (*tick)(
        void *user); /* NULL; or called at the start and each tick_ms, on the thread of the answers */
    int64_t tick_ms;
};

/* Takes over the socket, which listens and does not block. False, and the socket stays the caller's, when
 * memory or threads run out. */
bool http_start(struct http **out, int listener, const struct http_options *options);

/* Answers what was received, at most 500 ms, and ends. NULL is allowed. */
void http_stop(struct http *http);

#endif
