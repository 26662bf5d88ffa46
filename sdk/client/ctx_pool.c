/* A list of free contexts. */
#include "ctx_pool.h"

#include "base/memory.h"

aluno__ctx *aluno__ctx_pool_take(aluno__ctx_pool *pool)
{
    aluno__ctx *ctx = pool->free;
    if (ctx != NULL)
        pool->free = ctx->next;
    return ctx;
}

void aluno__ctx_pool_give(aluno__ctx_pool *pool, aluno__ctx *ctx)
{
    if (ctx == NULL)
        return;
    ctx->next = pool->free;
    pool->free = ctx;
}

void aluno__ctx_pool_free(aluno__ctx_pool *pool)
{
    for (aluno__ctx *ctx; (ctx = aluno__ctx_pool_take(pool)) != NULL;)
        aluno__free(ctx);
}

int aluno__ctx_open(aluno__ctx **out, nng_socket socket)
{
    aluno__ctx *ctx = aluno__calloc(sizeof *ctx);
    if (ctx == NULL)
        return NNG_ENOMEM;
    const int failure = nng_ctx_open(&ctx->nng, socket);
    if (failure == 0)
        *out = ctx;
    else
        aluno__free(ctx);
    return failure;
}
