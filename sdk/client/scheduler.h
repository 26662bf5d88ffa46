/* A thread that runs tasks when their time comes or their condition holds. It knows neither calls nor
 * connections. */
#ifndef ALUNO_CLIENT_SCHEDULER_H
#define ALUNO_CLIENT_SCHEDULER_H

#include "lock.h"

/* Results of a task's poll; any other is the time of the next poll. */
enum { ALUNO_TASK_RUN = 0, ALUNO_TASK_DONE = -1 };

typedef struct aluno__task aluno__task;
struct aluno__task {
    /* Called with the lock held, whenever the lock was broadcast or the time of the next poll has come.
     * Returns that time (monotonic, ms), or ALUNO_TASK_RUN: take the task out and run it; or
     * ALUNO_TASK_DONE: take it out. Once the client closes it must return one of the latter two soon. */
    int64_t (*poll)(void *owner, int64_t now_ms);
    void (*run)(void *owner); /* called without the lock */
    void *owner;
    aluno__task *next; /* in one of the scheduler's lists */
};

typedef struct aluno__tasks {
    aluno__task *first, **end;
} aluno__tasks;

typedef struct aluno__scheduler {
    aluno__lock *lock;
    pthread_t thread;
    /* Guarded, each in the order in which its tasks came: */
    aluno__tasks waiting, ready;
    bool ended; /* the thread has returned */
} aluno__scheduler;

/* Starts the thread; false when the system has no thread to give. It ends once lock->closing is set and no
 * task is left. */
bool aluno__scheduler_start(aluno__scheduler *scheduler, aluno__lock *lock);

/* Waits for the end of the thread. */
void aluno__scheduler_join(aluno__scheduler *scheduler);

/* ---- the caller holds the lock ---- */

void aluno__scheduler_add(aluno__scheduler *scheduler, aluno__task *task);

/* Takes the task out, if it is there. Its run may be in progress. */
void aluno__scheduler_remove(aluno__scheduler *scheduler, const aluno__task *task);

#endif
