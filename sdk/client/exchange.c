/* An exchange: send, then receive, on one aio. */
#include "exchange.h"

#include "base/memory.h"

aluno__exchange *aluno__exchange_hold(aluno__exchange *exchange)
{
    atomic_fetch_add(&exchange->references, 1);
    return exchange;
}

void aluno__exchange_release(aluno__exchange *exchange)
{
    if (exchange == NULL || atomic_fetch_sub(&exchange->references, 1) != 1)
        return;
    nng_aio_reap(exchange->aio); /* not free: the last reference may be the aio's own callback's */
    pthread_mutex_destroy(&exchange->lock);
    aluno__free(exchange);
}

/* ---- a request's end ---- */

static void end(aluno__exchange *exchange, int failure, bool sent, nng_msg *reply)
{
    exchange->done(exchange->user, failure, sent, reply);
    aluno__exchange_release(exchange); /* the callback's */
}

static void fail(aluno__exchange *exchange, int failure)
{
    nng_msg *request = exchange->request;
    exchange->request = NULL;
    if (request != NULL)
        nng_msg_free(request);
    end(exchange, failure, request == NULL, NULL);
}

/* nng ignores nng_aio_abort before the operation starts, so a cancel during submission is carried out after
 * it. */
static void submit(aluno__exchange *exchange, void (*operation)(nng_ctx, nng_aio *))
{
    if (!aluno__nng_gate_enter(exchange->gate)) {
        fail(exchange, NNG_ECLOSED);
        return;
    }
    aluno__exchange_hold(exchange);
    pthread_mutex_lock(&exchange->lock);
    exchange->submitting++;
    pthread_mutex_unlock(&exchange->lock);
    operation(exchange->context, exchange->aio);
    pthread_mutex_lock(&exchange->lock);
    exchange->submitting--;
    const bool cancelled = exchange->cancelled;
    pthread_mutex_unlock(&exchange->lock);
    if (cancelled)
        nng_aio_abort(exchange->aio, NNG_ECANCELED);
    aluno__nng_gate_leave(exchange->gate);
    aluno__exchange_release(exchange);
}

void aluno__exchange_cancel(aluno__exchange *exchange)
{
    if (!aluno__nng_gate_enter(exchange->gate))
        return; /* the closing of the socket ends the exchange */
    pthread_mutex_lock(&exchange->lock);
    const bool abort = exchange->submitting == 0 && !exchange->cancelled;
    exchange->cancelled = true;
    pthread_mutex_unlock(&exchange->lock);
    if (abort)
        nng_aio_abort(exchange->aio, NNG_ECANCELED);
    aluno__nng_gate_leave(exchange->gate);
}

/* nng's callback: the send or the receive has completed. */
static void completed(void *argument)
{
    aluno__exchange *exchange = argument;
    const int failure = nng_aio_result(exchange->aio);
    if (failure != 0) {
        fail(exchange, failure);
    } else if (exchange->request == NULL) {
        end(exchange, 0, true, nng_aio_get_msg(exchange->aio));
    } else {
        exchange->request = NULL;
        submit(exchange, nng_ctx_recv);
    }
}

/* ---- opening ---- */

static int open_context(nng_ctx *out, aluno__nng_gate *gate, nng_socket socket)
{
    if (!aluno__nng_gate_enter(gate))
        return NNG_ECLOSED;
    const int failure = nng_ctx_open(out, socket);
    aluno__nng_gate_leave(gate);
    return failure;
}

/* Without a time-out of nng's: deadlines.h. */
static int open_aio(nng_aio **out, aluno__exchange *exchange)
{
    const int failure = nng_aio_alloc(out, completed, exchange);
    if (failure == 0)
        nng_aio_set_timeout(*out, NNG_DURATION_INFINITE);
    return failure;
}

int aluno__exchange_open(aluno__exchange **out, aluno__nng_gate *gate, nng_socket socket)
{
    aluno__exchange *exchange = aluno__calloc(sizeof *exchange);
    if (exchange == NULL)
        return NNG_ENOMEM;
    int failure = open_aio(&exchange->aio, exchange);
    if (failure == 0)
        failure = open_context(&exchange->context, gate, socket);
    if (failure != 0) {
        nng_aio_free(exchange->aio);
        aluno__free(exchange);
        return failure;
    }
    atomic_init(&exchange->references, 1);
    pthread_mutex_init(&exchange->lock, NULL);
    exchange->gate = gate;
    *out = exchange;
    return 0;
}

bool aluno__exchange_is_idle(const aluno__exchange *exchange)
{
    return atomic_load(&exchange->references) == 1;
}

/* ---- a request ---- */

/* nng may keep an abort that came when the operation had ended, for the next one. */
static int renew_aio(aluno__exchange *exchange)
{
    nng_aio *aio;
    const int failure = open_aio(&aio, exchange);
    if (failure != 0)
        return failure;
    nng_aio_reap(exchange->aio);
    exchange->aio = aio;
    exchange->cancelled = false;
    return 0;
}

int aluno__exchange_prepare(aluno__exchange *exchange, aluno__exchange_done *done, void *user)
{
    if (exchange->cancelled && renew_aio(exchange) != 0)
        return NNG_ENOMEM;
    exchange->done = done;
    exchange->user = user;
    return 0;
}

void aluno__exchange_start(aluno__exchange *exchange, nng_msg *request)
{
    aluno__exchange_hold(exchange); /* the callback's */
    exchange->request = request;
    nng_aio_set_msg(exchange->aio, request);
    submit(exchange, nng_ctx_send);
}
