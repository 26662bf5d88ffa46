/* The sessions of a store that nobody has borrowed. */
#ifndef ALUNOD_STORE_SESSION_POOL_H
#define ALUNOD_STORE_SESSION_POOL_H

#include "driver.h"

#include <pthread.h>

struct session_pool {
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t returned;
    struct store_head *free;
};

void session_pool_init(struct session_pool *pool);

/* Its sessions stay as they are. */
void session_pool_destroy(struct session_pool *pool);

/* Waits until a session is free. */
struct store_session *session_pool_take(struct session_pool *pool);

/* NULL when none is free. For who closes them: no thread may use the pool. */
struct store_session *session_pool_pop(struct session_pool *pool);

void session_pool_give(struct session_pool *pool, struct store_session *session);

#endif
