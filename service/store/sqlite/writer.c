/* Group commit by two threads that take turns: while one makes its batch durable and reports it, the other
 * runs the next batch. A change that is alone has its turn on the thread that brings it. Making durable takes
 * most of the time, so that batch takes in every change that comes until the one before is durable; no batch
 * waits for anything else. The write-ahead log is checkpointed when no change waits, else before a batch.
 *
 * A savepoint costs as much as an insert: SQLite keeps a copy of each page that is changed within. So a
 * change gets one when it asks for it. When another change is to be undone after it changed something, the
 * batch is undone and runs again, with a savepoint for each change. */
#include "writer.h"

#include "base/clock.h"
#include "base/thread.h"
#include "checkpoint.h"
#include "log.h"
#include "metrics/distribution.h"
#include "place.h"
#include "protocol/error.h"
#include "session.h"
#include "wal_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    THREADS = 2,
    EMPTY_POLL_MS = 5,
    MORE = 16, /* changes for which a turn that waits goes on */
    BUSY_RETRY_MS =
        50, /* when a caller that found the queue full may try again: about what a full queue takes */
};

struct store_writer {
    struct store_session *session; /* used by the thread whose turn it is */
    struct checkpoint checkpoint;
    int64_t commits_seen; /* of session->commits, by writer_tick */
    struct distribution commit_changes, sync_us;
    pthread_t threads[THREADS];
    size_t thread_count;
    pthread_mutex_t lock;              /* guards what follows */
    pthread_cond_t turn, more;         /* a turn may begin; one that waits may go on */
    struct store_change *first, **end; /* the queue; where the next change goes */
    size_t waiting;
    int64_t durable; /* so many of session->commits are */
    bool is_turn_taken, is_syncing, stopping;
    bool gathers; /* the present batch takes in what comes until the one before is durable */
};

/* How a batch, or a change of it, went. */
enum run_result {
    RUN_DONE,
    RUN_LOST,   /* the whole batch is: the error is set */
    RUN_SPOILT, /* a change that was to be undone has no savepoint: the batch must run again */
};

static enum run_result lost_unless(aluno_code code)
{
    return code == ALUNO_OK ? RUN_DONE : RUN_LOST;
}

/* ---- the queue and the turns ---- */

static struct store_change *take_queue(struct store_writer *writer)
{
    struct store_change *batch = writer->first;
    writer->first = NULL;
    writer->end = &writer->first;
    writer->waiting = 0;
    return batch;
}

/* Waits for changes and for the turn, and takes the whole queue; NULL when it is empty and the writer
 * stops. */
static struct store_change *begin_turn(struct store_writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    while (writer->is_turn_taken || (writer->first == NULL && !writer->stopping))
        pthread_cond_wait(&writer->turn, &writer->lock);
    struct store_change *batch = take_queue(writer);
    writer->is_turn_taken = batch != NULL;
    writer->gathers = writer->is_syncing;
    pthread_mutex_unlock(&writer->lock);
    return batch;
}

static bool is_at_rest(const struct store_writer *writer)
{
    return !writer->is_turn_taken && !writer->is_syncing && writer->first == NULL;
}

/* Takes the turn when nothing waits for it. */
static bool begin_idle_turn(struct store_writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    const bool is_idle = !writer->is_turn_taken && writer->first == NULL;
    writer->is_turn_taken = writer->is_turn_taken || is_idle;
    pthread_mutex_unlock(&writer->lock);
    return is_idle;
}

/* Takes the turn when nothing waits for it, nothing is being made durable, and no checkpoint is due. */
static bool begin_lone_turn(struct store_writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    const bool is_alone = is_at_rest(writer) && !checkpoint_is_due(&writer->checkpoint, writer->session);
    writer->is_turn_taken = writer->is_turn_taken || is_alone;
    writer->gathers = writer->gathers && !is_alone;
    pthread_mutex_unlock(&writer->lock);
    return is_alone;
}

