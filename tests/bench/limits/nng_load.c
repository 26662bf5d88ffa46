/* bench-limit-nng: load for bench-limit-nng-server by nng's REQ, with nothing above it. job.h has the
 * arguments. The operation decides how long request and reply are: as long as aluno's. */
#include "window.h"

#include "nng/api.h"
#include "tls/binding.h"
#include "tls/engine.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct flight {
    nng_ctx nng;
    nng_aio *aio;
    bool is_sending;
    uint64_t started_ns;
};

static const struct sizes {
    const char *operation;
    size_t request;
    uint32_t reply;
} all_sizes[] = {{"health", 60, 23}, {"get", 60, 112}, {"page", 90, 9950}, {"create", 180, 152}};

static const struct sizes *sizes;
static window w;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* guards w and flying */
static pthread_cond_t landed = PTHREAD_COND_INITIALIZER;
static unsigned flying;

static void check(const char *what, int failure)
{
    if (failure == 0)
        return;
    fprintf(stderr, "bench-limit-nng: %s: %s\n", what, nng_strerror(failure));
    exit(EXIT_FAILURE);
}

/* ---- calls ---- */

static void take_off(struct flight *f)
{
    nng_msg *request;
    f->started_ns = meter_ns();
    check("request", nng_msg_alloc(&request, sizes->request));
    memcpy(nng_msg_body(request), &sizes->reply, sizeof sizes->reply);
    f->is_sending = true;
    nng_aio_set_msg(f->aio, request);
    nng_ctx_send(f->nng, f->aio);
}

static void land(struct flight *f)
{
    nng_msg *reply = nng_aio_get_msg(f->aio);
    check("the reply's size", nng_msg_len(reply) == sizes->reply ? 0 : NNG_EPROTO);
    nng_msg_free(reply);
    pthread_mutex_lock(&mutex);
    const bool more = window_record(&w, f->started_ns);
    if (!more && --flying == 0)
        pthread_cond_signal(&landed);
    pthread_mutex_unlock(&mutex);
    if (more)
        take_off(f);
}

/* nng's callback: the send or the receive has completed. */
static void step(void *argument)
{
    struct flight *f = argument;
    check("call", nng_aio_result(f->aio));
    if (!f->is_sending) {
        land(f);
        return;
    }
    f->is_sending = false;
    nng_ctx_recv(f->nng, f->aio);
}

/* ---- connections ---- */

static nng_socket connect_to(const job *j)
{
    static char url[64];
    const aluno__tls_files files = {.ca = j->ca, .cert = j->cert, .key = j->key};
    const aluno__tls_limits limits = {.max_connections = 0};
    aluno__tls *tls;
    nng_socket socket;
    nng_dialer dialer;
    aluno_error error;
    snprintf(url, sizeof url, "tls+tcp://127.0.0.1:%u", j->port);
    if (aluno__tls_open(&tls, ALUNO_TLS_CLIENT, &files, &limits, NULL, NULL, &error) != ALUNO_OK) {
        fprintf(stderr, "bench-limit-nng: %s\n", error.message);
        exit(EXIT_FAILURE);
    }
    check("socket", nng_req0_open(&socket));
    check("option", nng_socket_set_ms(socket, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE));
    check("dialer", nng_dialer_create(&dialer, socket, url));
    check("credentials", aluno__tls_bind_dialer(tls, dialer, "localhost"));
    check("connect", nng_dialer_start(dialer, 0));
    return socket;
}

static void run(const job *j)
{
    nng_socket *sockets = calloc(j->connections, sizeof *sockets);
    struct flight *flights = calloc(j->calls, sizeof *flights);
    if (sockets == NULL || flights == NULL)
        exit(EXIT_FAILURE);
    for (unsigned i = 0; i < j->connections; i++)
        sockets[i] = connect_to(j);
    flying = j->calls;
    for (unsigned i = 0; i < j->calls; i++) {
        check("aio", nng_aio_alloc(&flights[i].aio, step, &flights[i]));
        check("context", nng_ctx_open(&flights[i].nng, sockets[i % j->connections]));
        take_off(&flights[i]);
    }
    pthread_mutex_lock(&mutex);
    while (flying > 0)
        pthread_cond_wait(&landed, &mutex);
    pthread_mutex_unlock(&mutex);
}

int main(int argc, char *argv[])
{
    job j;
    if (!job_read(&j, argc, argv))
        return 2;
    for (size_t i = 0; i < sizeof all_sizes / sizeof *all_sizes; i++)
        if (strcmp(all_sizes[i].operation, j.operation) == 0)
            sizes = &all_sizes[i];
    if (sizes == NULL || j.calls == 0) {
        fprintf(stderr, "bench-limit-nng: nng alone has no %s\n", j.point);
        return EXIT_FAILURE;
    }
    window_open(&w, &j);
    run(&j);
    window_print(&w);
    fflush(stdout);
    _exit(EXIT_SUCCESS); /* nng's threads are still in their callbacks */
}
