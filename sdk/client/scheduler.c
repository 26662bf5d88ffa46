/* Polls the waiting tasks and runs those that are ready, one after another. */
#include "scheduler.h"

#include "base/clock.h"
#include "base/thread.h"

static void append(aluno__tasks *list, aluno__task *task)
{
    task->next = NULL;
    *list->end = task;
    list->end = &task->next;
}

/* Takes out the task that the link of the list leads to. */
static void take(aluno__tasks *list, aluno__task **link)
{
    aluno__task *task = *link;
    *link = task->next;
    if (task->next == NULL)
        list->end = link;
}

static aluno__task *pop(aluno__tasks *list)
{
    aluno__task *task = list->first;
    if (task != NULL)
        take(list, &list->first);
    return task;
}

/* Moves the tasks that can run to the ready list, the longest waiting one first. Returns the time of the next
 * poll. Caller holds the lock. */
static int64_t poll_all(aluno__scheduler *scheduler)
{
    const int64_t now_ms = aluno__clock_ms();
    int64_t next_ms = INT64_MAX;
    aluno__task **link = &scheduler->waiting.first;
    while (*link != NULL) {
        aluno__task *task = *link;
        const int64_t due_ms = task->poll(task->owner, now_ms);
        if (due_ms > 0) {
            next_ms = due_ms < next_ms ? due_ms : next_ms;
            link = &task->next;
            continue;
        }
        take(&scheduler->waiting, link);
        if (due_ms == ALUNO_TASK_RUN)
            append(&scheduler->ready, task);
    }
    return next_ms;
}

static bool has_tasks(const aluno__scheduler *scheduler)
{
    return scheduler->waiting.first != NULL || scheduler->ready.first != NULL;
}

static void *run(void *argument)
{
    aluno__scheduler *scheduler = argument;
    aluno__lock *lock = scheduler->lock;
    aluno__lock_acquire(lock);
    while (!lock->closing || has_tasks(scheduler)) {
        aluno__task *task = pop(&scheduler->ready);
        if (task != NULL) {
            aluno__lock_release(lock);
            task->run(task->owner);
            aluno__lock_acquire(lock);
            continue;
        }
        const int64_t next_ms = poll_all(scheduler);
        if (scheduler->ready.first == NULL && (scheduler->waiting.first != NULL || !lock->closing))
            aluno__lock_wait(lock, next_ms);
    }
    scheduler->ended = true;
    aluno__lock_broadcast(lock);
    aluno__lock_release(lock);
    return NULL;
}

bool aluno__scheduler_start(aluno__scheduler *scheduler, aluno__lock *lock)
{
    scheduler->lock = lock;
    scheduler->waiting.end = &scheduler->waiting.first;
    scheduler->ready.end = &scheduler->ready.first;
    return aluno__thread_start(&scheduler->thread, run, scheduler) == 0;
}

void aluno__scheduler_join(aluno__scheduler *scheduler)
{
    pthread_join(scheduler->thread, NULL);
}

void aluno__scheduler_add(aluno__scheduler *scheduler, aluno__task *task)
{
    append(&scheduler->waiting, task);
    aluno__lock_broadcast(scheduler->lock);
}

static void unlink_task(aluno__tasks *list, const aluno__task *task)
{
    aluno__task **link = &list->first;
    while (*link != NULL && *link != task)
        link = &(*link)->next;
    if (*link != NULL)
        take(list, link);
}

void aluno__scheduler_remove(aluno__scheduler *scheduler, const aluno__task *task)
{
    unlink_task(&scheduler->waiting, task);
    unlink_task(&scheduler->ready, task);
}
