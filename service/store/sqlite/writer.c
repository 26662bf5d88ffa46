/* Group commit. Making a batch durable takes most of the time; the next batch gathers meanwhile. The writer
 * never waits for a batch to fill. It checkpoints the write-ahead log after a batch, when all its changes are
 * answered.
 *
 * A savepoint costs as much as an insert: SQLite keeps a copy of each page that is changed within. So a
 * change gets one when it asks for it. When another change is to be undone after it changed something, the
 * batch is undone and runs again, with a savepoint for each change. */
#include "writer.h"

#include "base/thread.h"
#include "checkpoint.h"
#include "protocol/error.h"
#include "session.h"

#include <stdlib.h>

enum {
    BUSY_RETRY_MS =
        50, /* when a caller that found the queue full may try again: about what a full queue takes */
};

struct store_writer {
    struct store_session *session;
    struct checkpoint checkpoint;
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    struct store_change *first, **end; /* the queue; where the next change goes */
    size_t waiting;
    bool stopping;
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

static enum run_result commit(struct store_session *session, aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    if (session->live_added != 0) {
        sqlite3_stmt *add = session_statement(session, STATEMENT_TOTAL_ADD);
        bind_int(add, ":added", session->live_added);
        code = session_step(session, add, error);
    }
    if (code == ALUNO_OK)
        code = session_run(session, STATEMENT_COMMIT, error);
    return lost_unless(code);
}

static enum run_result run_transaction(struct store_session *session, struct store_change *batch,
                                       bool is_guarded, aluno_error *error)
{
    session->live_added = 0;
    enum run_result result = lost_unless(session_run(session, STATEMENT_BEGIN, error));
    for (struct store_change *change = batch; change != NULL && result == RUN_DONE; change = change->next)
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

/* False, with the error set, when the batch is lost. */
static bool run_batch(struct store_session *session, struct store_change *batch, aluno_error *error)
{
    enum run_result result = run_transaction(session, batch, false, error);
    if (result == RUN_SPOILT)
        result = run_transaction(session, batch, true, error);
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

/* Waits for changes and takes the whole queue; NULL when it is empty and the writer stops. */
static struct store_change *take_batch(struct store_writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    while (writer->first == NULL && !writer->stopping)
        pthread_cond_wait(&writer->changed, &writer->lock);
    struct store_change *batch = writer->first;
    writer->first = NULL;
    writer->end = &writer->first;
    writer->waiting = 0;
    pthread_mutex_unlock(&writer->lock);
    return batch;
}

static void *write_batches(void *argument)
{
    struct store_writer *writer = argument;
    struct store_change *batch;
    aluno_error error;
    while ((batch = take_batch(writer)) != NULL) {
        const bool done = run_batch(writer->session, batch, &error);
        report(batch, done ? NULL : &error);
        checkpoint_run(&writer->checkpoint, writer->session);
    }
    return NULL;
}

aluno_code writer_start(struct store_writer **out, struct store_session *session, aluno_error *error)
{
    struct store_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    writer->session = session;
    writer->end = &writer->first;
    pthread_mutex_init(&writer->lock, NULL);
    pthread_cond_init(&writer->changed, NULL);
    if (aluno__thread_start(&writer->thread, write_batches, writer) != 0) {
        pthread_cond_destroy(&writer->changed);
        pthread_mutex_destroy(&writer->lock);
        free(writer);
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, "the writer's thread");
    }
    *out = writer;
    return ALUNO_OK;
}

aluno_code writer_submit(struct store_writer *writer, struct store_change *change, aluno_error *error)
{
    pthread_mutex_lock(&writer->lock);
    const bool has_room = writer->waiting < WRITER_QUEUE_MAX;
    if (has_room) {
        change->next = NULL;
        *writer->end = change;
        writer->end = &change->next;
        if (writer->waiting++ == 0)
            pthread_cond_signal(&writer->changed);
    }
    pthread_mutex_unlock(&writer->lock);
    if (has_room)
        return ALUNO_OK;
    const aluno_code code = aluno__error_set(error, ALUNO_REASON_BUSY, "%d changes wait", WRITER_QUEUE_MAX);
    if (error != NULL)
        ALUNO_SET(*error, retry_after_ms, BUSY_RETRY_MS);
    return code;
}

void writer_stop(struct store_writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    writer->stopping = true;
    pthread_cond_signal(&writer->changed);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    pthread_cond_destroy(&writer->changed);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
}
