/* Each worker is a state machine on nng's callbacks: receive → execute → send, and again. A reply that
 * another thread has made comes back to one of nng's before it is sent.
 *
 * Facts about nng 1.5.2 that shape it: a callback that blocks delays all others; receiving before a send has
 * completed crashes. */
#include "workers.h"

#include "base/clock.h"
#include "execute.h"
#include "log.h"
#include "nng/gate.h"
#include "outbox.h"

#include <limits.h>
#include <stddef.h>
#include <stdlib.h>

enum {
    CONTEXTS = 256, /* calls in progress at once, without watches; more wait in their connections */
    SCARCE = CONTEXTS / 4 * 3,
    POLL_MS = 2, /* how often a drain checks */
};

enum phase { RECEIVING, EXECUTING, SENDING };

struct worker {
    struct execution execution; /* first: `done` returns it */
    struct workers *all;
    struct worker *next;  /* in the list of all */
    struct worker *spare; /* in the list of spare ones */
    nng_ctx context;
    nng_aio *aio;
    nng_msg *request;
    struct peer *peer; /* who sent it */
    enum phase phase;
    atomic_bool is_replaced;     /* its call waits for changes, and another worker receives in its place */
    struct outbox_item item;     /* while its reply is handed over */
    _Atomic int64_t sending_ms;  /* since when, monotonic clock; 0: not sending */
    _Atomic uint32_t sending_to; /* the pipe; set before sending_ms */
};

struct workers {
    struct service *service;
    struct peers *peers;
    aluno__nng_gate gate;    /* to the socket's contexts */
    struct outbox outbox;    /* replies that other threads have made */
    atomic_long in_progress; /* calls from their request to their sent reply; far below 0 once drained */
    atomic_long replaced;    /* of these, calls whose worker is */
    nng_socket socket;
    pthread_mutex_t lock; /* guards what follows */
    struct worker *first; /* all */
    struct worker *spares;
};

/* ---- calls in progress ---- */

static const long drained = LONG_MIN / 2;

/* Counts a call that starts; false once drained: the store may be closed. */
static bool enter(struct workers *all)
{
    if (atomic_fetch_add(&all->in_progress, 1) >= 0)
        return true;
    atomic_fetch_sub(&all->in_progress, 1);
    return false;
}

static void leave(struct workers *all)
{
    atomic_fetch_sub(&all->in_progress, 1);
}

/* True when no call is in progress; from then on none starts. */
static bool try_drain(struct workers *all)
{
    long none = 0;
    return atomic_compare_exchange_strong(&all->in_progress, &none, drained);
}

static long count_in_progress(struct workers *all)
{
    return atomic_load(&all->in_progress) - atomic_load(&all->replaced);
}

size_t workers_in_progress(struct workers *all)
{
    const long count = count_in_progress(all);
    return count > 0 ? (size_t)count : 0;
}

bool workers_drain(struct workers *all, int64_t timeout_ms)
{
    const int64_t deadline_ms = aluno__clock_ms() + timeout_ms;
    bool is_drained = try_drain(all);
    while (!is_drained && aluno__clock_ms() < deadline_ms) {
        aluno__clock_sleep(POLL_MS);
        workers_close_slow_readers(all);
        is_drained = try_drain(all);
    }
    return is_drained;
}

/* ---- the state machine ---- */

static void receive(struct worker *worker)
{
    worker->phase = RECEIVING;
    if (!aluno__nng_gate_enter(&worker->all->gate))
        return; /* the socket closes */
    nng_ctx_recv(worker->context, worker->aio);
    aluno__nng_gate_leave(&worker->all->gate);
}

/* ---- workers that wait for changes, and those that take their place ---- */

static void step(void *argument);

