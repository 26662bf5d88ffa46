/* Counts nng's task threads, parks them, and lends them. */
#include "threads.h"

#include "api.h"
#include "base/clock.h"

#include <pthread.h>
#include <unistd.h>

enum {
    THREADS_MOST = 16, /* nng's own limit */
    PROBE_MS = 3000,   /* how long a thread that is free may take to run a callback */
};

/* nng does not say how many threads it has: this repeats its calculation. */
size_t aluno__nng_threads(void)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    const size_t count = 2 * (size_t)(processors > 0 ? processors : 1);
    return count < THREADS_MOST ? count : THREADS_MOST;
}

/* ---- parking ---- */

/* An aio whose callback keeps its thread. Never freed: the callback may not return. */
struct place {
    struct place *next; /* of those that are not in use */
    nng_aio *aio;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards: */
static pthread_cond_t release = PTHREAD_COND_INITIALIZER, arrival = PTHREAD_COND_INITIALIZER;
static struct place places[THREADS_MOST], *unused;
static size_t place_count;
static size_t parked;   /* threads that are, or will be once they are free */
static size_t released; /* of the others, those that have yet to leave */
static bool probed;     /* a callback has run behind those that park */

/* nng's callback: keeps its thread. */
static void park(void *argument)
{
    struct place *place = argument;
    pthread_mutex_lock(&lock);
    while (released == 0)
        pthread_cond_wait(&release, &lock);
    released--;
    place->next = unused;
    unused = place;
    pthread_mutex_unlock(&lock);
}

/* nng's callback: a thread is left. */
static void probe(void *argument)
{
    (void)argument;
    pthread_mutex_lock(&lock);
    probed = true;
    pthread_cond_signal(&arrival);
    pthread_mutex_unlock(&lock);
}

/* Queues the aio's callback behind all that are queued. */
static void queue(nng_aio *aio)
{
    if (nng_aio_begin(aio))
        nng_aio_finish(aio, 0);
}

/* ---- the caller holds the lock ---- */

static struct place *take_place(void)
{
    struct place *place = unused;
    if (place != NULL) {
        unused = place->next;
    } else if (place_count < THREADS_MOST) {
        place = &places[place_count];
        if (nng_aio_alloc(&place->aio, park, place) != 0)
            return NULL;
        place_count++;
    }
    return place;
}

static bool release_one(void)
{
    if (parked == 0)
        return false;
    parked--;
    released++;
    pthread_cond_signal(&release);
    return true;
}

/* Returns the place whose aio is to be queued; NULL: one that was released stays instead, or there is no
 * memory. */
static struct place *park_one(void)
{
    if (released > 0) {
        released--;
        parked++;
        return NULL;
    }
    struct place *place = take_place();
    parked += place != NULL;
    return place;
}

/* ---- any thread ---- */

bool aluno__nng_lend_thread(void)
{
    pthread_mutex_lock(&lock);
    const bool is_lent = release_one();
    pthread_mutex_unlock(&lock);
    return is_lent;
}

void aluno__nng_take_thread_back(void)
{
    pthread_mutex_lock(&lock);
    const struct place *place = park_one();
    pthread_mutex_unlock(&lock);
    if (place != NULL)
        queue(place->aio);
}

/* Waits for the probe. When it does not come, there are no more threads than were parked: releases one. */
static size_t release_until_probed(void)
{
    pthread_mutex_lock(&lock);
    while (!probed) {
        const struct timespec until = aluno__clock_timespec(aluno__clock_unix_ms() + PROBE_MS);
        if (pthread_cond_timedwait(&arrival, &lock, &until) != 0 && !probed)
            release_one();
    }
    probed = false;
    const size_t count = parked;
    pthread_mutex_unlock(&lock);
    return count;
}

static size_t count_parked(void)
{
    pthread_mutex_lock(&lock);
    const size_t count = parked;
    pthread_mutex_unlock(&lock);
    return count;
}

size_t aluno__nng_park(size_t count)
{
    nng_aio *prober;
    if (nng_aio_alloc(&prober, probe, NULL) != 0)
        return 0;
    for (size_t before = count_parked(); before < count; before++)
        aluno__nng_take_thread_back();
    queue(prober);
    count = release_until_probed();
    nng_aio_free(prober);
    return count;
}

static void park_all_but_one(void)
{
    aluno__nng_park(aluno__nng_threads() - 1);
}

void aluno__nng_use_one_thread(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, park_all_but_one);
}
