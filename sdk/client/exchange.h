/* One exchange with the service: a request sent on one of nng's contexts, and its reply. It can be cancelled
 * at any time. It knows neither calls nor retries nor the contract. Reference-counted: a thread inside
 * nng_ctx_send or nng_ctx_recv holds a reference. */
#ifndef ALUNO_CLIENT_EXCHANGE_H
#define ALUNO_CLIENT_EXCHANGE_H

#include "nng/api.h"
#include "nng/gate.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct aluno__exchange aluno__exchange;

/* Called once, on one of nng's threads, with no lock held: 0 and the reply, which the callee owns; or nng's
 * error and NULL. `sent`: the request had left. */
typedef void aluno__exchange_done(void *user, int failure, bool sent, nng_msg *reply);

/* Returns an exchange with one reference, the caller's; NULL when memory ran out. Owns the request.
 * Once the gate is closed, the exchange fails with NNG_ECLOSED. */
aluno__exchange *aluno__exchange_new(aluno__nng_gate *gate, nng_ctx context, nng_msg *request,
                                     int64_t until_ms, aluno__exchange_done *done, void *user);

/* Sends the request; `done` may be called before this returns. */
void aluno__exchange_start(aluno__exchange *exchange);

/* Ends the exchange with NNG_ECANCELED, unless it has ended. */
void aluno__exchange_cancel(aluno__exchange *exchange);

aluno__exchange *aluno__exchange_hold(aluno__exchange *exchange);
void aluno__exchange_release(aluno__exchange *exchange); /* NULL is allowed */

#endif
