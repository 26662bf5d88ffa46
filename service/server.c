/* nng's REP socket: contexts as state machines on nng's callbacks, receive → work → send, round and round.
 *
 * A call that takes microseconds runs where it arrives; one that may take long runs on a reader thread; a
 * change is queued to the store's writer and answered after its commit. Facts about nng 1.5.2 that shape this
 * file: a callback that blocks starves the others; receiving before a send has completed crashes; closing a
 * wedged socket hangs. */
#include "server.h"

#include "access.h"
#include "base/clock.h"
#include "dispatch.h"
#include "log.h"
#include "peers.h"
#include "readers.h"
#include "protocol/error.h"
#include "nng/api.h"
#include "nng/socket_close.h"
#include "nng/threads.h"
#include "tls/binding.h"
#include "tls/peer.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    CONTEXTS = 256,           /* calls in progress at once; more wait in their connections */
    READER_THREADS = 2,       /* for pages and searches */
    IDLE_MS = 15 * 60 * 1000, /* a connection that sends nothing for so long is closed; clients come back */
    SEND_MS = 3000, /* a client that leaves replies unread for so long is cut off: each holds a context */
    STUCK_CONNECTIONS = 32, /* so many dead connections that nng does not give back, */
    STUCK_MS = 5000,        /* for so long: it has wedged */
    STUCK_FEW_MS = 30000,   /* and so have fewer that last */
    EXPIRY_WARNING_DAYS = 14,
    CLOSE_MS = 3000, /* the bound on closing the socket */
};

enum phase { RECEIVING, WORKING, SENDING };

struct worker {
    struct server *server;
    nng_ctx context;
    nng_aio *aio;
    nng_msg *request;
    enum phase phase;
    _Atomic int64_t sending_ms;  /* since when, steady clock; 0: not sending */
    _Atomic uint32_t sending_to; /* the pipe; set before sending_ms */
    struct call call;
    store_change change;
    reader_task task;
};

struct server {
    struct service *service;
    aluno__tls *tls;
    struct peers *peers;
    struct readers *readers;
    nng_socket socket;
    bool open;        /* the socket is */
    atomic_long busy; /* calls between their request and their sent reply; far below 0 once drained */
    int64_t stuck_since_ms, expiry_warned_ms;
    struct worker workers[CONTEXTS];
};

size_t server_reader_count(void)
{
    return READER_THREADS + aluno__nng_threads();
}

/* ---- calls ---- */

/* Counts a call that begins; false when the server has drained, and the store may be closed. */
static bool enter(struct server *server)
{
    if (atomic_fetch_add(&server->busy, 1) >= 0)
        return true;
    atomic_fetch_sub(&server->busy, 1);
    return false;
}

static void leave(struct server *server)
{
    atomic_fetch_sub(&server->busy, 1);
}

static void receive(struct worker *worker)
{
    worker->phase = RECEIVING;
    nng_ctx_recv(worker->context, worker->aio);
}

static void forget_request(struct worker *worker)
{
    nng_msg_free(worker->request);
    worker->request = NULL;
    leave(worker->server);
}

/* Sends the call's reply; nng takes the message over. Without memory for it the caller waits out its
 * deadline. */
static void send_reply(struct worker *worker)
{
    nng_msg *reply;
    const aluno__buffer *bytes = &worker->call.reply;
    dispatch_close(&worker->call);
    if (nng_msg_alloc(&reply, bytes->size) != 0) {
        log_line(LOG_ERROR, "A reply was lost: out of memory.", NULL);
        forget_request(worker);
        receive(worker);
        return;
    }
    memcpy(nng_msg_body(reply), bytes->data, bytes->size);
    worker->phase = SENDING;
    atomic_store(&worker->sending_to, nng_msg_get_pipe(worker->request).id);
    atomic_store(&worker->sending_ms, aluno__clock_ms());
    nng_aio_set_msg(worker->aio, reply);
    nng_ctx_send(worker->context, worker->aio);
}

static void run_read(struct worker *worker)
{
    store *students = worker->server->service->store;
    store_session *session = store_session_acquire(students);
    dispatch_run(&worker->call, session);
    store_session_release(students, session);
    send_reply(worker);
}

