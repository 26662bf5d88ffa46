/* The feed of changes. A row is added in the transaction of its change; there is one writer, so rows become
 * visible in the order of their places. */
#include "feed.h"

#include "driver.h"
#include "protocol/error.h"
#include "search_match.h"

#include <aluno/values.h>

#include <stdlib.h>

aluno_code feed_add(struct store_session *session, const struct feed_entry *entry, aluno_error *error)
{
    sqlite3_stmt *add = session_statement(session, STATEMENT_FEED_ADD);
    bind_int(add, ":student_id", entry->student_id);
    bind_int(add, ":kind", entry->kind);
    bind_int(add, ":revision", entry->revision);
    bind_int(add, ":time", entry->time_ms);
    bind_int(add, ":is_identity", entry->is_identity);
    session->feed_added++;
    return session_step(session, add, error);
}

aluno_code feed_add_student(struct store_session *session, enum feed_kind kind, const aluno_student *student,
                            bool is_identity, aluno_error *error)
{
    const struct feed_entry entry = {.student_id = student->id,
                                     .kind = kind,
                                     .revision = strtoll(student->etag, NULL, 10),
                                     .time_ms = student->update_time,
                                     .is_identity = is_identity};
    return feed_add(session, &entry, error);
}

/* Reads an entry from the columns of FEED_COLUMNS, the first of which is `column`. */
static struct feed_entry read_entry(sqlite3_stmt *row, int column)
{
    return (struct feed_entry){
        .place = sqlite3_column_int64(row, column),
        .student_id = sqlite3_column_int64(row, column + 1),
        .kind = (enum feed_kind)sqlite3_column_int(row, column + 2),
        .revision = sqlite3_column_int64(row, column + 3),
        .time_ms = sqlite3_column_int64(row, column + 4),
        .is_identity = sqlite3_column_int(row, column + 5) != 0,
    };
}

aluno_code sqlite_feed_read_state(struct store_session *session, struct feed_state *state, aluno_error *error)
{
    sqlite3_stmt *read = session_statement(session, STATEMENT_FEED_STATE);
    const bool found = sqlite3_step(read) == SQLITE_ROW;
    *state = (struct feed_state){.feed = 0};
    if (found)
        *state = (struct feed_state){.feed = sqlite3_column_int64(read, 0),
                                     .purged = sqlite3_column_int64(read, 1),
                                     .last = read_entry(read, 2)};
    const aluno_code code = found ? ALUNO_OK : session_fail(session, error);
    sqlite3_reset(read);
    return code;
}

aluno_code sqlite_feed_read(struct store_session *session, int64_t after, int64_t limit,
                            struct feed_rows *rows, aluno_error *error)
{
    sqlite3_stmt *read = session_statement(session, STATEMENT_FEED_READ);
    int result;
    bool more = true;
    bind_int(read, ":after", after);
    bind_int(read, ":limit", limit);
    while (more && (result = sqlite3_step(read)) == SQLITE_ROW) {
        const struct feed_entry entry = read_entry(read, 0);
        more = rows->add(rows, &entry);
    }
    const aluno_code code = !more || result == SQLITE_DONE ? ALUNO_OK : session_fail(session, error);
    sqlite3_reset(read);
    return code;
}

/* The bound comes first: a feed whose purge is undone in part must not seem whole. */
aluno_code sqlite_feed_purge(struct store_session *session, int64_t before_ms, int64_t limit, int64_t *count,
                             aluno_error *error)
{
    sqlite3_stmt *bound = session_statement(session, STATEMENT_FEED_BOUND);
    bool found;
    int64_t up_to = 0;
    bind_int(bound, ":before", before_ms);
    bind_int(bound, ":limit", limit);
    *count = 0;
    aluno_code code = session_step_number(session, bound, &found, &up_to, error);
    if (code != ALUNO_OK || up_to == 0)
        return code;
    sqlite3_stmt *purged = session_statement(session, STATEMENT_FEED_PURGED);
    bind_int(purged, ":up_to", up_to);
    code = session_step(session, purged, error);
    if (code != ALUNO_OK)
        return code;
    sqlite3_stmt *purge = session_statement(session, STATEMENT_FEED_PURGE);
    bind_int(purge, ":up_to", up_to);
    code = session_step(session, purge, error);
    *count = sqlite3_changes64(session->db);
    return code;
}

aluno_code sqlite_student_matches(struct store_session *session, const struct store_search *search,
                                  int64_t id, int64_t before, bool *matches, aluno_error *error)
{
    char *words = *search->words != '\0' ? aluno_fold(search->words) : NULL;
    sqlite3_stmt *select = session_statement(session, STATEMENT_STUDENT_MATCHES);
    bool found;
    int64_t count = 0;
    if (*search->words != '\0' && words == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    search_bind(select, search, words);
    bind_int(select, ":id", id);
    bind_int(select, ":revision", before == 0 ? INT64_MAX : before - 1);
    const aluno_code code = session_step_number(session, select, &found, &count, error);
    *matches = count > 0;
    free(words);
    return code;
}

aluno_code sqlite_store_snapshot_open(struct store_session *session, aluno_error *error)
{
    return savepoint_open(session, error);
}

aluno_code sqlite_store_snapshot_close(struct store_session *session, aluno_error *error)
{
    return savepoint_release(session, error);
}
