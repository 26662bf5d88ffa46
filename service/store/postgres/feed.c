/* The feed of changes. Places follow from PostgreSQL's numbers of transactions: 0001_store.sql says how. */
#include "feed.h"

#include "protocol/error.h"

#include <stdlib.h>

enum { ENTRIES_MAX = 4096 /* feed_first_place */ };

/* ---- adding ---- */

aluno_code feed_append(struct store_session *session, const struct feed_entry *entry, aluno_error *error)
{
    if (session->feed_entries >= ENTRIES_MAX)
        return aluno__error_set(error, ALUNO_REASON_INTERNAL_ERROR, "a change of too many students");
    struct query *add =
        query_begin(session, entry->kind == FEED_CREATED ? STATEMENT_FEED_ADD_NEW : STATEMENT_FEED_ADD);
    query_int(add, ":student_id", entry->student_id);
    query_int(add, ":entry", session->feed_entries++);
    query_int(add, ":kind", entry->kind);
    query_int(add, ":revision", entry->revision);
    query_int(add, ":time", entry->time_ms);
    query_int(add, ":is_identity", entry->is_identity);
    return query_defer(add, error);
}

aluno_code feed_append_student(struct store_session *session, enum feed_kind kind,
                               const aluno_student *student, bool is_identity, aluno_error *error)
{
    const struct feed_entry entry = {.student_id = student->id,
                                     .kind = kind,
                                     .revision = strtoll(student->etag, NULL, 10),
                                     .time_ms = student->update_time,
                                     .is_identity = is_identity};
    return feed_append(session, &entry, error);
}

/* ---- reading ---- */

/* Reads an entry from the columns of FEED_COLUMNS, the first of which is `column`; NULLs are 0. */
static struct feed_entry read_entry(const PGresult *rows, int row, int column)
{
    return (struct feed_entry){
        .place = row_int(rows, row, column),
        .student_id = row_int(rows, row, column + 1),
        .kind = (enum feed_kind)row_int(rows, row, column + 2),
        .revision = row_int(rows, row, column + 3),
        .time_ms = row_int(rows, row, column + 4),
        .is_identity = row_int(rows, row, column + 5) != 0,
    };
}

aluno_code postgres_feed_read_state(struct store_session *session, struct feed_state *state,
                                    aluno_error *error)
{
    PGresult *rows;
    *state = (struct feed_state){.feed = 0};
    aluno_code code = query_run(query_begin(session, STATEMENT_FEED_STATE), &rows, error);
    if (code == ALUNO_OK && PQntuples(rows) == 0)
        code = aluno__error_set(error, ALUNO_REASON_STORE_CORRUPT, "the feed has no number");
    else if (code == ALUNO_OK)
        *state = (struct feed_state){.feed = row_int(rows, 0, 0),
                                     .purged = row_int(rows, 0, 1),
                                     .erased = row_int(rows, 0, 2),
                                     .last = read_entry(rows, 0, 3)};
    PQclear(rows);
    return code;
}

aluno_code postgres_feed_read(struct store_session *session, int64_t after, int64_t limit,
                              struct feed_rows *rows, aluno_error *error)
{
    PGresult *found;
    bool more = true;
    struct query *read = query_begin(session, STATEMENT_FEED_READ);
    query_int(read, ":after", after);
    query_int(read, ":limit", limit);
    const aluno_code code = query_run(read, &found, error);
    for (int i = 0; code == ALUNO_OK && more && i < PQntuples(found); i++) {
        const struct feed_entry entry = read_entry(found, i, 0);
        more = rows->add(rows, &entry);
    }
    PQclear(found);
    return code;
}

aluno_code postgres_feed_purge(struct store_session *session, int64_t before_ms, int64_t limit,
                               int64_t *count, aluno_error *error)
{
    bool found;
    struct query *purge = query_begin(session, STATEMENT_FEED_PURGE);
    query_int(purge, ":before", before_ms);
    query_int(purge, ":limit", limit);
    *count = 0;
    return query_number(purge, &found, count, error);
}

/* ---- a snapshot ---- */

/* PostgreSQL takes it with the first statement that reads. */
static aluno_code begin_snapshot(struct store_session *session, aluno_error *error)
{
    bool found;
    int64_t last;
    session_begin(session, STATEMENT_BEGIN_SNAPSHOT);
    const aluno_code code = query_number(query_begin(session, STATEMENT_FEED_LAST), &found, &last, error);
    if (code != ALUNO_OK)
        session_rollback(session);
    return code;
}

/* The connection may have been lost long ago. */
aluno_code postgres_store_snapshot_open(struct store_session *session, aluno_error *error)
{
    const bool was_connected = session->connection != NULL;
    const aluno_code code = begin_snapshot(session, error);
    return code != ALUNO_OK && was_connected && session->failure == FAILURE_LOST
               ? begin_snapshot(session, error)
               : code;
}

aluno_code postgres_store_snapshot_close(struct store_session *session, aluno_error *error)
{
    (void)error; /* nothing was changed */
    session_rollback(session);
    return ALUNO_OK;
}

/* ---- noticing ---- */

void feed_watch_init(struct feed_watch *watch)
{
    pthread_mutex_init(&watch->lock, NULL);
}

void feed_watch_free(struct feed_watch *watch)
{
    pthread_mutex_destroy(&watch->lock);
}

void feed_watch_set(struct feed_watch *watch, store_feed_observer *on_feed, void *user,
                    const atomic_size_t *waiting)
{
    pthread_mutex_lock(&watch->lock);
    watch->on_feed = on_feed;
    watch->user = user;
    watch->waiting = waiting;
    pthread_mutex_unlock(&watch->lock);
}

void feed_watch_notify(struct feed_watch *watch, size_t entries)
{
    pthread_mutex_lock(&watch->lock);
    store_feed_observer *on_feed = watch->on_feed;
    void *user = watch->user;
    pthread_mutex_unlock(&watch->lock);
    if (on_feed != NULL)
        on_feed(user, entries);
}

static bool is_awaited(struct feed_watch *watch)
{
    pthread_mutex_lock(&watch->lock);
    const bool is_awaited = watch->waiting != NULL && atomic_load(watch->waiting) > 0;
    pthread_mutex_unlock(&watch->lock);
    return is_awaited;
}

void feed_watch_poll(struct feed_watch *watch, struct store_session *session)
{
    bool found;
    int64_t last = 0;
    if (!is_awaited(watch))
        return;
    if (query_number(query_begin(session, STATEMENT_FEED_LAST), &found, &last, NULL) != ALUNO_OK ||
        last == watch->last)
        return;
    watch->last = last;
    feed_watch_notify(watch, 1);
}