#define WORKER_OF(member, at) ((struct worker *)(void *)((char *)(at)-offsetof(struct worker, member)))

static void run_task(reader_task *task)
{
    run_read(WORKER_OF(task, task));
}

static bool apply_change(store_change *change, store_session *session)
{
    return dispatch_run(&WORKER_OF(change, change)->call, session) == ALUNO_OK;
}

static void finish_change(store_change *change, const aluno_error *commit_error)
{
    struct worker *worker = WORKER_OF(change, change);
    if (commit_error != NULL)
        dispatch_fail(&worker->call, commit_error);
    send_reply(worker);
}

static void submit_change(struct worker *worker)
{
    aluno_error error = {.has = {.none = false}};
    worker->change = (store_change){.apply = apply_change, .done = finish_change};
    if (store_submit(worker->server->service->store, &worker->change, &error) == ALUNO_OK)
        return;
    dispatch_fail(&worker->call, &error);
    send_reply(worker);
}

/* A request came: opens it and lets it run where its method's effect says. */
static void begin(struct worker *worker, nng_msg *request)
{
    struct server *server = worker->server;
    struct caller caller;
    worker->request = request;
    worker->phase = WORKING;
    if (!enter(server)) {
        nng_msg_free(request); /* the connection closes soon, which tells the client */
        return;
    }
    if (!peers_touch(server->peers, nng_msg_get_pipe(request), &caller, aluno__clock_ms())) {
        forget_request(worker); /* its connection closed meanwhile: nobody waits for an answer */
        receive(worker);
        return;
    }
    if (!dispatch_open(&worker->call, server->service, &caller, nng_msg_body(request),
                       nng_msg_len(request))) {
        send_reply(worker);
        return;
    }
    switch (worker->call.method->effect) {
    case ALUNO_READS:
        run_read(worker);
        break;
    case ALUNO_SCANS:
        worker->task.run = run_task;
        readers_submit(server->readers, &worker->task);
        break;
    case ALUNO_MUTATES:
        submit_change(worker);
        break;
    }
}

static void finish_send(struct worker *worker, int failure)
{
    atomic_store(&worker->sending_ms, 0);
    if (failure != 0)
        nng_msg_free(nng_aio_get_msg(worker->aio));
    forget_request(worker);
    if (failure != NNG_ECLOSED)
        receive(worker);
}

/* nng's callback: the receive or the send of this context has completed. */
static void step(void *argument)
{
    struct worker *worker = argument;
    const int failure = nng_aio_result(worker->aio);
    if (worker->phase == SENDING)
        finish_send(worker, failure);
    else if (failure == 0)
        begin(worker, nng_aio_get_msg(worker->aio));
    else if (failure != NNG_ECLOSED)
        receive(worker);
}

/* ---- connections ---- */

static void on_pipe_adding(nng_pipe pipe, nng_pipe_ev event, void *argument)
{
    (void)event;
    struct server *server = argument;
    aluno__tls_peer peer;
    const bool welcome = !atomic_load(&server->service->draining) && aluno__tls_peer_of(pipe, &peer) &&
                         peers_add(server->peers, pipe, &peer, aluno__clock_ms());
    if (!welcome) {
        nng_pipe_close(pipe);
        return;
    }
    log_line(LOG_INFO, "Connection accepted.", "address", peer.address, "caller", peer.common_name, "role",
             aluno_role_name(access_caller(&peer).role), "serial", peer.serial, NULL);
}

static void on_pipe_gone(nng_pipe pipe, nng_pipe_ev event, void *argument)
{
    (void)event;
    struct server *server = argument;
    peers_remove(server->peers, pipe);
}

static void on_refusal(void *argument, const aluno__tls_handshake_failure *refusal)
{
    (void)argument;
    const aluno_reason_desc *reason = aluno_reason_of(refusal->reason);
    log_line(LOG_WARN, refusal->by_peer ? "Connection refused by the client." : "Connection refused.",
             "address", refusal->address, "reason", reason->name, "why", reason->text[ALUNO_EN], "detail",
             refusal->detail, "remedy", reason->remedy[ALUNO_EN], NULL);
}

