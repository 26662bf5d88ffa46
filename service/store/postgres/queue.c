/* A list under a lock. */
#include "queue.h"

#include "protocol/error.h"

enum { WAITING_MAX = 4096, BUSY_RETRY_MS = 100 };

void queue_init(struct queue *queue)
{
    *queue = (struct queue){.end = &queue->first};
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->more, NULL);
}

void queue_destroy(struct queue *queue)
{
    pthread_cond_destroy(&queue->more);
    pthread_mutex_destroy(&queue->lock);
}

aluno_code queue_add(struct queue *queue, struct store_change *change, aluno_error *error)
{
    pthread_mutex_lock(&queue->lock);
    const bool has_room = queue->waiting < WAITING_MAX;
    if (has_room) {
        change->next = NULL;
        *queue->end = change;
        queue->end = &change->next;
        queue->waiting++;
        pthread_cond_signal(&queue->more);
    }
    pthread_mutex_unlock(&queue->lock);
    if (has_room)
        return ALUNO_OK;
    const aluno_code code = aluno__error_set(error, ALUNO_REASON_BUSY, "%d changes wait", WAITING_MAX);
    if (error != NULL)
        ALUNO_SET(*error, retry_after_ms, BUSY_RETRY_MS);
    return code;
}

static struct store_change *take_first(struct queue *queue)
{
    struct store_change *change = queue->first;
    queue->first = change->next;
    if (queue->first == NULL)
        queue->end = &queue->first;
    queue->waiting--;
    queue->working++;
    return change;
}

size_t queue_take(struct queue *queue, struct store_change **changes, size_t most)
{
    size_t count = 0;
    bool is_alone = false;
    pthread_mutex_lock(&queue->lock);
    queue->idle++;
    while (queue->first == NULL && !queue->stopping)
        pthread_cond_wait(&queue->more, &queue->lock);
    queue->idle--;
    const size_t share = (queue->waiting + queue->idle) / (queue->idle + 1);
    most = share < most ? share : most;
    while (queue->first != NULL && count < most && !is_alone && !(count > 0 && queue->first->is_tentative)) {
        is_alone = queue->first->is_tentative;
        changes[count++] = take_first(queue);
    }
    pthread_mutex_unlock(&queue->lock);
    return count;
}

void queue_finish(struct queue *queue, size_t count)
{
    pthread_mutex_lock(&queue->lock);
    queue->working -= count;
    pthread_mutex_unlock(&queue->lock);
}

void queue_stop(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->stopping = true;
    pthread_cond_broadcast(&queue->more);
    pthread_mutex_unlock(&queue->lock);
}

bool queue_is_busy(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    const bool is_busy = queue->waiting + queue->working > 0;
    pthread_mutex_unlock(&queue->lock);
    return is_busy;
}

size_t queue_waiting(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    const size_t waiting = queue->waiting;
    pthread_mutex_unlock(&queue->lock);
    return waiting;
}
