/* An exchange: send, then receive, on one aio. */
#include "exchange.h"

#include "base/clock.h"
#include "base/memory.h"

#include <pthread.h>
#include <stdatomic.h>

struct aluno__exchange {
    atomic_int references;
    aluno__nng_gate *gate;
    nng_ctx context;
    nng_aio *aio;
    nng_msg *request; /* NULL once nng has sent it */
    int64_t until_ms;
    aluno__exchange_done *done;
    void *user;

    pthread_mutex_t lock; /* guards: */
    int submitting;       /* threads inside nng_ctx_send or nng_ctx_recv */
    bool cancelled;
};

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
    const int64_t left_ms = exchange->until_ms - aluno__clock_ms();
    if (!aluno__nng_gate_enter(exchange->gate)) {
        fail(exchange, NNG_ECLOSED);
        return;
    }
    nng_aio_set_timeout(exchange->aio, (nng_duration)(left_ms > 0 ? left_ms : 1));
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

aluno__exchange *aluno__exchange_new(aluno__nng_gate *gate, nng_ctx context, nng_msg *request,
                                     int64_t until_ms, aluno__exchange_done *done, void *user)
{
    aluno__exchange *exchange = aluno__calloc(sizeof *exchange);
    if (exchange == NULL)
        return NULL;
    if (nng_aio_alloc(&exchange->aio, completed, exchange) != 0) {
        aluno__free(exchange);
        return NULL;
    }
    atomic_init(&exchange->references, 1);
    pthread_mutex_init(&exchange->lock, NULL);
    exchange->gate = gate;
    exchange->context = context;
    exchange->request = request;
    exchange->until_ms = until_ms;
    exchange->done = done;
    exchange->user = user;
    return exchange;
}

void aluno__exchange_start(aluno__exchange *exchange)
{
    aluno__exchange_hold(exchange); /* the callback's */
    nng_aio_set_msg(exchange->aio, exchange->request);
    submit(exchange, nng_ctx_send);
}