/* ---- starting ---- */

static aluno_code fail_nng(aluno_error *error, const char *what, int failure)
{
    return aluno__error_set(error, ALUNO_REASON_INTERNAL_ERROR, "%s: %s", what, nng_strerror(failure));
}

static aluno_code open_socket(struct server *server, aluno_error *error)
{
    int failure = nng_rep0_open(&server->socket);
    if (failure != 0)
        return fail_nng(error, "opening the socket", failure);
    server->open = true;
    /* Twice what a message may have: one that is a little too large is answered, a huge one ends its
     * connection. */
    failure = nng_socket_set_size(server->socket, NNG_OPT_RECVMAXSZ, 2 * ALUNO_MESSAGE_MAX);
    if (failure == 0)
        failure = nng_pipe_notify(server->socket, NNG_PIPE_EV_ADD_PRE, on_pipe_adding, server);
    if (failure == 0)
        failure = nng_pipe_notify(server->socket, NNG_PIPE_EV_REM_POST, on_pipe_gone, server);
    return failure == 0 ? ALUNO_OK : fail_nng(error, "setting up the socket", failure);
}

static aluno_code open_workers(struct server *server, aluno_error *error)
{
    for (size_t i = 0; i < CONTEXTS; i++) {
        struct worker *worker = &server->workers[i];
        worker->server = server;
        int failure = nng_aio_alloc(&worker->aio, step, worker);
        if (failure == 0)
            failure = nng_ctx_open(&worker->context, server->socket);
        if (failure != 0)
            return fail_nng(error, "opening a context", failure);
    }
    return ALUNO_OK;
}

static aluno_code refuse_listen(aluno_error *error, const char *address, int failure)
{
    const char *remedy = failure == NNG_EADDRINUSE   ? "is in use: another alunod may be running there"
                         : failure == NNG_EADDRINVAL ? "is no address: write tls+tcp://HOST:PORT"
                                                     : nng_strerror(failure);
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--listen %s: %s", address, remedy);
}

static aluno_code start_listening(struct server *server, const char *address, aluno_error *error)
{
    nng_listener listener;
    if (strncmp(address, "tls+tcp://", strlen("tls+tcp://")) != 0)
        return refuse_listen(error, address, NNG_EADDRINVAL);
    int failure = nng_listener_create(&listener, server->socket, address);
    if (failure == 0)
        failure = aluno__tls_bind_listener(server->tls, listener);
    if (failure == 0)
        failure = nng_listener_set_bool(listener, NNG_OPT_TCP_KEEPALIVE, true);
    if (failure == 0)
        failure = nng_listener_start(listener, 0);
    return failure == 0 ? ALUNO_OK : refuse_listen(error, address, failure);
}

static aluno_code start(struct server *server, const struct server_options *options, aluno_error *error)
{
    const aluno__tls_limits limits = {.max_connections = options->max_connections};
    aluno_code code =
        aluno__tls_open(&server->tls, ALUNO_TLS_SERVER, &options->files, &limits, on_refusal, server, error);
    if (code == ALUNO_OK)
        code = open_socket(server, error);
    if (code == ALUNO_OK)
        code = open_workers(server, error);
    if (code == ALUNO_OK)
        code = start_listening(server, options->listen, error);
    return code;
}

aluno_code server_start(struct server **out, const struct server_options *options, struct service *service,
                        aluno_error *error)
{
    struct server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    server->service = service;
    server->peers = peers_new();
    server->readers = readers_start(READER_THREADS);
    aluno_code code = server->peers != NULL && server->readers != NULL
                          ? start(server, options, error)
                          : aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (code != ALUNO_OK) {
        server_stop(server);
        return code;
    }
    for (size_t i = 0; i < CONTEXTS; i++)
        receive(&server->workers[i]);
    *out = server;
    return ALUNO_OK;
}

/* ---- running ---- */

aluno_code server_reload(struct server *server, const aluno__tls_files *files, aluno_error *error)
{
    const aluno_code code = aluno__tls_reload(server->tls, files, error);
    if (code != ALUNO_OK)
        return code;
    char closed[24];
    snprintf(closed, sizeof closed, "%zu", peers_close_untrusted(server->peers, server->tls));
    log_line(LOG_INFO, "Certificates reloaded.", "connections_closed", closed, NULL);
    return ALUNO_OK;
}

