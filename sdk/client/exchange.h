/* One exchange with the service: a request sent on one of nng's contexts, and its reply. It can be cancelled at
 * any time and knows nothing of calls, retries or the contract. Reference-counted: whoever gives an operation to
 * nng holds a reference while it does. */
#ifndef ALUNO_CLIENT_EXCHANGE_H
#define ALUNO_CLIENT_EXCHANGE_H

#include "transport/nng.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct aluno_exchange aluno_exchange;

/* Called once, on one of nng's threads, with no lock held: 0 and the reply, which the callee owns; or nng's error
 * and NULL. `sent`: the request had left. */
typedef void aluno_exchange_done(void *user, int failure, bool sent, nng_msg *reply);

/* NULL when memory ran out. Takes over the request. The caller holds the one reference. */
aluno_exchange *aluno_exchange_new(nng_ctx context, nng_msg *request, int64_t until_ms, aluno_exchange_done *done,
                                   void *user);

/* Sends the request; `done` may be called before this returns. */
void aluno_exchange_start(aluno_exchange *exchange);

/* Makes it end with NNG_ECANCELED, unless it has ended. */
void aluno_exchange_cancel(aluno_exchange *exchange);

aluno_exchange *aluno_exchange_hold(aluno_exchange *exchange);
void aluno_exchange_release(aluno_exchange *exchange); /* NULL is allowed */

#endif
