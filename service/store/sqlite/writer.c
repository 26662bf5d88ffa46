/* Group commit. Making a batch durable takes most of the time; the next batch gathers meanwhile. The writer
 * never waits for a batch to fill. It checkpoints the write-ahead log after a batch, when all its changes are
 * answered. */
#include "writer.h"

#include "base/thread.h"
#include "protocol/error.h"
#include "session.h"

#include <stdlib.h>

enum {
    /* Frames (pages of 4 KiB) in the write-ahead log: from the first bound on it is checkpointed without
     * waiting for readers; from the second on with waiting, so that the log starts anew and stays bounded. */
    CHECKPOINT_FRAMES = 4000,
    RESTART_FRAMES = 16000,
    BUSY_RETRY_MS =
        50, /* when a caller that found the queue full may try again: about what a full queue takes */
};

struct store_writer {
    struct store_session *session;
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    struct store_change *first, **end; /* the queue; where the next change goes */
    size_t waiting;
    bool stopping;
};

/* Runs one change in a savepoint. Fails only when the whole batch is lost. */
static aluno_code run_change(struct store_session *session, struct store_change *change, aluno_error *error)
{
    const aluno_code code = savepoint_open(session, error);
    if (code != ALUNO_OK)
        return code;
    const bool keep = change->apply(change, session);
    if (sqlite3_get_autocommit(session->db)) /* on an I/O error SQLite itself rolls the transaction back */
        return aluno__error_set(error, session->failure, NULL);
    return keep ? savepoint_release(session, error) : savepoint_rollback(session, error);
}

static aluno_code run_batch(struct store_session *session, struct store_change *batch, aluno_error *error)
{
    aluno_code code = session_run(session, STATEMENT_BEGIN, error);
    for (struct store_change *change = batch; change != NULL && code == ALUNO_OK; change = change->next)
        code = run_change(session, change, error);
    if (code == ALUNO_OK)
        code = session_run(session, STATEMENT_COMMIT, error);
    if (code != ALUNO_OK && !sqlite3_get_autocommit(session->db))
        session_run(session, STATEMENT_ROLLBACK, NULL);
    return code;
}

static void report(struct store_change *batch, const aluno_error *commit_error)
{
    while (batch != NULL) {
        struct store_change *change = batch;
        batch = batch->next;
        change->done(change, commit_error);
    }
}

/* A passive checkpoint stops at pages that readers still need; a later one does the rest. */
static void checkpoint(struct store_session *session)
{
    if (session->wal_frames < CHECKPOINT_FRAMES)
        return;
    const int mode =
        session->wal_frames < RESTART_FRAMES ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART;
    const int result = sqlite3_wal_checkpoint_v2(session->db, NULL, mode, NULL, NULL);
    if (result != SQLITE_OK && result != SQLITE_BUSY)
        session_fail(session, NULL);
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
        const aluno_code code = run_batch(writer->session, batch, &error);
        report(batch, code == ALUNO_OK ? NULL : &error);
        checkpoint(writer->session);
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
