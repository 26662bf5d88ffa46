/* The reaper's thread and its list of connections. */
#include "reaper.h"

#include "base/clock.h"
#include "base/fork.h"
#include "base/thread.h"
#include "connection.h"

#include <stdlib.h>

enum {
    ROUND_MS = 250,
    DEAD_ROUNDS = 3,                /* the time that nng has to notice by itself that TCP is gone */
    STUCK_ROUNDS = DEAD_ROUNDS + 4, /* a second after the kick: it did not help */
    ADMIT_MS = 2000                 /* for what takes nng microseconds */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards all of these: */
static pthread_cond_t changed;
static struct nng_tls_engine_conn *connections;
static bool running, stopping;
static unsigned generation; /* of the process that has the thread */
static pthread_t thread;
static nng_aio *kicker; /* kept to the end of the program: nng may be gone before us */

static void kick(struct nng_tls_engine_conn *connection, void (*operation)(nng_stream *, nng_aio *))
{
    uint8_t byte = 0;
    nng_iov piece = {.iov_buf = &byte, .iov_len = 1};
    nng_aio_set_timeout(kicker, ROUND_MS);
    nng_aio_set_iov(kicker, 1, &piece);
    operation(connection->stream, kicker);
    nng_aio_wait(kicker);
}

/* Expires the deadline, unless the connection was faster. */
static bool expire(struct nng_tls_engine_conn *connection, int64_t now)
{
    int64_t deadline = atomic_load(&connection->deadline);
    return deadline != TLS_EXPIRED && deadline <= now &&
           atomic_compare_exchange_strong(&connection->deadline, &deadline, TLS_EXPIRED);
}

/* TCP may be gone without anybody having been told: the end of a stream that nobody reads from just then. */
static bool tcp_is_dead(const struct nng_tls_engine_conn *connection)
{
    nng_sockaddr address;
    return nng_stream_get_addr(connection->stream, NNG_OPT_REMADDR, &address) != 0;
}

static void look_at(struct nng_tls_engine_conn *connection, int64_t now)
{
    if (expire(connection, now))
        kick(connection, nng_stream_send);
    if (connection->rounds_dead == 0 && !tcp_is_dead(connection))
        return;
    connection->rounds_dead++;
    if (connection->rounds_dead != DEAD_ROUNDS)
        return;
    atomic_store(&connection->dead, true);
    kick(connection, nng_stream_recv);
    kick(connection, nng_stream_send);
}

static void wait_for_round(void)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += ROUND_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    while (connections == NULL && !stopping)
        pthread_cond_wait(&changed, &lock);
    while (!stopping && pthread_cond_timedwait(&changed, &lock, &until) == 0)
        continue;
}

static void *reap(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock);
    while (!stopping) {
        const int64_t now = aluno__clock_ms();
        for (struct nng_tls_engine_conn *connection = connections; connection != NULL;
             connection = connection->next)
            look_at(connection, now);
        wait_for_round();
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* Called by exit. A forked child has no reaper thread, and the lock may be held for ever there. */
static void stop(void)
{
    if (aluno__fork_generation() != generation)
        return;
    pthread_mutex_lock(&lock);
    stopping = true;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
}

static bool start(void)
{
    pthread_condattr_t attributes;
    if (nng_aio_alloc(&kicker, NULL, NULL) != 0)
        return false;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&changed, &attributes);
    pthread_condattr_destroy(&attributes);
    generation = aluno__fork_generation();
    return aluno__thread_start(&thread, reap, NULL) == 0 && atexit(stop) == 0;
}

bool tls_reaper_start(void)
{
    pthread_mutex_lock(&lock);
    if (!running)
        running = start();
    const bool started = running;
    pthread_mutex_unlock(&lock);
    return started;
}

void tls_reaper_watch(struct nng_tls_engine_conn *connection)
{
    pthread_mutex_lock(&lock);
    connection->next = connections;
    connection->previous = &connections;
    if (connections != NULL)
        connections->previous = &connection->next;
    connections = connection;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

void tls_reaper_forget(struct nng_tls_engine_conn *connection)
{
    pthread_mutex_lock(&lock);
    if (connection->previous != NULL) {
        *connection->previous = connection->next;
        if (connection->next != NULL)
            connection->next->previous = connection->previous;
    }
    pthread_mutex_unlock(&lock);
}

/* How many of these credentials' connections are in a state. */
static size_t count_where(const aluno__tls *tls, bool (*holds)(const struct nng_tls_engine_conn *connection))
{
    size_t count = 0;
    pthread_mutex_lock(&lock);
    for (const struct nng_tls_engine_conn *connection = connections; connection != NULL;
         connection = connection->next)
        count += connection->tls == tls && holds(connection);
    pthread_mutex_unlock(&lock);
    return count;
}

static bool is_stuck(const struct nng_tls_engine_conn *connection)
{
    return connection->rounds_dead >= STUCK_ROUNDS;
}

static bool waits_in_vain(const struct nng_tls_engine_conn *connection)
{
    const int64_t greeted = atomic_load(&connection->greeted);
    return greeted != 0 && !atomic_load(&connection->admitted) && aluno__clock_ms() - greeted >= ADMIT_MS;
}

size_t aluno__tls_stuck_connections(const aluno__tls *tls)
{
    return count_where(tls, is_stuck);
}

size_t aluno__tls_waiting_connections(const aluno__tls *tls)
{
    return count_where(tls, waits_in_vain);
}
