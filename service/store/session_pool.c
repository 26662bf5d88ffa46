/* A list of sessions by their heads. */
#include "session_pool.h"

void session_pool_init(struct session_pool *pool)
{
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->returned, NULL);
    pool->free = NULL;
}

void session_pool_destroy(struct session_pool *pool)
{
    pthread_cond_destroy(&pool->returned);
    pthread_mutex_destroy(&pool->lock);
}

struct store_session *session_pool_pop(struct session_pool *pool)
{
    struct store_head *head = pool->free;
    if (head != NULL)
        pool->free = head->next;
    return (struct store_session *)(void *)head;
}

struct store_session *session_pool_take(struct session_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->free == NULL)
        pthread_cond_wait(&pool->returned, &pool->lock);
    struct store_session *session = session_pool_pop(pool);
    pthread_mutex_unlock(&pool->lock);
    return session;
}

void session_pool_give(struct session_pool *pool, struct store_session *session)
{
    struct store_head *head = (struct store_head *)(void *)session;
    pthread_mutex_lock(&pool->lock);
    head->next = pool->free;
    pool->free = head;
    pthread_cond_signal(&pool->returned);
    pthread_mutex_unlock(&pool->lock);
}
