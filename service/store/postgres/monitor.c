/* Asks the primary each half second, polls the feed more often while a watch waits, and has the lock on the
 * service's name. */
#include "monitor.h"

#include "instance.h"

#include "base/clock.h"
#include "base/thread.h"
#include "log.h"
#include "protocol/error.h"

enum {
    POLL_MS = 100,
    POLLS = 5, /* for each question whether there is a primary */
    ANSWER_MS = 2000,
};

static bool ask(struct monitor *monitor)
{
    struct store_session *session = &monitor->session;
    int64_t is_primary = 0, bytes = 0;
    bool found, taken;
    session->head.deadline_ms = 0; /* each host has its time */
    if (session_connect(session, NULL, 0, NULL) != ALUNO_OK)
        return false;
    session->head.deadline_ms = aluno__clock_deadline(ANSWER_MS);
    if (query_number(query_begin(session, STATEMENT_IS_PRIMARY), &found, &is_primary, NULL) != ALUNO_OK ||
        is_primary == 0) {
        session_disconnect(session);
        return false;
    }
    if (query_number(query_begin(session, STATEMENT_DATABASE_SIZE), &found, &bytes, NULL) == ALUNO_OK)
        atomic_store(&monitor->database_bytes, bytes);
    /* query_run may have connected again, too. */
    if (session->connection != NULL && PQbackendPID(session->connection) != monitor->named &&
        instance_try_name(session, &taken, NULL) == ALUNO_OK && taken)
        monitor->named = PQbackendPID(session->connection);
    return session->connection != NULL;
}

static void look(struct monitor *monitor)
{
    const bool before = atomic_load(&monitor->reachable), now = ask(monitor);
    atomic_store(&monitor->reachable, now);
    if (before && !now)
        log_line(LOG_ERROR, "PostgreSQL has no primary that answers: calls fail.", NULL);
    else if (!before && now)
        log_line(LOG_INFO, "PostgreSQL answers again.", "host", PQhost(monitor->session.connection), NULL);
}

/* Other services' changes, and what was held back when their commits were observed. */
static void poll_feed(struct monitor *monitor)
{
    monitor->session.head.deadline_ms = aluno__clock_deadline(ANSWER_MS);
    feed_watch_poll(&monitor->feed, &monitor->session);
}

static bool wait(struct monitor *monitor)
{
    const struct timespec until = aluno__clock_timespec(aluno__clock_deadline(POLL_MS));
    int failure = 0;
    pthread_mutex_lock(&monitor->lock);
    while (!monitor->stopping && failure == 0)
        failure = pthread_cond_timedwait(&monitor->stop, &monitor->lock, &until);
    const bool goes_on = !monitor->stopping;
    pthread_mutex_unlock(&monitor->lock);
    return goes_on;
}

static void *run(void *argument)
{
    struct monitor *monitor = argument;
    for (unsigned polls = 1; wait(monitor); polls++) {
        if (polls % POLLS == 0)
            look(monitor);
        else if (monitor->session.connection != NULL)
            poll_feed(monitor);
    }
    return NULL;
}

aluno_code monitor_start(struct monitor *monitor, aluno_error *error)
{
    pthread_mutex_init(&monitor->lock, NULL);
    aluno__cond_init(&monitor->stop);
    atomic_store(&monitor->reachable, true);
    monitor->is_started = aluno__thread_start(&monitor->thread, run, monitor) == 0;
    return monitor->is_started ? ALUNO_OK
                               : aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, "the monitor's thread");
}

void monitor_stop(struct monitor *monitor)
{
    if (monitor->is_started) {
        pthread_mutex_lock(&monitor->lock);
        monitor->stopping = true;
        pthread_cond_signal(&monitor->stop);
        pthread_mutex_unlock(&monitor->lock);
        pthread_join(monitor->thread, NULL);
        pthread_cond_destroy(&monitor->stop);
        pthread_mutex_destroy(&monitor->lock);
    }
    session_disconnect(&monitor->session);
}
