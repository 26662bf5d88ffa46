/* One thread polls the listening socket and the connections. */
#include "status/http.h"

#include "base/clock.h"
#include "base/thread.h"
#include "listen_address.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CONNECTIONS = 16,
    REQUEST_MAX = 4096,
    CONNECTION_MS = 5000,
    STOP_MS = 500,
    STARVED_MS = 100, /* until the next attempt when no connection can be accepted */
    KEPT_MS = 100,    /* how long a connection is kept while others wait */
};

/* LINGERING: the reply is sent, and what still comes is read and dropped. Closing a socket with unread bytes
 * resets the connection, and the client may lose the reply. */
enum phase { FREE, RECEIVING, SENDING, LINGERING };

struct connection {
    enum phase phase;
    int fd;
    int64_t deadline_ms;
    char request[REQUEST_MAX];
    size_t received, sent;
    aluno__buffer reply;
};

struct http {
    int listener, wake;
    struct http_options options;
    pthread_t thread;
    int64_t accept_ms; /* not before */
    int64_t tick_ms;   /* when the next one is due; INT64_MAX: none is */
    int64_t stop_ms;   /* INT64_MAX: goes on; else stops by then, and accepts no more */
    struct connection connections[CONNECTIONS];
};

/* ---- one connection ---- */

static void end(struct connection *connection)
{
    close(connection->fd);
    aluno__buffer_free(&connection->reply);
    *connection = (struct connection){.phase = FREE};
}

static const struct http_route *find_route(const struct http *http, const char *path)
{
    for (size_t i = 0; i < http->options.route_count; i++)
        if (strcmp(http->options.routes[i].path, path) == 0)
            return &http->options.routes[i];
    return NULL;
}

/* A page of another site that a browser on this machine shows can give its own name this machine's address,
 * and then read what that name serves (DNS rebinding). */
static bool is_misdirected(const struct http_request *request)
{
    return *request->host != '\0' && !listen_address_names_loopback(request->host);
}

static void answer(struct http *http, struct connection *connection, enum http_status status,
                   const struct http_request *request)
{
    struct http_reply reply = {.status = HTTP_OK, .type = "text/plain; charset=utf-8"};
    if (status == HTTP_OK && is_misdirected(request))
        status = HTTP_MISDIRECTED;
    const struct http_route *route = status == HTTP_OK ? find_route(http, request->path) : NULL;
    if (status == HTTP_OK && route == NULL)
        status = HTTP_NOT_FOUND;
    if (route != NULL)
        route->answer(http->options.user, &reply);
    http_write(&connection->reply, route != NULL ? reply.status : status, request->is_head, reply.type,
               route != NULL ? &reply.body : NULL);
    if (reply.body.failed || connection->reply.failed) /* no reply rather than half of one */
        aluno__buffer_reset(&connection->reply);
    aluno__buffer_free(&reply.body);
    connection->phase = SENDING;
}

static void receive(struct http *http, struct connection *connection)
{
    struct http_request request;
    const ssize_t got = recv(connection->fd, connection->request + connection->received,
                             REQUEST_MAX - connection->received, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        end(connection);
        return;
    }
    connection->received += (size_t)got;
    const enum http_status status = http_parse(connection->request, connection->received, &request);
    if (status != HTTP_INCOMPLETE)
        answer(http, connection, status, &request);
    else if (connection->received == REQUEST_MAX)
        answer(http, connection, HTTP_HEADERS_TOO_LARGE, &request);
}

static void send_reply(struct connection *connection)
{
    const aluno__buffer *reply = &connection->reply;
    const ssize_t sent =
        send(connection->fd, reply->data + connection->sent, reply->size - connection->sent, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        end(connection);
        return;
    }
    connection->sent += sent > 0 ? (size_t)sent : 0;
    if (connection->sent == reply->size) {
        (void)shutdown(connection->fd, SHUT_WR);
        connection->phase = LINGERING;
    }
}

