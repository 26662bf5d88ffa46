/* A list, and a task of the scheduler's. Most calls have the same time-out, so that a new one is rarely the
 * first to end: the task sleeps until the earliest deadline that it saw, and then looks at all. */
#include "deadlines.h"

#include "base/clock.h"

/* Takes out one that is late, and returns its exchange; NULL: there is none. Caller holds the lock. */
static aluno__exchange *take_late(aluno__deadlines *deadlines, int64_t now_ms)
{
    aluno__deadline *deadline = deadlines->first;
    while (deadline != NULL && deadline->until_ms > now_ms)
        deadline = deadline->next;
    if (deadline == NULL)
        return NULL;
    aluno__deadlines_remove(deadline);
    return aluno__exchange_hold(deadline->exchange);
}

static int64_t earliest(const aluno__deadlines *deadlines)
{
    int64_t next_ms = INT64_MAX;
    for (const aluno__deadline *deadline = deadlines->first; deadline != NULL; deadline = deadline->next)
        next_ms = deadline->until_ms < next_ms ? deadline->until_ms : next_ms;
    return next_ms;
}

static int64_t poll_deadlines(void *owner, int64_t now_ms)
{
    const aluno__deadlines *deadlines = owner;
    if (deadlines->scheduler->lock->closing)
        return ALUNO_TASK_DONE; /* the socket's end is that of the exchanges */
    return now_ms < deadlines->next_ms ? deadlines->next_ms : ALUNO_TASK_RUN;
}

static void end_late(void *owner)
{
    aluno__deadlines *deadlines = owner;
    aluno__lock *lock = deadlines->scheduler->lock;
    aluno__exchange *exchange;
    aluno__lock_acquire(lock);
    while ((exchange = take_late(deadlines, aluno__clock_ms())) != NULL) {
        aluno__lock_release(lock);
        aluno__exchange_cancel(exchange);
        aluno__exchange_release(exchange);
        aluno__lock_acquire(lock);
    }
    deadlines->next_ms = earliest(deadlines);
    aluno__scheduler_add(deadlines->scheduler, &deadlines->task);
    aluno__lock_release(lock);
}

void aluno__deadlines_start(aluno__deadlines *deadlines, aluno__scheduler *scheduler)
{
    *deadlines = (aluno__deadlines){.scheduler = scheduler, .next_ms = INT64_MAX};
    deadlines->task = (aluno__task){.poll = poll_deadlines, .run = end_late, .owner = deadlines};
    aluno__scheduler_add(scheduler, &deadlines->task);
}

void aluno__deadlines_add(aluno__deadlines *deadlines, aluno__deadline *deadline, aluno__exchange *exchange,
                          int64_t until_ms)
{
    *deadline = (aluno__deadline){deadlines->first, &deadlines->first, exchange, until_ms};
    if (deadline->next != NULL)
        deadline->next->link = &deadline->next;
    deadlines->first = deadline;
    if (until_ms >= deadlines->next_ms)
        return;
    deadlines->next_ms = until_ms;
    aluno__lock_broadcast(deadlines->scheduler->lock);
}

void aluno__deadlines_remove(aluno__deadline *deadline)
{
    if (deadline->link == NULL)
        return;
    *deadline->link = deadline->next;
    if (deadline->next != NULL)
        deadline->next->link = deadline->link;
    deadline->link = NULL;
}