/* Until the batch before is durable, waits for more changes and adds them to the batch that ends with `last`:
 * many at once, since waking up costs as much as a change; and the rest at the end. */
static struct store_change *next_change(struct store_writer *writer, struct store_change *last)
{
    if (last->next != NULL)
        return last->next;
    pthread_mutex_lock(&writer->lock);
    while (writer->gathers && writer->is_syncing && writer->waiting < MORE)
        pthread_cond_wait(&writer->more, &writer->lock);
    if (writer->gathers)
        last->next = take_queue(writer);
    writer->gathers = writer->gathers && writer->is_syncing;
    pthread_mutex_unlock(&writer->lock);
    return last->next;
}

static void end_turn(struct store_writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    writer->is_turn_taken = false;
    writer->is_syncing = writer->session->commits > writer->durable;
    if (writer->first != NULL || writer->stopping)
        pthread_cond_signal(&writer->turn);
    pthread_mutex_unlock(&writer->lock);
}

static void end_sync(struct store_writer *writer, int64_t commit)
{
    pthread_mutex_lock(&writer->lock);
    writer->is_syncing = false;
    writer->durable = commit;
    pthread_cond_signal(&writer->more);
    pthread_mutex_unlock(&writer->lock);
}

/* ---- one change ---- */

static enum run_result run_guarded(struct store_session *session, struct store_change *change,
                                   aluno_error *error)
{
    if (savepoint_open(session, error) != ALUNO_OK)
        return RUN_LOST;
    const bool keep = change->apply(change, session);
    if (sqlite3_get_autocommit(session->db))
        return RUN_DONE;
    return lost_unless(keep ? savepoint_release(session, error) : savepoint_rollback(session, error));
}

static enum run_result run_unguarded(struct store_session *session, struct store_change *change)
{
    const int64_t changes = sqlite3_total_changes64(session->db);
    const bool keep = change->apply(change, session);
    return keep || sqlite3_total_changes64(session->db) == changes ? RUN_DONE : RUN_SPOILT;
}

/* On an I/O error SQLite itself rolls the transaction back. */
static enum run_result run_change(struct store_session *session, struct store_change *change, bool is_guarded,
                                  aluno_error *error)
{
    const enum run_result result = is_guarded || change->is_tentative ? run_guarded(session, change, error)
                                                                      : run_unguarded(session, change);
    if (result != RUN_LOST && sqlite3_get_autocommit(session->db))
        aluno__error_set(error, session->failure, NULL);
    return sqlite3_get_autocommit(session->db) ? RUN_LOST : result;
}

/* ---- a batch ---- */

/* Without the lock SQLite writes nothing, and on a full disk no mark that completes the frames. */
static bool may_be_written(sqlite3 *db)
{
    const int result = sqlite3_errcode(db) & 0xff;
    return result != SQLITE_BUSY && result != SQLITE_FULL;
}

static enum run_result commit(struct store_session *session, aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    if (session->live_added != 0)
        code = session_add_to_total(session, session->live_added, error);
    if (code == ALUNO_OK)
        code = audit_flush(session, error);
    if (code != ALUNO_OK || session_run(session, STATEMENT_COMMIT, error) == ALUNO_OK)
        return lost_unless(code);
    if (may_be_written(session->db))
        condition_open(&session->condition);
    return RUN_LOST;
}

static enum run_result run_transaction(struct store_writer *writer, struct store_change *batch,
                                       bool is_guarded, aluno_error *error)
{
    struct store_session *session = writer->session;
    struct store_change *change = batch;
    session->live_added = 0;
    session->feed_added = 0;
    audit_outbox_clear(&session->outbox);
    enum run_result result = lost_unless(session_run(session, STATEMENT_BEGIN, error));
    for (; change != NULL && result == RUN_DONE; change = next_change(writer, change))
        result = run_change(session, change, is_guarded, error);
    if (result == RUN_DONE)
        result = commit(session, error);
    if (result == RUN_DONE)
        return RUN_DONE;
    if (!sqlite3_get_autocommit(session->db))
        session_run(session, STATEMENT_ROLLBACK, NULL);
    session->rollbacks++;
    return result;
}