static void linger(struct connection *connection)
{
    const ssize_t got = recv(connection->fd, connection->request, REQUEST_MAX, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        end(connection);
}

static void go_on(struct http *http, struct connection *connection)
{
    switch (connection->phase) {
    case RECEIVING:
        receive(http, connection);
        if (connection->phase != SENDING)
            break;
        /* fall through */
    case SENDING:
        send_reply(connection);
        break;
    case LINGERING:
        linger(connection);
        break;
    case FREE:
        break;
    }
}

/* ---- all of them ---- */

static struct connection *find_free(struct http *http)
{
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (http->connections[i].phase == FREE)
            return &http->connections[i];
    return NULL;
}

/* The oldest connection gives way. NULL, and a later attempt, while that is young. */
static struct connection *make_room(struct http *http, int64_t now_ms)
{
    struct connection *oldest = &http->connections[0];
    for (size_t i = 1; i < CONNECTIONS; i++)
        if (http->connections[i].deadline_ms < oldest->deadline_ms)
            oldest = &http->connections[i];
    const int64_t kept_ms = oldest->deadline_ms - http->options.connection_ms + KEPT_MS;
    if (now_ms < kept_ms) {
        http->accept_ms = kept_ms;
        return NULL;
    }
    end(oldest);
    return oldest;
}

static void accept_one(struct http *http)
{
    const int64_t now_ms = aluno__clock_ms();
    struct connection *connection = find_free(http);
    if (connection == NULL)
        connection = make_room(http, now_ms);
    if (connection == NULL)
        return;
    const int fd = accept4(http->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0)
        *connection = (struct connection){
            .phase = RECEIVING, .fd = fd, .deadline_ms = now_ms + http->options.connection_ms};
    else if (errno != EAGAIN)
        http->accept_ms = now_ms + STARVED_MS;
}

/* Ends those whose time is over; returns how many stay. */
static size_t end_late(struct http *http, int64_t now_ms)
{
    size_t open = 0;
    for (size_t i = 0; i < CONNECTIONS; i++) {
        struct connection *connection = &http->connections[i];
        if (connection->phase != FREE && now_ms >= connection->deadline_ms)
            end(connection);
        open += connection->phase != FREE;
    }
    return open;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Fills in what poll is to wait for: wake, listener, connections. Returns until when. */
static int64_t prepare(const struct http *http, struct pollfd polled[CONNECTIONS + 2], bool may_accept,
                       int64_t now_ms)
{
    int64_t until_ms = earlier(http->stop_ms, http->tick_ms);
    polled[0] = (struct pollfd){.fd = http->stop_ms == INT64_MAX ? http->wake : -1, .events = POLLIN};
    polled[1] = (struct pollfd){.fd = may_accept ? http->listener : -1, .events = POLLIN};
    if (http->accept_ms > now_ms)
        until_ms = earlier(until_ms, http->accept_ms);
    for (size_t i = 0; i < CONNECTIONS; i++) {
        const struct connection *connection = &http->connections[i];
        const bool is_open = connection->phase != FREE;
        polled[i + 2] = (struct pollfd){.fd = is_open ? connection->fd : -1,
                                        .events = connection->phase == SENDING ? POLLOUT : POLLIN};
        if (is_open)
            until_ms = earlier(until_ms, connection->deadline_ms);
    }
    return until_ms;
}

static void wait_for_work(struct http *http, struct pollfd polled[CONNECTIONS + 2])
{
    const int64_t now_ms = aluno__clock_ms();
    const bool may_accept = http->stop_ms == INT64_MAX && now_ms >= http->accept_ms;
    const int64_t until_ms = prepare(http, polled, may_accept, now_ms);
    const int64_t left_ms = until_ms - now_ms;
    if (poll(polled, CONNECTIONS + 2, until_ms == INT64_MAX ? -1 : left_ms > 0 ? (int)left_ms : 0) < 0)
        memset(polled, 0, (CONNECTIONS + 2) * sizeof *polled); /* interrupted: nothing is ready */
}

static void tick_when_due(struct http *http)
{
    const int64_t now_ms = aluno__clock_ms();
    if (now_ms < http->tick_ms)
        return;
    http->tick_ms = now_ms + http->options.tick_ms;
    http->options.tick(http->options.user);
}

static void *run(void *argument)
{
    struct http *http = argument;
    struct pollfd polled[CONNECTIONS + 2];
    while (end_late(http, aluno__clock_ms()) > 0 || http->stop_ms == INT64_MAX) {
        if (aluno__clock_ms() >= http->stop_ms)
            break;
        tick_when_due(http);
        wait_for_work(http, polled);
        if (polled[0].revents != 0)
            http->stop_ms = aluno__clock_ms() + STOP_MS;
        for (size_t i = 0; i < CONNECTIONS; i++)
            if (polled[i + 2].revents != 0)
                go_on(http, &http->connections[i]);
        if (polled[1].revents != 0)
            accept_one(http);
    }
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (http->connections[i].phase != FREE)
            end(&http->connections[i]);
    return NULL;
}

/* ---- starting and stopping ---- */

bool http_start(struct http **out, int listener, const struct http_options *options)
{
    struct http *http = calloc(1, sizeof *http);
    if (http == NULL)
        return false;
    http->listener = listener;
    http->options = *options;
    if (http->options.connection_ms == 0)
        http->options.connection_ms = CONNECTION_MS;
    http->stop_ms = INT64_MAX;
    http->tick_ms = options->tick != NULL ? 0 : INT64_MAX;
    http->wake = eventfd(0, EFD_CLOEXEC);
    if (http->wake >= 0 && aluno__thread_start(&http->thread, run, http) == 0) {
        *out = http;
        return true;
    }
    if (http->wake >= 0)
        close(http->wake);
    free(http);
    return false;
}

void http_stop(struct http *http)
{
    if (http == NULL)
        return;
    (void)eventfd_write(http->wake, 1);
    pthread_join(http->thread, NULL);
    close(http->wake);
    close(http->listener);
    free(http);
}