/* Closes the connections of clients that leave their replies unread, which ends those sends. (A time-out for
 * each send would do the same, at the price of waking nng's timer with every call.) */
static void cut_off_unread(struct server *server)
{
    const int64_t before_ms = aluno__clock_ms() - SEND_MS;
    for (size_t i = 0; i < CONTEXTS; i++) {
        struct worker *worker = &server->workers[i];
        const int64_t since_ms = atomic_load(&worker->sending_ms);
        const nng_pipe pipe = {.id = atomic_load(&worker->sending_to)};
        if (since_ms != 0 && since_ms < before_ms && atomic_load(&worker->sending_ms) == since_ms)
            nng_pipe_close(pipe);
    }
}

static void warn_of_expiry(const char *what, int64_t ends_ms, int64_t now_ms)
{
    const int64_t day_ms = 24 * 3600 * 1000;
    if (ends_ms == 0 || ends_ms - now_ms > EXPIRY_WARNING_DAYS * day_ms)
        return;
    char days[24];
    snprintf(days, sizeof days, "%" PRId64, (ends_ms - now_ms) / day_ms);
    log_line(LOG_WARN, "A file for TLS ends soon: renew it and send SIGHUP.", "file", what, "days_left", days,
             NULL);
}

static bool is_wedged(struct server *server, int64_t now_ms)
{
    if (aluno__tls_unadmitted_connections(server->tls) > 0)
        return true;
    const size_t stuck = aluno__tls_stuck_connections(server->tls);
    if (stuck == 0 || server->stuck_since_ms == 0)
        server->stuck_since_ms = now_ms;
    return now_ms - server->stuck_since_ms >= (stuck >= STUCK_CONNECTIONS ? STUCK_MS : STUCK_FEW_MS);
}

bool server_look_after(struct server *server)
{
    const int64_t now_ms = aluno__clock_ms(), hour_ms = 3600 * 1000;
    cut_off_unread(server);
    peers_close_idle(server->peers, now_ms - IDLE_MS);
    if (server->expiry_warned_ms == 0 || now_ms - server->expiry_warned_ms > hour_ms) {
        server->expiry_warned_ms = now_ms;
        warn_of_expiry("--cert", aluno__tls_not_after_ms(server->tls), aluno__clock_unix_ms());
        warn_of_expiry("--crl", aluno__tls_crl_next_update_ms(server->tls), aluno__clock_unix_ms());
    }
    return is_wedged(server, now_ms);
}

/* ---- stopping ---- */

/* Latches the moment at which no call is in progress: from then on none begins. */
static bool has_drained(struct server *server)
{
    long idle = 0;
    return atomic_compare_exchange_strong(&server->busy, &idle, LONG_MIN / 2);
}

bool server_drain(struct server *server, int64_t timeout_ms)
{
    const int64_t until_ms = aluno__clock_ms() + timeout_ms;
    atomic_store(&server->service->draining, true);
    bool drained = has_drained(server);
    while (!drained && aluno__clock_ms() < until_ms) {
        aluno__clock_sleep(2);
        cut_off_unread(server);
        drained = has_drained(server);
    }
    aluno__clock_sleep(100); /* nng sends the last replies */
    return drained;
}

static void free_worker(struct worker *worker)
{
    nng_aio_free(worker->aio);
    aluno__buffer_free(&worker->call.reply);
}

void server_stop(struct server *server)
{
    const bool wedged = server->tls != NULL && aluno__tls_stuck_connections(server->tls) > 0;
    if (server->open && (wedged || !aluno__nng_socket_close(server->socket, CLOSE_MS))) {
        log_line(LOG_WARN, "The socket does not close: left to the end of the process.", NULL);
        return;
    }
    readers_stop(server->readers);
    for (size_t i = 0; i < CONTEXTS; i++)
        free_worker(&server->workers[i]);
    aluno__tls_close(server->tls);
    peers_free(server->peers);
    free(server);
}