static enum run_result run_batch(struct store_writer *writer, struct store_change *batch, aluno_error *error)
{
    const enum run_result result = run_transaction(writer, batch, false, error);
    return result == RUN_SPOILT ? run_transaction(writer, batch, true, error) : result;
}

/* Whether a lost batch may succeed at a second attempt: a full disk may have room in the log, an I/O error
 * may pass. The second commit also overwrites what the first one left. */
static bool may_succeed(struct store_session *session, const aluno_error *error)
{
    if (aluno_error_is(error, ALUNO_REASON_STORE_FULL))
        checkpoint_free_space(session);
    else if (!aluno_error_is(error, ALUNO_REASON_INTERNAL_ERROR))
        return false;
    return true;
}

/* False, with the error set, when the batch is lost or its outcome is open. */
static bool commit_batch(struct store_writer *writer, struct store_change *batch, aluno_error *error)
{
    struct store_session *session = writer->session;
    if (place_check(session->place, error) != ALUNO_OK)
        return false;
    condition_begin(&session->condition);
    enum run_result result = run_batch(writer, batch, error);
    if (result == RUN_LOST && may_succeed(session, error))
        result = run_batch(writer, batch, error);
    condition_end(&session->condition, result == RUN_DONE);
    if (result == RUN_LOST)
        condition_certainty(&session->condition, error);
    return result == RUN_DONE;
}

static void report(struct store_change *batch, const aluno_error *commit_error)
{
    while (batch != NULL) {
        struct store_change *change = batch;
        batch = batch->next;
        change->done(change, commit_error);
    }
}

static void measure_commit(struct store_writer *writer, const struct store_change *batch)
{
    int64_t changes = 0;
    for (; batch != NULL; batch = batch->next)
        changes++;
    distribution_add(&writer->commit_changes, changes);
}

/* Makes the batch that the turn committed durable. It is visible by then, so after a failure nobody knows
 * what the disk has; a new start reads the log anew and finds out. */
static void sync_log(struct store_writer *writer, sqlite3_file *log, int64_t commit)
{
    const int64_t began_us = aluno__clock_us();
    if (wal_file_sync(log) != SQLITE_OK) {
        log_line(LOG_ERROR, "The write-ahead log cannot be synced: ending.", "detail", strerror(errno), NULL);
        abort();
    }
    distribution_add(&writer->sync_us, aluno__clock_us() - began_us);
    condition_settle(&writer->session->condition); /* the other thread's COMMIT waits for end_sync */
    end_sync(writer, commit);
}

/* Makes a batch and reports it, after which the store may be closed; the turn is taken, and ends. */
static void make_batch(struct store_writer *writer, struct store_change *batch)
{
    struct store_session *session = writer->session;
    aluno_error error;
    const int64_t before = session->commits;
    checkpoint_empty(session);
    checkpoint_run(&writer->checkpoint, session);
    bool done = commit_batch(writer, batch, &error);
    const int64_t commit = session->commits;
    const size_t feed_added = session->feed_added;
    sqlite3_file *log = wal_file_of(session->db);
    end_turn(writer);
    if (commit > before)
        sync_log(writer, log, commit);
    done = done && place_check(session->place, &error) == ALUNO_OK;
    if (done && commit > before)
        measure_commit(writer, batch);
    if (done && feed_added > 0 && session->on_feed != NULL)
        session->on_feed(session->on_feed_user, feed_added);
    report(batch, done ? NULL : &error);
}

static void *write_batches(void *argument)
{
    struct store_writer *writer = argument;
    struct store_change *batch;
    while ((batch = begin_turn(writer)) != NULL) {
        make_batch(writer, batch);
        if (begin_idle_turn(writer)) {
            checkpoint_run(&writer->checkpoint, writer->session);
            end_turn(writer);
        }
    }
    return NULL;
}

