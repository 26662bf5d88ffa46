/* Threads of the library's own. The program's signals are for the program: none is delivered to a thread of
 * the library. Faults (SIGSEGV, SIGBUS, SIGFPE, SIGILL) are delivered to the thread that causes them. */
#ifndef ALUNO_BASE_THREAD_H
#define ALUNO_BASE_THREAD_H

#include <pthread.h>
#include <signal.h>

/* As pthread_create with default attributes; the new thread blocks all signals. */
int aluno__thread_start(pthread_t *thread, void *(*run)(void *argument), void *argument);

/* Initialises a condition whose timed waits go by the monotonic clock, as base/clock.h does. */
void aluno__cond_init(pthread_cond_t *condition);

/* Blocks all signals on the calling thread, and so on the threads that it creates, until
 * aluno__signals_restore. */
void aluno__signals_block(sigset_t *saved);
void aluno__signals_restore(const sigset_t *saved);

#endif
