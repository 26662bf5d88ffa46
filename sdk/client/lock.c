/* A mutex with a condition on the monotonic clock. */
#include "lock.h"

#include "base/clock.h"
#include "base/fork.h"
#include "base/thread.h"

void aluno__lock_init(aluno__lock *lock)
{
    aluno__cond_init(&lock->changed);
    pthread_mutex_init(&lock->mutex, NULL);
    lock->fork_generation = aluno__fork_generation();
}

void aluno__lock_destroy(aluno__lock *lock)
{
    pthread_cond_destroy(&lock->changed);
    pthread_mutex_destroy(&lock->mutex);
}

bool aluno__lock_is_inherited(const aluno__lock *lock)
{
    return lock->fork_generation != aluno__fork_generation();
}

void aluno__lock_acquire(aluno__lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
}

void aluno__lock_release(aluno__lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}

bool aluno__lock_is_closing(aluno__lock *lock)
{
    aluno__lock_acquire(lock);
    const bool closing = lock->closing;
    aluno__lock_release(lock);
    return closing;
}

void aluno__lock_broadcast(aluno__lock *lock)
{
    pthread_cond_broadcast(&lock->changed);
}

void aluno__lock_close(aluno__lock *lock)
{
    lock->closing = true;
    aluno__lock_broadcast(lock);
}

bool aluno__lock_wait(aluno__lock *lock, int64_t until_ms)
{
    return aluno__lock_wait_on_until(lock, &lock->changed, until_ms);
}

bool aluno__lock_wait_on_until(aluno__lock *lock, pthread_cond_t *condition, int64_t until_ms)
{
    if (until_ms == INT64_MAX)
        return pthread_cond_wait(condition, &lock->mutex) == 0;
    const struct timespec until = aluno__clock_timespec(until_ms);
    return pthread_cond_timedwait(condition, &lock->mutex, &until) == 0;
}

void aluno__lock_wait_on(aluno__lock *lock, pthread_cond_t *condition)
{
    pthread_cond_wait(condition, &lock->mutex);
}
