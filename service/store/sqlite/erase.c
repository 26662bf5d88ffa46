/* Erases a student from every table. The bytes go, too: a connection that writes overwrites what it deletes
 * (secure_delete, session.c), and the log, which has the pages as they were, is emptied (checkpoint.c). */
#include "erase.h"

#include "feed.h"
#include "protocol/error.h"
#include "search_builder.h"
#include "search_index.h"

static sqlite3_stmt *bind_id(struct store_session *session, enum statement which, int64_t id)
{
    sqlite3_stmt *statement = session_statement(session, which);
    bind_int(statement, ":id", id);
    return statement;
}

/* Steps a statement about a student; adds the number of rows that it changed to *count. */
static aluno_code change_rows(struct store_session *session, enum statement which, int64_t id, int64_t *count,
                              aluno_error *error)
{
    const aluno_code code = session_step(session, bind_id(session, which, id), error);
    if (code == ALUNO_OK && count != NULL)
        *count += sqlite3_changes64(session->db);
    return code;
}

/* NOT_FOUND when the id is that of another student, who got it after a restore. */
static aluno_code check_student(struct store_session *session, const struct store_tombstone *tombstone,
                                bool *is_removed, aluno_error *error)
{
    aluno_student student;
    const aluno_code code = sqlite_student_by_id(session, tombstone->id, STORE_WITH_REMOVED, &student, error);
    if (code != ALUNO_OK)
        return code;
    *is_removed = student.has.delete_time;
    if (student.create_time != tombstone->create_time)
        return aluno__error_set(error, ALUNO_REASON_STUDENT_NOT_FOUND, NULL);
    return ALUNO_OK;
}

aluno_code tombstone_add(struct store_session *session, const struct store_tombstone *tombstone,
                         aluno_error *error)
{
    sqlite3_stmt *add = bind_id(session, STATEMENT_TOMBSTONE_ADD, tombstone->id);
    bind_int(add, ":create_time", tombstone->create_time);
    bind_int(add, ":now", tombstone->erase_time);
    bind_text(add, ":caller", tombstone->caller);
    bind_text(add, ":reason", tombstone->reason);
    return session_step(session, add, error);
}

aluno_code sqlite_student_erase(struct store_session *session, const struct store_tombstone *tombstone,
                                struct store_erased *erased, aluno_error *error)
{
    const int64_t id = tombstone->id;
    bool is_removed;
    aluno_code code = check_student(session, tombstone, &is_removed, error);
    if (code == ALUNO_OK)
        code = search_index_erase(session, id, error);
    if (code == ALUNO_OK)
        code = change_rows(session, STATEMENT_ERASE_POSITIONS, id, &erased->positions, error);
    if (code == ALUNO_OK)
        code = change_rows(session, STATEMENT_ERASE_OPERATIONS, id, &erased->operations, error);
    if (code == ALUNO_OK)
        code = change_rows(session, STATEMENT_ERASE_CLOCK_STEP, id, NULL, error);
    if (code == ALUNO_OK)
        code = change_rows(session, STATEMENT_ERASE_STUDENT, id, NULL, error);
    if (code == ALUNO_OK) /* the student after it now follows the one before it */
        code = change_rows(session, STATEMENT_CLOCK_STEP_AFTER, id, NULL, error);
    if (code == ALUNO_OK)
        code = tombstone_add(session, tombstone, error);
    const struct feed_entry entry = {.student_id = id, .kind = FEED_ERASED, .time_ms = tombstone->erase_time};
    if (code == ALUNO_OK)
        code = feed_add(session, &entry, error);
    if (code != ALUNO_OK)
        return code;
    search_builder_restart(session->builder);
    session->live_added -= !is_removed;
    session->last_id = -1;
    atomic_store(&session->log_holds_erased, true);
    return ALUNO_OK;
}
