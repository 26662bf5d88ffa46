/* One exchange with the service: a request sent on one of nng's contexts, and its reply. It can be cancelled
 * at any time, and serves one request after another. It knows neither calls nor retries nor the contract.
 * Reference-counted: a thread inside nng_ctx_send or nng_ctx_recv holds a reference, and so does the
 * callback. */
#ifndef ALUNO_CLIENT_EXCHANGE_H
#define ALUNO_CLIENT_EXCHANGE_H

#include "nng/api.h"
#include "nng/gate.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct aluno__exchange aluno__exchange;

/* Called once a request, on one of nng's threads, with no lock held: 0 and the reply, which the callee owns;
 * or nng's error and NULL. `sent`: the request had left. */
typedef void aluno__exchange_done(void *user, int failure, bool sent, nng_msg *reply);

/* All members but `next` are private to exchange.c. */
struct aluno__exchange {
    aluno__exchange *next; /* its owner's */
    atomic_int references;
    aluno__nng_gate *gate;
    nng_ctx context;
    nng_aio *aio;
    nng_msg *request; /* NULL once nng has sent it */
    aluno__exchange_done *done;
    void *user;

    pthread_mutex_t lock; /* guards: */
    int submitting;       /* threads inside nng_ctx_send or nng_ctx_recv */
    bool cancelled;       /* its aio is not used again */
};

/* Opens an exchange with one reference, the caller's. Returns nng's error number; NNG_ECLOSED once the gate
 * is closed. Its context closes with its socket. */
int aluno__exchange_open(aluno__exchange **out, aluno__nng_gate *gate, nng_socket socket);

/* Whether nobody but the caller holds a reference. Only then may it be prepared. */
bool aluno__exchange_is_idle(const aluno__exchange *exchange);

/* Prepares the exchange for a request: from now on it can be cancelled. Returns 0: then it is
 * started, or given back; or NNG_ENOMEM. */
int aluno__exchange_prepare(aluno__exchange *exchange, aluno__exchange_done *done, void *user);

/* Sends the request, which it takes over; `done` may be called before this returns. Once the gate is closed
 * it fails with NNG_ECLOSED. */
void aluno__exchange_start(aluno__exchange *exchange, nng_msg *request);

/* Ends the exchange with NNG_ECANCELED, unless it has ended. */
void aluno__exchange_cancel(aluno__exchange *exchange);

aluno__exchange *aluno__exchange_hold(aluno__exchange *exchange);
void aluno__exchange_release(aluno__exchange *exchange); /* NULL is allowed */

#endif
