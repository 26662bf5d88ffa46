/* A list of ended calls with an eventfd. */
#include "queue.h"

#include "protocol/error.h"

#include <sys/eventfd.h>
#include <unistd.h>

aluno_code aluno__queue_init(aluno__queue *queue, aluno__lock *lock, aluno_error *error)
{
    queue->lock = lock;
    queue->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return queue->event >= 0 ? ALUNO_OK : aluno__error_set(error, ALUNO_REASON_INTERNAL_ERROR, "eventfd");
}

void aluno__queue_free(aluno__queue *queue)
{
    if (queue->lock != NULL && queue->event >= 0)
        close(queue->event);
}

aluno_code aluno__queue_reserve(aluno__queue *queue, size_t most, aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    aluno__lock_acquire(queue->lock);
    if (queue->lock->closing)
        code = aluno__error_set(error, ALUNO_REASON_CLIENT_CLOSED, NULL);
    else if (queue->started == most)
        code = aluno__error_set(error, ALUNO_REASON_CALLS_TOO_MANY, "max_pending %zu", most);
    else
        queue->started++;
    aluno__lock_release(queue->lock);
    return code;
}

void aluno__queue_unreserve(aluno__queue *queue)
{
    aluno__lock_acquire(queue->lock);
    queue->started--;
    aluno__lock_release(queue->lock);
}

void aluno__queue_push(aluno__queue *queue, aluno__call *call)
{
    call->next = NULL;
    if (queue->last != NULL)
        queue->last->next = call;
    else
        queue->first = call;
    queue->last = call;
    if (queue->ended++ == 0)
        (void)!write(queue->event, &(uint64_t){1}, sizeof(uint64_t));
}

aluno__call *aluno__queue_pop(aluno__queue *queue)
{
    aluno__lock_acquire(queue->lock);
    aluno__call *call = queue->first;
    if (call != NULL) {
        queue->first = call->next;
        queue->started--;
        if (--queue->ended == 0) {
            queue->last = NULL;
            (void)!read(queue->event, &(uint64_t){0}, sizeof(uint64_t));
        }
    }
    aluno__lock_release(queue->lock);
    return call;
}

size_t aluno__queue_started(aluno__queue *queue)
{
    aluno__lock_acquire(queue->lock);
    const size_t started = queue->started;
    aluno__lock_release(queue->lock);
    return started;
}

size_t aluno__queue_ended(aluno__queue *queue)
{
    aluno__lock_acquire(queue->lock);
    const size_t ended = queue->ended;
    aluno__lock_release(queue->lock);
    return ended;
}