static int open_worker(struct workers *all, struct worker **out)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (worker == NULL)
        return NNG_ENOMEM;
    worker->all = all;
    int failure = nng_aio_alloc(&worker->aio, step, worker);
    if (failure == 0)
        failure = nng_ctx_open(&worker->context, all->socket);
    if (failure != 0) {
        nng_aio_free(worker->aio);
        free(worker);
        return failure;
    }
    pthread_mutex_lock(&all->lock);
    worker->next = all->first;
    all->first = worker;
    pthread_mutex_unlock(&all->lock);
    *out = worker;
    return 0;
}

/* A worker that was spared, or a new one; NULL without memory, or when the socket closes. */
static struct worker *take_spare(struct workers *all)
{
    pthread_mutex_lock(&all->lock);
    struct worker *spare = all->spares;
    if (spare != NULL)
        all->spares = spare->spare;
    pthread_mutex_unlock(&all->lock);
    if (spare != NULL || !aluno__nng_gate_enter(&all->gate))
        return spare;
    open_worker(all, &spare);
    aluno__nng_gate_leave(&all->gate);
    return spare;
}

/* The call waits for changes: another worker receives. Without a spare one, one context fewer receives until
 * the watch ends. */
static void replace(struct execution *execution)
{
    struct worker *worker = (struct worker *)(void *)execution;
    struct workers *all = worker->all;
    struct worker *spare = take_spare(all);
    if (spare == NULL)
        return;
    atomic_fetch_add(&all->replaced, 1);
    atomic_store(&worker->is_replaced, true);
    receive(spare);
}

/* The call has ended: the worker receives again, unless another one does so in its place. */
static void receive_again(struct worker *worker)
{
    struct workers *all = worker->all;
    if (!atomic_exchange(&worker->is_replaced, false)) {
        receive(worker);
        return;
    }
    atomic_fetch_sub(&all->replaced, 1);
    pthread_mutex_lock(&all->lock);
    worker->spare = all->spares;
    all->spares = worker;
    pthread_mutex_unlock(&all->lock);
}

static void free_request(struct worker *worker)
{
    if (worker->peer != NULL)
        peers_end_call(worker->all->peers, worker->peer, nng_msg_len(worker->request),
                       worker->execution.is_watch);
    worker->execution.is_watch = false; /* the next call may end before it is executed */
    nng_msg_free(worker->request);
    worker->peer = NULL;
    worker->request = NULL;
    leave(worker->all);
}

/* Ends a call without a reply. */
static void give_up(struct worker *worker)
{
    free_request(worker);
    receive_again(worker);
}

static void finish_send(struct worker *worker, int failure)
{
    atomic_store(&worker->sending_ms, 0);
    if (failure != 0)
        nng_msg_free(nng_aio_get_msg(worker->aio));
    free_request(worker);
    if (failure != NNG_ECLOSED)
        receive_again(worker);
}

/* Sends the reply; nng takes the message over. Without memory for it the client waits until its deadline. */
static void send_reply(struct worker *worker)
{
    const aluno__buffer *bytes = &worker->execution.outcome.reply;
    nng_msg *reply;
    if (nng_msg_alloc(&reply, bytes->size) != 0) {
        log_line(LOG_ERROR, "A reply was lost: out of memory.", NULL);
        give_up(worker);
        return;
    }
    memcpy(nng_msg_body(reply), bytes->data, bytes->size);
    worker->phase = SENDING;
    atomic_store(&worker->sending_to, nng_msg_get_pipe(worker->request).id);
    atomic_store(&worker->sending_ms, aluno__clock_ms());
    nng_aio_set_msg(worker->aio, reply);
    if (aluno__nng_gate_enter(&worker->all->gate)) {
        nng_ctx_send(worker->context, worker->aio);
        aluno__nng_gate_leave(&worker->all->gate);
    } else {
        finish_send(worker, NNG_ECLOSED);
    }
}

static void send_item(struct outbox_item *item)
{
    send_reply((struct worker *)(void *)((char *)item - offsetof(struct worker, item)));
}

static _Thread_local bool is_nngs_thread;

static void finish_execution(struct execution *execution)
{
    struct worker *worker = (struct worker *)(void *)execution;
    if (is_nngs_thread)
        send_reply(worker);
    else
        outbox_put(&worker->all->outbox, &worker->item);
}

