/* Counts nng's task threads, and parks them. */
#include "threads.h"

#include "api.h"
#include "base/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

enum {
    THREADS_MOST = 16, /* nng's own limit */
    PROBE_MS = 1000,   /* how long a thread that is free may take to run a callback */
};

/* nng does not say how many threads it has: this repeats its calculation. */
static size_t count_threads(void)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    const size_t count = 2 * (size_t)(processors > 0 ? processors : 1);
    return count < THREADS_MOST ? count : THREADS_MOST;
}

/* ---- parking ---- */

static nng_aio *parking[THREADS_MOST]; /* never freed: their callbacks do not return */
static atomic_size_t parked;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards: */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static size_t released; /* parked threads that are to go on */
static bool probed;     /* a callback has run behind those that park */

/* nng's callback: keeps its thread. */
static void park(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock);
    while (released == 0)
        pthread_cond_wait(&changed, &lock);
    released--;
    pthread_mutex_unlock(&lock);
}

/* nng's callback: a thread is left. */
static void probe(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock);
    probed = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

/* Queues the aio's callback behind all that are queued. */
static void queue(nng_aio *aio)
{
    if (nng_aio_begin(aio))
        nng_aio_finish(aio, 0);
}

/* Waits for the probe. When it does not come, there are no more threads than were parked: releases one. */
static void release_until_probed(void)
{
    pthread_mutex_lock(&lock);
    while (!probed) {
        const struct timespec until = aluno__clock_timespec(aluno__clock_unix_ms() + PROBE_MS);
        if (pthread_cond_timedwait(&changed, &lock, &until) == 0 || probed)
            continue;
        released++;
        parked--;
        pthread_cond_broadcast(&changed);
    }
    probed = false;
    pthread_mutex_unlock(&lock);
}

size_t aluno__nng_park(size_t count)
{
    nng_aio *prober;
    if (nng_aio_alloc(&prober, probe, NULL) != 0)
        return 0;
    while (parked < count && parked < THREADS_MOST && nng_aio_alloc(&parking[parked], park, NULL) == 0)
        queue(parking[parked++]);
    queue(prober);
    release_until_probed();
    nng_aio_free(prober);
    return parked;
}

static void park_all_but_one(void)
{
    aluno__nng_park(count_threads() - 1);
}

void aluno__nng_use_one_thread(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, park_all_but_one);
}

size_t aluno__nng_threads(void)
{
    return count_threads() - parked;
}
