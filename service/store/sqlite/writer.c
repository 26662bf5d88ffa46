/* Group commit. While one batch is being made durable, which is what takes time, the next one gathers behind
 * it; the writer never waits for a batch to fill. After each batch it may move the write-ahead log's content
 * into the database, when all have their answer. */
#include "writer.h"

#include "base/thread.h"
#include "protocol/error.h"
#include "session.h"

#include <stdlib.h>

/* Frames (pages, 4 KiB) in the log from which it is moved to the database without waiting for anyone, and
 * from which readers are waited for, so that the log starts anew: it stays bounded under any load. */
#define CHECKPOINT_FRAMES 4000
#define RESTART_FRAMES    16000

/* When a caller may try again that found the queue full, milliseconds: about what a full queue takes. */
#define BUSY_RETRY_MS 50

struct store_writer {
    store_session *session;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    store_change *first, **end; /* what waits, oldest first; where the next one goes */
    size_t waiting;
    bool stopping;
};

/* Runs one change in a savepoint. Fails only when the whole batch is lost. */
static aluno_code run_change(store_session *session, store_change *change, aluno_error *error)
{
    const aluno_code code = session_savepoint(session, error);
    if (code != ALUNO_OK)
        return code;

    change->applied = change->apply(change, session);
    if (sqlite3_get_autocommit(session->db)) /* on an I/O error SQLite itself undoes the whole transaction */
        return aluno__error_set(error, session->failure, NULL);
    return change->applied == ALUNO_OK ? session_keep(session, error) : session_undo(session, error);
}

static aluno_code run_batch(store_session *session, store_change *batch, aluno_error *error)
{
    aluno_code code = session_run(session, "BEGIN IMMEDIATE", error);
    for (store_change *change = batch; change && code == ALUNO_OK; change = change->next)
        code = run_change(session, change, error);
    if (code == ALUNO_OK)
        code = session_run(session, "COMMIT", error);
    if (code != ALUNO_OK && !sqlite3_get_autocommit(session->db))
        session_run(session, "ROLLBACK", NULL);
    return code;
}

static void answer(store_change *batch, const aluno_error *commit_error)
{
    while (batch) {
        store_change *change = batch;
        batch = batch->next;
        change->done(change, commit_error);
    }
}

/* A checkpoint that finds readers in its way does what it can; the next one does the rest. */
static void checkpoint(store_session *session)
{
    if (session->wal_frames < CHECKPOINT_FRAMES)
        return;
    const int mode =
        session->wal_frames < RESTART_FRAMES ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART;
    const int result = sqlite3_wal_checkpoint_v2(session->db, NULL, mode, NULL, NULL);
    if (result != SQLITE_OK && result != SQLITE_BUSY)
        session_fail(session, NULL);
}

/* Waits for changes and takes all there are; NULL when there are none and will be none. */
static store_change *take_batch(store_writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    while (!writer->first && !writer->stopping)
        pthread_cond_wait(&writer->changed, &writer->lock);
    store_change *batch = writer->first;
    writer->first = NULL;
    writer->end = &writer->first;
    writer->waiting = 0;
    pthread_mutex_unlock(&writer->lock);
    return batch;
}

static void *write_batches(void *argument)
{
    store_writer *writer = argument;
    store_change *batch;
    aluno_error error;

    while ((batch = take_batch(writer))) {
        const aluno_code code = run_batch(writer->session, batch, &error);
        answer(batch, code == ALUNO_OK ? NULL : &error);
        checkpoint(writer->session);
    }
    return NULL;
}

aluno_code writer_start(store_writer **out, store_session *session, aluno_error *error)
{
    store_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
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

aluno_code writer_submit(store_writer *writer, store_change *change, aluno_error *error)
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
    if (error)
        ALUNO_SET(*error, retry_after_ms, BUSY_RETRY_MS);
    return code;
}

void writer_stop(store_writer *writer)
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
