/* The one mutex of a client, and the condition that something which it guards has changed. A leaf: neither
 * nng nor a hook of the program is called while it is held. */
#ifndef ALUNO_CLIENT_LOCK_H
#define ALUNO_CLIENT_LOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct aluno__lock {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool closing;             /* guarded: the client closes */
    unsigned fork_generation; /* of the process that made the lock */
} aluno__lock;

void aluno__lock_init(aluno__lock *lock);
void aluno__lock_destroy(aluno__lock *lock);

/* Whether the process is a forked child of the one that made the lock. Its holder may be a thread that the
 * child does not have: the lock must not be acquired. */
bool aluno__lock_is_inherited(const aluno__lock *lock);

void aluno__lock_acquire(aluno__lock *lock);
void aluno__lock_release(aluno__lock *lock);

/* Reads `closing`. */
bool aluno__lock_is_closing(aluno__lock *lock);

/* ---- the caller holds the lock ---- */

/* Wakes all threads inside aluno__lock_wait. */
void aluno__lock_broadcast(aluno__lock *lock);

/* Sets `closing`, and wakes all. */
void aluno__lock_close(aluno__lock *lock);

/* Releases the lock, waits for a broadcast, at most until then (monotonic, ms; INT64_MAX: without end), and
 * acquires the lock again. False when the time has passed. */
bool aluno__lock_wait(aluno__lock *lock, int64_t until_ms);

/* The same on a condition of the caller's own, without end; and until then, for a condition of
 * aluno__cond_init. */
void aluno__lock_wait_on(aluno__lock *lock, pthread_cond_t *condition);
bool aluno__lock_wait_on_until(aluno__lock *lock, pthread_cond_t *condition, int64_t until_ms);

#endif
