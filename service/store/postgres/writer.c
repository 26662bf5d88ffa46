/* The transactions of changes, and what their failures mean.
 *
 * Before its COMMIT is sent nothing of a transaction is kept, so its changes may run again. After that, a
 * connection that is lost leaves its outcome open, and so does a warning: PostgreSQL warns when it gave up to
 * wait for a synchronous standby. The caller gets STORE_UNSETTLED, and repeats the change under its request
 * id, whose key the ledger has or not.
 *
 * A writer that finds several changes in the queue makes them one after another in one transaction, so that
 * they wait for the disk once. Such a transaction commits what goes well at once: changes that keep what they
 * did, and refusals that wrote nothing, which may be due to a change before them and are answered after the
 * same COMMIT. Changes have no savepoints, which would cost each of them two statements and a number of a
 * transaction. When one has written what must be undone, has failed, or waits for a lock, the whole
 * transaction is undone, and each of its changes is made in a transaction of its own: nothing of it has been
 * answered. That is also what ends a deadlock of transactions which lock the same rows in different orders:
 * one with several changes waits for a lock for a moment only (LOCK_BRIEFLY), one with a single change as
 * long as its call. A dry run, a batch and a change of which the ledger has a reply are made alone. */
#include "writer.h"

#include "queue.h"

#include "base/clock.h"
#include "base/thread.h"
#include "metrics/distribution.h"
#include "protocol/error.h"

#include <stdlib.h>

enum { THREADS = 8, TOGETHER = 16, ATTEMPTS = 5 };

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
    struct queue queue;
};

/* ---- one change ---- */

/* OPEN: nobody knows whether it committed. */
enum outcome { OUTCOME_DONE, OUTCOME_AGAIN, OUTCOME_FAILED, OUTCOME_OPEN };

static enum outcome after_failure(const struct store_session *session)
{
    return session->failure == FAILURE_LOST || session->failure == FAILURE_RETRY ? OUTCOME_AGAIN
                                                                                 : OUTCOME_FAILED;
}

static enum outcome commit(struct writer *writer, aluno_error *error)
{
    struct store_session *session = &writer->session;
    const int64_t began_us = aluno__clock_us();
    const int64_t patience_ms = aluno__clock_deadline(SESSION_WAIT_MS); /* whatever the call has left */
    if (session->head.deadline_ms < patience_ms)
        session->head.deadline_ms = patience_ms;
    const aluno_code code = session_commit(session, error);
    distribution_add(&writer->writers->sync_us, aluno__clock_us() - began_us);
    if (code == ALUNO_OK && !session->warned)
        return OUTCOME_DONE;
    if (code != ALUNO_OK && session->connection != NULL && !session->warned)
        return after_failure(session);
    aluno__error_set(error, ALUNO_REASON_STORE_UNSETTLED, NULL);
    return OUTCOME_OPEN;
}

/* A reply from the ledger is given when its change is durable: on this server, and on a synchronous standby.
 */
static enum outcome settle_replay(struct writer *writer, aluno_error *error)
{
    struct store_session *session = &writer->session;
    session->head.deadline_ms = 0; /* the call's own may have passed */
    session_begin(session, STATEMENT_BEGIN);
    const aluno_code code = query_step(query_begin(session, STATEMENT_BARRIER), NULL, error);
    if (code != ALUNO_OK) {
        const enum outcome outcome = after_failure(session);
        session_rollback(session);
        return outcome;
    }
    return commit(writer, error);
}

