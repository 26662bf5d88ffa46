/* An nng REQ socket with one context per call in flight. Each is a state machine on nng's callbacks. */
#include "client.h"

#include "figures.h"
#include "place.h"

#include "nng/api.h"
#include "tls/binding.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RETRY_NS = 200 * 1000, CONNECT_SECONDS = 10, CALL_MS = 30 * 1000 };

/* One call in flight. */
struct flight {
    client *owner;
    nng_ctx context;
    nng_aio *aio;
    bool sending;
    size_t index;
    double started;
};

struct client {
    aluno__tls *tls;
    nng_socket socket;
    struct flight flights[CLIENT_IN_FLIGHT_MAX];
    const workload *work;
    atomic_size_t next; /* the next call to make */
    pthread_mutex_t mutex;
    pthread_cond_t landed;
    size_t flying;
    const char *failure; /* the first */
};

/* ---- one call ---- */

static void land(struct flight *flight, const char *failure)
{
    client *c = flight->owner;
    pthread_mutex_lock(&c->mutex);
    if (failure != NULL && c->failure == NULL)
        c->failure = failure;
    if (--c->flying == 0)
        pthread_cond_signal(&c->landed);
    pthread_mutex_unlock(&c->mutex);
}

/* Makes the next call, if any is left. */
static void take_off(struct flight *flight)
{
    const workload *work = flight->owner->work;
    nng_msg *request;
    flight->index = atomic_fetch_add(&flight->owner->next, 1);
    if (flight->index >= work->calls) {
        land(flight, NULL);
        return;
    }
    const aluno__buffer *bytes = &work->requests[flight->index % work->request_count];
    if (nng_msg_alloc(&request, 0) != 0 || nng_msg_append(request, bytes->data, bytes->size) != 0) {
        land(flight, "out of memory");
        return;
    }
    if (work->seconds != NULL)
        flight->started = steady_seconds();
    flight->sending = true;
    nng_aio_set_msg(flight->aio, request);
    nng_ctx_send(flight->context, flight->aio);
}

static bool take_reply(struct flight *flight)
{
    const workload *work = flight->owner->work;
    nng_msg *reply = nng_aio_get_msg(flight->aio);
    if (work->seconds != NULL)
        work->seconds[flight->index] = steady_seconds() - flight->started;
    const bool accepted = work->accept(work->user, nng_msg_body(reply), nng_msg_len(reply));
    nng_msg_free(reply);
    return accepted;
}

/* nng's callback: the request is sent, or the reply has arrived. */
static void step(void *argument)
{
    struct flight *flight = argument;
    const int failure = nng_aio_result(flight->aio);
    if (failure != 0) {
        if (flight->sending)
            nng_msg_free(nng_aio_get_msg(flight->aio));
        land(flight, nng_strerror(failure));
    } else if (flight->sending) {
        flight->sending = false;
        nng_ctx_recv(flight->context, flight->aio);
    } else if (take_reply(flight)) {
        take_off(flight);
    } else {
        land(flight, "the reply is not the one expected");
    }
}

bool client_run(client *c, const workload *work)
{
    c->work = work;
    c->failure = NULL;
    c->flying = work->in_flight;
    atomic_store(&c->next, 0);
    for (size_t i = 0; i < work->in_flight; i++)
        take_off(&c->flights[i]);
    pthread_mutex_lock(&c->mutex);
    while (c->flying > 0)
        pthread_cond_wait(&c->landed, &c->mutex);
    const char *failure = c->failure;
    pthread_mutex_unlock(&c->mutex);
    if (failure != NULL)
        fprintf(stderr, "bench: a call failed: %s\n", failure);
    return failure == NULL;
}

static bool keep_reply(const void *user, const uint8_t *reply, size_t size)
{
    return aluno__buffer_append((aluno__buffer *)(uintptr_t)user, reply, size);
}

bool client_call(client *c, const aluno__buffer *request, aluno__buffer *reply)
{
    *reply = (aluno__buffer){0};
    const workload once = {.calls = 1,
                           .in_flight = 1,
                           .requests = request,
                           .request_count = 1,
                           .accept = keep_reply,
                           .user = reply};
    return client_run(c, &once);
}

/* ---- the connection ---- */

/* Disables nng's resending of requests. */
static int open_socket(client *c)
{
    int failure = nng_req0_open(&c->socket);
    if (failure == 0)
        failure = nng_socket_set_ms(c->socket, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE);
    if (failure == 0)
        failure = nng_socket_set_size(c->socket, NNG_OPT_RECVMAXSZ, (size_t)2 << 20);
    for (size_t i = 0; failure == 0 && i < CLIENT_IN_FLIGHT_MAX; i++) {
        struct flight *flight = &c->flights[i];
        flight->owner = c;
        failure = nng_aio_alloc(&flight->aio, step, flight);
        if (failure == 0)
            failure = nng_ctx_open(&flight->context, c->socket);
        if (failure == 0)
            nng_aio_set_timeout(flight->aio, CALL_MS);
    }
    return failure;
}

client *client_new(void)
{
    aluno_error error;
    const aluno__tls_files files = place_files(ALUNO_TLS_CLIENT);
    const aluno__tls_limits limits = {.max_connections = 0};
    client *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    pthread_mutex_init(&c->mutex, NULL);
    pthread_cond_init(&c->landed, NULL);
    if (aluno__tls_open(&c->tls, ALUNO_TLS_CLIENT, &files, &limits, NULL, NULL, &error) != ALUNO_OK) {
        fprintf(stderr, "bench: %s\n", error.message);
        client_free(c);
        return NULL;
    }
    const int failure = open_socket(c);
    if (failure == 0)
        return c;
    fprintf(stderr, "bench: a client: %s\n", nng_strerror(failure));
    client_free(c);
    return NULL;
}

void client_free(client *c)
{
    if (c == NULL)
        return;
    if (nng_socket_id(c->socket) > 0)
        nng_close(c->socket);
    for (size_t i = 0; i < CLIENT_IN_FLIGHT_MAX; i++)
        nng_aio_free(c->flights[i].aio);
    aluno__tls_close(c->tls);
    pthread_cond_destroy(&c->landed);
    pthread_mutex_destroy(&c->mutex);
    free(c);
}

bool client_connect(client *c, const char *url)
{
    const struct timespec pause = {.tv_nsec = RETRY_NS};
    const double until = steady_seconds() + CONNECT_SECONDS;
    nng_dialer dialer;
    int failure = nng_dialer_create(&dialer, c->socket, url);
    if (failure == 0)
        failure = aluno__tls_bind_dialer(c->tls, dialer, "localhost");
    if (failure == 0)
        failure = nng_dialer_start(dialer, 0);
    while (failure == NNG_ECONNREFUSED && steady_seconds() < until) {
        nanosleep(&pause, NULL);
        failure = nng_dialer_start(dialer, 0);
    }
    if (failure != 0)
        fprintf(stderr, "bench: connecting to %s: %s\n", url, nng_strerror(failure));
    return failure == 0;
}
