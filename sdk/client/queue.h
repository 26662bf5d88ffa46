/* The started calls of a client: how many there may be, and those that have ended and wait to be dispatched.
 * A descriptor is readable while there are some. */
#ifndef ALUNO_CLIENT_QUEUE_H
#define ALUNO_CLIENT_QUEUE_H

#include "call.h"

typedef struct aluno__queue {
    aluno__lock *lock;
    int event; /* an eventfd */
    /* Guarded: */
    size_t started; /* calls that were not popped yet */
    size_t ended;   /* calls in the list */
    aluno__call *first, *last;
} aluno__queue;

/* INTERNAL_ERROR: the process has no descriptor left. */
aluno_code aluno__queue_init(aluno__queue *queue, aluno__lock *lock, aluno_error *error);
void aluno__queue_free(aluno__queue *queue);

/* Counts a call that is about to start. CALLS_TOO_MANY; CLIENT_CLOSED, for completions that closing calls. */
aluno_code aluno__queue_reserve(aluno__queue *queue, size_t most, aluno_error *error);
void aluno__queue_unreserve(aluno__queue *queue);

/* Appends a call that has ended. Caller holds the lock. */
void aluno__queue_push(aluno__queue *queue, aluno__call *call);

/* Takes the first call out; NULL when there is none. */
aluno__call *aluno__queue_pop(aluno__queue *queue);

size_t aluno__queue_started(aluno__queue *queue);
size_t aluno__queue_ended(aluno__queue *queue);

#endif