/* Whether the change must run again, once: its reply may show changes that are undone now, or its key in the
 * ledger has been taken meanwhile. */
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
    session->head.deadline_ms = 0; /* the change sets its own */
    session_begin(session, STATEMENT_BEGIN);
    const bool keep = change->apply(change, session);
    if (after_failure(session) == OUTCOME_AGAIN) {
        session_rollback(session);
        fail_session(session, session->failure, session->reason, error);
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

/* After a COMMIT. */
static void note_commit(struct writer *writer, size_t changes)
{
    distribution_add(&writer->writers->commit_changes, (int64_t)changes);
    if (writer->session.feed_entries > 0)
        feed_watch_notify(writer->writers->feed, (size_t)writer->session.feed_entries);
}

static void make(struct writer *writer, struct store_change *change)
{
    struct store_session *session = &writer->session;
    aluno_error error;
    enum outcome outcome = OUTCOME_AGAIN;
    for (int i = 0; i < ATTEMPTS && outcome == OUTCOME_AGAIN; i++) {
        outcome = attempt(writer, change, i, &error);
        if (outcome == OUTCOME_AGAIN && session->reachable != NULL && !atomic_load(session->reachable)) {
            fail_unreachable(&error); /* a change that would run again has no error */
            break;
        }
    }
    change->done(change, outcome == OUTCOME_DONE ? NULL : &error);
    if (outcome == OUTCOME_DONE)
        note_commit(writer, 1);
}

/* ---- several changes ---- */

/* How a change went in a transaction of several; SPOILT: the transaction must be undone. */
enum verdict { VERDICT_SPOILT, VERDICT_KEPT, VERDICT_REFUSED, VERDICT_ALONE };

static enum verdict run_one(struct store_session *session, struct store_change *change)
{
    session_begin_change(session);
    session->head.deadline_ms = 0; /* as in attempt */
    const bool keep = change->apply(change, session);
    if (session->failure != FAILURE_NONE || (!keep && (session->wrote || session->conflicted)))
        return VERDICT_SPOILT;
    if (keep)
        return VERDICT_KEPT;
    return session->replayed ? VERDICT_ALONE : VERDICT_REFUSED;
}

/* Runs the changes and commits. DONE and OPEN are about what was kept. */
static enum outcome attempt_several(struct writer *writer, struct store_change *const *changes, size_t count,
                                    enum verdict *verdicts, aluno_error *error)
{
    struct store_session *session = &writer->session;
    session->is_tentative = false;
    session_begin(session, STATEMENT_BEGIN);
    bool is_sound = session->connection != NULL && /* one alone makes it, within its call's deadline */
                    query_defer(query_begin(session, STATEMENT_LOCK_BRIEFLY), error) == ALUNO_OK;
    for (size_t i = 0; i < count && is_sound; i++) {
        verdicts[i] = run_one(session, changes[i]);
        is_sound = verdicts[i] != VERDICT_SPOILT;
    }
    if (is_sound)
        return commit(writer, error);
    session_rollback(session);
    return OUTCOME_AGAIN;
}

static bool is_answered(enum verdict verdict, enum outcome outcome)
{
    return verdict == VERDICT_KEPT ? outcome == OUTCOME_DONE || outcome == OUTCOME_OPEN
                                   : verdict == VERDICT_REFUSED && outcome == OUTCOME_DONE;
}

/* Answers what is settled; what is left is made alone. */
static void make_several(struct writer *writer, struct store_change *const *changes, size_t count)
{
    enum verdict verdicts[TOGETHER] = {VERDICT_SPOILT};
    aluno_error error;
    const enum outcome outcome = attempt_several(writer, changes, count, verdicts, &error);
    size_t left = 0;
    struct store_change *rest[TOGETHER];
    for (size_t i = 0; i < count; i++) {
        if (is_answered(verdicts[i], outcome))
            changes[i]->done(changes[i], outcome == OUTCOME_DONE ? NULL : &error);
        else
            rest[left++] = changes[i];
    }
    if (outcome == OUTCOME_DONE)
        note_commit(writer, count - left);
    for (size_t i = 0; i < left; i++)
        make(writer, rest[i]);
}

static void *run(void *argument)
{
    struct writer *writer = argument;
    struct queue *queue = &writer->writers->queue;
    struct store_change *changes[TOGETHER];
    size_t count;
    while ((count = queue_take(queue, changes, TOGETHER)) > 0) {
        if (count == 1)
            make(writer, changes[0]);
        else
            make_several(writer, changes, count);
        queue_finish(queue, count);
    }
    return NULL;
}

aluno_code writers_submit(struct store_writers *writers, struct store_change *change, aluno_error *error)
{
    return queue_add(&writers->queue, change, error);
}

bool writers_are_busy(struct store_writers *writers)
{
    return queue_is_busy(&writers->queue);
}

void writers_measure(struct store_writers *writers, struct store_measures *out)
{
    out->changes_waiting = (int64_t)queue_waiting(&writers->queue);
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
    writers->commit_changes.scale = &distribution_powers_of_two;
    writers->sync_us.scale = &distribution_microseconds;
    queue_init(&writers->queue);
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
    queue_stop(&writers->queue);
    for (size_t i = 0; i < writers->started; i++) {
        pthread_join(writers->items[i].thread, NULL);
        session_disconnect(&writers->items[i].session);
    }
    queue_destroy(&writers->queue);
    free(writers);
}
