/* A change's transaction, and what its failures mean.
 *
 * Before its COMMIT is sent nothing of a change is kept, so it may run again. After that, a connection that
 * is lost leaves its outcome open, and so does a warning: PostgreSQL warns when it gave up to wait for a
 * synchronous standby. The caller gets STORE_UNSETTLED, and repeats the change under its request id, whose
 * key the ledger has or not. */
#include "writer.h"

#include "base/clock.h"
#include "base/thread.h"
#include "metrics/distribution.h"
#include "protocol/error.h"

#include <stdlib.h>

enum { THREADS = 8, QUEUE_MAX = 4096, BUSY_RETRY_MS = 100, ATTEMPTS = 5 };

struct writer {
    struct store_writers *writers;
    struct store_session session;
    pthread_t thread;
};

struct store_writers {
    struct writer items[THREADS];
    size_t started;
    struct feed_watch *feed;
    struct distribution commit_changes, sync_us;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t more;
    struct store_change *first, **end;
    size_t waiting, working;
    bool stopping;
};

/* ---- one change ---- */

enum outcome { OUTCOME_DONE, OUTCOME_AGAIN, OUTCOME_FAILED };

static enum outcome after_failure(const struct store_session *session)
{
    return session->failure == FAILURE_LOST || session->failure == FAILURE_RETRY ? OUTCOME_AGAIN
                                                                                 : OUTCOME_FAILED;
}

static enum outcome commit(struct writer *writer, aluno_error *error)
{
    struct store_session *session = &writer->session;
    const int64_t began_us = aluno__clock_us();
    session->head.deadline_ms = 0; /* the answer to a COMMIT is worth a wait */
    const aluno_code code = session_commit(session, error);
    distribution_add(&writer->writers->sync_us, aluno__clock_us() - began_us);
    if (code == ALUNO_OK && !session->warned)
        return OUTCOME_DONE;
    if (code != ALUNO_OK && session->connection != NULL && !session->warned)
        return after_failure(session);
    aluno__error_set(error, ALUNO_REASON_STORE_UNSETTLED, NULL);
    return OUTCOME_FAILED;
}

/* A reply from the ledger is given when its change is durable: on this server, and on a synchronous standby.
 */
static enum outcome settle_replay(struct writer *writer, aluno_error *error)
{
    struct store_session *session = &writer->session;
    aluno_code code = session_begin(session, STATEMENT_BEGIN, error);
    if (code == ALUNO_OK)
        code = query_step(query_begin(session, STATEMENT_BARRIER), NULL, error);
    if (code != ALUNO_OK) {
        const enum outcome outcome = after_failure(session);
        session_rollback(session);
        return outcome;
    }
    return commit(writer, error);
}

/* What was replied may show what is undone now, or a key that has been taken since: it runs again then, once.
 */
static bool must_run_again(const struct store_change *change, const struct store_session *session,
                           int attempt)
{
    return attempt == 0 && ((session->wrote && !change->is_tentative) || session->conflicted);
}

/* A dry run, or a batch that is refused, takes no ids: it drew them alone. */
static void return_ids(struct store_session *session)
{
    if (session->first_id == 0 || session->connection == NULL || session->failure != FAILURE_NONE)
        return;
    struct query *query = query_begin(session, STATEMENT_IDS_RETURN);
    query_int(query, ":id", session->first_id);
    query_step(query, NULL, NULL);
}

static enum outcome attempt(struct writer *writer, struct store_change *change, int number,
                            aluno_error *error)
{
    struct store_session *session = &writer->session;
    session->is_tentative = change->is_tentative;
    if (session_begin(session, STATEMENT_BEGIN, error) != ALUNO_OK)
        return OUTCOME_AGAIN;
    const bool keep = change->apply(change, session);
    if (session->failure == FAILURE_LOST || session->failure == FAILURE_RETRY) {
        session_rollback(session);
        if (session->failure == FAILURE_RETRY)
            aluno__error_set(error, ALUNO_REASON_STORE_BUSY, NULL);
        else
            fail_unreachable(error);
        return OUTCOME_AGAIN;
    }
    if (keep)
        return commit(writer, error);
    const bool again = must_run_again(change, session, number), replayed = session->replayed;
    return_ids(session);
    session_rollback(session);
    if (again)
        return OUTCOME_AGAIN;
    return replayed ? settle_replay(writer, error) : OUTCOME_DONE;
}

