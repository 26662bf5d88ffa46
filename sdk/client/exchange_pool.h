/* The exchanges of a client: an attempt takes one, and gives it back for the next, so that there are as many
 * as there were attempts at once. A new exchange costs nng a context, and ending one a wake-up of its reap
 * thread. */
#ifndef ALUNO_CLIENT_EXCHANGE_POOL_H
#define ALUNO_CLIENT_EXCHANGE_POOL_H

#include "exchange.h"

/* Guarded by the client's lock. */
typedef struct aluno__exchange_pool {
    aluno__exchange *first;
} aluno__exchange_pool;

/* Takes an exchange with the pool's reference. NULL when none is idle: open one, without the lock. */
aluno__exchange *aluno__exchange_pool_take(aluno__exchange_pool *pool);

/* Takes the caller's reference over. NULL is allowed. */
void aluno__exchange_pool_give(aluno__exchange_pool *pool, aluno__exchange *exchange);

/* Releases all, once their socket is closed. */
void aluno__exchange_pool_free(aluno__exchange_pool *pool);

#endif
