/* Counts forks in the child. */
#include "fork.h"

#include <pthread.h>

static unsigned generation; /* written only in a child that has one thread as yet */

static void count_fork(void)
{
    generation++;
}

static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, count_fork);
}

unsigned aluno__fork_generation(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch_forks);
    return generation;
}
