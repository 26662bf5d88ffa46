/* Threads that block all signals. */
#include "thread.h"

void aluno__signals_block(sigset_t *saved)
{
    sigset_t blocked;
    sigfillset(&blocked);
    sigdelset(&blocked, SIGSEGV);
    sigdelset(&blocked, SIGBUS);
    sigdelset(&blocked, SIGFPE);
    sigdelset(&blocked, SIGILL);
    pthread_sigmask(SIG_BLOCK, &blocked, saved);
}

void aluno__signals_restore(const sigset_t *saved)
{
    pthread_sigmask(SIG_SETMASK, saved, NULL);
}

int aluno__thread_start(pthread_t *thread, void *(*run)(void *argument), void *argument)
{
    sigset_t saved;
    aluno__signals_block(&saved);
    const int failure = pthread_create(thread, NULL, run, argument);
    aluno__signals_restore(&saved);
    return failure;
}

void aluno__cond_init(pthread_cond_t *condition)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &monotonic);
    pthread_condattr_destroy(&monotonic);
}
