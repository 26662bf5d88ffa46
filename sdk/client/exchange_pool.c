/* A list of exchanges, the one given back last first. */
#include "exchange_pool.h"

/* The callback that has given an exchange back may not have returned yet: such a one is passed over. */
aluno__exchange *aluno__exchange_pool_take(aluno__exchange_pool *pool)
{
    aluno__exchange **link = &pool->first;
    while (*link != NULL && !aluno__exchange_is_idle(*link))
        link = &(*link)->next;
    aluno__exchange *exchange = *link;
    if (exchange != NULL)
        *link = exchange->next;
    return exchange;
}

void aluno__exchange_pool_give(aluno__exchange_pool *pool, aluno__exchange *exchange)
{
    if (exchange == NULL)
        return;
    exchange->next = pool->first;
    pool->first = exchange;
}

void aluno__exchange_pool_free(aluno__exchange_pool *pool)
{
    while (pool->first != NULL) {
        aluno__exchange *exchange = pool->first;
        pool->first = exchange->next;
        aluno__exchange_release(exchange);
    }
}
