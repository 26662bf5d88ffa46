/* A queue and the threads that run its tasks. It needs no bound of its own: a waiting call holds one of the
 * server's contexts. */
#include "readers.h"

#include "base/thread.h"

#include <stdlib.h>

struct readers {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct reader_task *first, **last;
    bool stopping;
    size_t count;
    pthread_t threads[];
};

/* Waits for a task; NULL when the queue is empty and the threads are to end. */
static struct reader_task *take(struct readers *pool)
{
    pthread_mutex_lock(&pool->mutex);
    while (pool->first == NULL && !pool->stopping)
        pthread_cond_wait(&pool->changed, &pool->mutex);
    struct reader_task *task = pool->first;
    if (task != NULL) {
        pool->first = task->next;
        if (pool->first == NULL)
            pool->last = &pool->first;
    }
    pthread_mutex_unlock(&pool->mutex);
    return task;
}

static void *work(void *argument)
{
    struct readers *pool = argument;
    for (struct reader_task *task = take(pool); task != NULL; task = take(pool))
        task->run(task);
    return NULL;
}

struct readers *readers_start(size_t count)
{
    struct readers *pool = calloc(1, sizeof *pool + count * sizeof *pool->threads);
    if (pool == NULL)
        return NULL;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->changed, NULL);
    pool->last = &pool->first;
    for (; pool->count < count; pool->count++) {
        if (aluno__thread_start(&pool->threads[pool->count], work, pool) != 0) {
            readers_stop(pool);
            return NULL;
        }
    }
    return pool;
}

void readers_submit(struct readers *pool, struct reader_task *task)
{
    task->next = NULL;
    pthread_mutex_lock(&pool->mutex);
    *pool->last = task;
    pool->last = &task->next;
    pthread_cond_signal(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);
}

void readers_stop(struct readers *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->mutex);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);
    for (size_t i = 0; i < pool->count; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}
