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

static int open_nng(nng_ctx *out, aluno__nng_gate *gate, nng_socket socket)
{
    if (!aluno__nng_gate_enter(gate))
        return NNG_ECLOSED;
    const int failure = nng_ctx_open(out, socket);
    aluno__nng_gate_leave(gate);
    return failure;
}

int aluno__ctx_open(aluno__ctx **out, aluno__nng_gate *gate, nng_socket socket)
{
    aluno__ctx *ctx = aluno__calloc(sizeof *ctx);
    if (ctx == NULL)
        return NNG_ENOMEM;
    const int failure = open_nng(&ctx->nng, gate, socket);
    if (failure == 0)
        *out = ctx;
    else
        aluno__free(ctx);
    return failure;
}