static void make(struct writer *writer, struct store_change *change)
{
    struct store_session *session = &writer->session;
    aluno_error error;
    enum outcome outcome = OUTCOME_AGAIN;
    for (int i = 0; i < ATTEMPTS && outcome == OUTCOME_AGAIN; i++) {
        outcome = attempt(writer, change, i, &error);
        if (outcome == OUTCOME_AGAIN && session->reachable != NULL && !atomic_load(session->reachable))
            break;
    }
    session->head.deadline_ms = 0;
    if (outcome == OUTCOME_DONE)
        distribution_add(&writer->writers->commit_changes, 1);
    change->done(change, outcome == OUTCOME_DONE ? NULL : &error);
    if (outcome == OUTCOME_DONE && session->feed_entries > 0)
        feed_watch_notify(writer->writers->feed, (size_t)session->feed_entries);
}

/* ---- the queue ---- */

static struct store_change *take(struct store_writers *writers)
{
    pthread_mutex_lock(&writers->lock);
    while (writers->first == NULL && !writers->stopping)
        pthread_cond_wait(&writers->more, &writers->lock);
    struct store_change *change = writers->first;
    if (change != NULL) {
        writers->first = change->next;
        if (writers->first == NULL)
            writers->end = &writers->first;
        writers->waiting--;
        writers->working++;
    }
    pthread_mutex_unlock(&writers->lock);
    return change;
}

static void put_back(struct store_writers *writers)
{
    pthread_mutex_lock(&writers->lock);
    writers->working--;
    pthread_mutex_unlock(&writers->lock);
}

static void *run(void *argument)
{
    struct writer *writer = argument;
    struct store_change *change;
    while ((change = take(writer->writers)) != NULL) {
        make(writer, change);
        put_back(writer->writers);
    }
    return NULL;
}

aluno_code writers_submit(struct store_writers *writers, struct store_change *change, aluno_error *error)
{
    pthread_mutex_lock(&writers->lock);
    const bool has_room = writers->waiting < QUEUE_MAX;
    if (has_room) {
        change->next = NULL;
        *writers->end = change;
        writers->end = &change->next;
        writers->waiting++;
        pthread_cond_signal(&writers->more);
    }
    pthread_mutex_unlock(&writers->lock);
    if (has_room)
        return ALUNO_OK;
    const aluno_code code = aluno__error_set(error, ALUNO_REASON_BUSY, "%d changes wait", QUEUE_MAX);
    if (error != NULL)
        ALUNO_SET(*error, retry_after_ms, BUSY_RETRY_MS);
    return code;
}

bool writers_are_busy(struct store_writers *writers)
{
    pthread_mutex_lock(&writers->lock);
    const bool is_busy = writers->waiting + writers->working > 0;
    pthread_mutex_unlock(&writers->lock);
    return is_busy;
}

void writers_measure(struct store_writers *writers, struct store_measures *out)
{
    pthread_mutex_lock(&writers->lock);
    out->changes_waiting = (int64_t)writers->waiting;
    pthread_mutex_unlock(&writers->lock);
    out->commit_changes = &writers->commit_changes;
    out->sync_us = &writers->sync_us;
}

/* ---- start and end ---- */

aluno_code writers_start(struct store_writers **out, const struct store_session *model,
                         struct feed_watch *feed, aluno_error *error)
{
    struct store_writers *writers = calloc(1, sizeof *writers);
    if (writers == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    writers->feed = feed;
    writers->end = &writers->first;
    writers->commit_changes.scale = &distribution_powers_of_two;
    writers->sync_us.scale = &distribution_microseconds;
    pthread_mutex_init(&writers->lock, NULL);
    pthread_cond_init(&writers->more, NULL);
    for (; writers->started < THREADS; writers->started++) {
        struct writer *writer = &writers->items[writers->started];
        writer->writers = writers;
        writer->session = *model;
        writer->session.is_change = true;
        if (aluno__thread_start(&writer->thread, run, writer) != 0) {
            writers_stop(writers);
            return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, "the writers' threads");
        }
    }
    *out = writers;
    return ALUNO_OK;
}

void writers_stop(struct store_writers *writers)
{
    if (writers == NULL)
        return;
    pthread_mutex_lock(&writers->lock);
    writers->stopping = true;
    pthread_cond_broadcast(&writers->more);
    pthread_mutex_unlock(&writers->lock);
    for (size_t i = 0; i < writers->started; i++) {
        pthread_join(writers->items[i].thread, NULL);
        session_disconnect(&writers->items[i].session);
    }
    pthread_cond_destroy(&writers->more);
    pthread_mutex_destroy(&writers->lock);
    free(writers);
}