static void start_call(struct worker *worker, nng_msg *request)
{
    struct workers *all = worker->all;
    const nng_pipe pipe = nng_msg_get_pipe(request);
    if (!enter(all)) {
        nng_msg_free(request); /* the socket is about to close, which the client notices */
        return;
    }
    worker->request = request;
    worker->phase = EXECUTING;
    worker->peer = peers_begin_call(all->peers, pipe, nng_msg_len(request), aluno__clock_ms());
    if (worker->peer == NULL) { /* the connection has closed */
        give_up(worker);
        return;
    }
    const struct caller *caller = peer_caller(worker->peer);
    const long in_progress = count_in_progress(all);
    if (account_is_flooded(caller->account, &all->service->limits, in_progress > SCARCE)) {
        nng_pipe_close(pipe);
        give_up(worker);
        return;
    }
    worker->execution.is_busy = in_progress > 1;
    worker->execution.waits = replace;
    execute(&worker->execution, all->service, caller, nng_msg_body(request), nng_msg_len(request),
            finish_execution);
}

/* nng's callback: this context's receive or send has completed. */
static void step(void *argument)
{
    struct worker *worker = argument;
    const int failure = nng_aio_result(worker->aio);
    is_nngs_thread = true;
    if (worker->phase == SENDING)
        finish_send(worker, failure);
    else if (failure == 0)
        start_call(worker, nng_aio_get_msg(worker->aio));
    else if (failure != NNG_ECLOSED)
        receive(worker);
}

/* Closing the connection ends the send. A time-out for each send would wake nng's timer with every call. */
void workers_close_slow_readers(struct workers *all)
{
    struct limits *limits = &all->service->limits;
    const int64_t before_ms = aluno__clock_ms() - limits->most[LIMIT_unread_ms];
    pthread_mutex_lock(&all->lock);
    struct worker *first = all->first; /* workers are added before it, and freed last of all */
    pthread_mutex_unlock(&all->lock);
    for (struct worker *worker = first; worker != NULL; worker = worker->next) {
        const int64_t since_ms = atomic_load(&worker->sending_ms);
        const nng_pipe pipe = {.id = atomic_load(&worker->sending_to)};
        if (since_ms == 0 || since_ms >= before_ms || atomic_load(&worker->sending_ms) != since_ms)
            continue;
        limits_reach(limits, LIMIT_unread_ms);
        nng_pipe_close(pipe);
    }
}

/* ---- opening and closing ---- */

int workers_open(struct workers **out, nng_socket socket, struct service *service, struct peers *peers)
{
    struct workers *all = calloc(1, sizeof *all);
    *out = all;
    if (all == NULL)
        return NNG_ENOMEM;
    aluno__nng_gate_init(&all->gate);
    pthread_mutex_init(&all->lock, NULL);
    all->service = service;
    all->peers = peers;
    all->socket = socket;
    const int closed = outbox_open(&all->outbox, send_item);
    if (closed != 0)
        return closed;
    for (size_t i = 0; i < CONTEXTS; i++) {
        struct worker *worker;
        const int failure = open_worker(all, &worker);
        if (failure != 0)
            return failure;
    }
    return 0;
}

void workers_start(struct workers *all)
{
    struct worker *next;
    for (struct worker *worker = all->first; worker != NULL; worker = next) {
        next = worker->next; /* the list grows before its first one */
        receive(worker);
    }
}

void workers_close(struct workers *all)
{
    if (all != NULL)
        aluno__nng_gate_close(&all->gate);
}

void workers_free(struct workers *all)
{
    if (all == NULL)
        return;
    while (all->first != NULL) {
        struct worker *worker = all->first;
        all->first = worker->next;
        nng_aio_free(worker->aio);
        execution_free(&worker->execution);
        free(worker);
    }
    outbox_close(&all->outbox);
    aluno__nng_gate_destroy(&all->gate);
    pthread_mutex_destroy(&all->lock);
    free(all);
}
