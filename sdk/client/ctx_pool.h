/* nng's contexts: an attempt takes one, and returns it for the next. Guarded by the client's lock. */
#ifndef ALUNO_CLIENT_CTX_POOL_H
#define ALUNO_CLIENT_CTX_POOL_H

#include "nng/api.h"
#include "nng/gate.h"

typedef struct aluno__ctx aluno__ctx;
struct aluno__ctx {
    nng_ctx nng;
    aluno__ctx *next;
};

typedef struct aluno__ctx_pool {
    aluno__ctx *free;
} aluno__ctx_pool;

/* Takes a free context; NULL when there is none: open one, without the lock. */
aluno__ctx *aluno__ctx_pool_take(aluno__ctx_pool *pool);

/* Returns a context to the pool. NULL is allowed. */
void aluno__ctx_pool_give(aluno__ctx_pool *pool, aluno__ctx *ctx);

/* Frees the contexts once their socket is closed. */
void aluno__ctx_pool_free(aluno__ctx_pool *pool);

/* Opens a context. Returns nng's error number; NNG_ECLOSED once the gate is closed. */
int aluno__ctx_open(aluno__ctx **out, aluno__nng_gate *gate, nng_socket socket);

#endif