static aluno_code start_threads(struct store_writer *writer, aluno_error *error)
{
    for (; writer->thread_count < THREADS; writer->thread_count++)
        if (aluno__thread_start(&writer->threads[writer->thread_count], write_batches, writer) != 0)
            return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, "the writer's threads");
    return ALUNO_OK;
}

aluno_code writer_start(struct store_writer **out, struct store_session *session, aluno_error *error)
{
    struct store_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    writer->session = session;
    writer->commit_changes.scale = &distribution_powers_of_two;
    writer->sync_us.scale = &distribution_microseconds;
    writer->durable = session->commits;
    writer->end = &writer->first;
    pthread_mutex_init(&writer->lock, NULL);
    pthread_cond_init(&writer->turn, NULL);
    pthread_cond_init(&writer->more, NULL);
    const aluno_code code = start_threads(writer, error);
    if (code == ALUNO_OK)
        *out = writer;
    else
        writer_stop(writer);
    return code;
}

aluno_code writer_submit(struct store_writer *writer, struct store_change *change, aluno_error *error)
{
    pthread_mutex_lock(&writer->lock);
    const bool has_room = writer->waiting < WRITER_QUEUE_MAX;
    if (has_room) {
        change->next = NULL;
        *writer->end = change;
        writer->end = &change->next;
        if (++writer->waiting == 1 && !writer->is_turn_taken)
            pthread_cond_signal(&writer->turn);
        if (writer->waiting == MORE)
            pthread_cond_signal(&writer->more);
    }
    pthread_mutex_unlock(&writer->lock);
    if (has_room)
        return ALUNO_OK;
    const aluno_code code = aluno__error_set(error, ALUNO_REASON_BUSY, "%d changes wait", WRITER_QUEUE_MAX);
    if (error != NULL)
        ALUNO_SET(*error, retry_after_ms, BUSY_RETRY_MS);
    return code;
}

bool writer_make(struct store_writer *writer, struct store_change *change)
{
    change->next = NULL;
    if (!begin_lone_turn(writer))
        return false;
    make_batch(writer, change);
    return true;
}

bool writer_empty_log(struct store_writer *writer, int64_t deadline_ms)
{
    struct store_session *session = writer->session;
    while (atomic_load(&session->log_holds_erased) && aluno__clock_ms() < deadline_ms) {
        if (begin_idle_turn(writer)) {
            checkpoint_empty(session);
            end_turn(writer);
        }
        if (atomic_load(&session->log_holds_erased))
            aluno__clock_sleep(EMPTY_POLL_MS);
    }
    return !atomic_load(&session->log_holds_erased);
}

void writer_tick(struct store_writer *writer)
{
    if (!begin_idle_turn(writer))
        return;
    struct store_session *session = writer->session;
    checkpoint_empty(session);
    if (session->commits == writer->commits_seen && checkpoint_is_behind(&writer->checkpoint))
        checkpoint_when_idle(&writer->checkpoint, session);
    writer->commits_seen = session->commits;
    end_turn(writer);
}

bool writer_is_busy(struct store_writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    const bool is_busy = !is_at_rest(writer);
    pthread_mutex_unlock(&writer->lock);
    return is_busy;
}

void writer_measure(struct store_writer *writer, struct store_measures *out)
{
    pthread_mutex_lock(&writer->lock);
    out->changes_waiting = (int64_t)writer->waiting;
    pthread_mutex_unlock(&writer->lock);
    out->commit_changes = &writer->commit_changes;
    out->sync_us = &writer->sync_us;
}

void writer_stop(struct store_writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    writer->stopping = true;
    pthread_cond_broadcast(&writer->turn);
    pthread_mutex_unlock(&writer->lock);
    for (size_t i = 0; i < writer->thread_count; i++)
        pthread_join(writer->threads[i], NULL);
    pthread_cond_destroy(&writer->more);
    pthread_cond_destroy(&writer->turn);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
}
