/* The statements about one student. */
#include "student.h"

#include "feed.h"
#include "protocol/error.h"
#include "search_builder.h"
#include "search_index.h"
#include "search_posting.h"

#include <aluno/values.h>

#include <stdlib.h>

/* Maps the failure of the last statement on this session to an error for its caller. */
static aluno_code fail_write(struct store_session *session, aluno_error *error)
{
    const bool is_taken = sqlite3_extended_errcode(session->db) == SQLITE_CONSTRAINT_UNIQUE;
    return is_taken ? aluno__error_set(error, ALUNO_REASON_CPF_TAKEN, NULL) : session_fail(session, error);
}

/* Steps and resets a statement that returns the student it is about, or no row when there is none. */
static aluno_code step_student(struct store_session *session, sqlite3_stmt *statement, aluno_student *out,
                               aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    int result = sqlite3_step(statement);
    if (result == SQLITE_DONE) {
        code = aluno__error_set(error, ALUNO_REASON_STUDENT_NOT_FOUND, NULL);
    } else if (result == SQLITE_ROW) {
        code = student_read(statement, out, error);
        result = sqlite3_step(statement);
    }
    if (result != SQLITE_DONE)
        code = fail_write(session, error);
    sqlite3_reset(statement);
    return code;
}

/* Steps and resets the INSERT of a student, and fills *out with what it stored. Without RETURNING, which
 * writes the row to a table of its own first. */
static aluno_code step_insert(struct store_session *session, sqlite3_stmt *insert,
                              const aluno_student *student, int64_t now_ms, aluno_student *out,
                              aluno_error *error)
{
    const bool done = sqlite3_step(insert) == SQLITE_DONE;
    const aluno_code code = done ? ALUNO_OK : fail_write(session, error);
    sqlite3_reset(insert);
    if (!done)
        return code;
    session->live_added++;
    student_copy(out, student);
    ALUNO_SET(*out, id, sqlite3_last_insert_rowid(session->db));
    ALUNO_SET_TEXT(*out, etag, "1");
    ALUNO_SET(*out, create_time, now_ms);
    ALUNO_SET(*out, update_time, now_ms);
    return ALUNO_OK;
}

/* Binds *fields of the student. Free *folded, which the statement refers to, when it has been stepped. */
static aluno_code bind_student(sqlite3_stmt *statement, const aluno_student *student,
                               const aluno_student_has *fields, char **folded, aluno_error *error)
{
    const bool names_it = fields->name && student->has.name;
    *folded = names_it ? aluno_fold(student->name) : NULL;
    if (names_it && *folded == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    bind_text(statement, ":name_folded", *folded);
    student_bind(statement, student, fields);
    return ALUNO_OK;
}

aluno_code sqlite_student_insert(struct store_session *session, const aluno_student *student, int64_t now_ms,
                                 aluno_student *out, aluno_error *error)
{
    sqlite3_stmt *insert = session_statement(session, STATEMENT_STUDENT_INSERT);
    char *folded;
    bind_int(insert, ":now", now_ms);
    aluno_code code = bind_student(insert, student, &student->has, &folded, error);
    if (code == ALUNO_OK)
        code = step_insert(session, insert, student, now_ms, out, error);
    free(folded);
    if (code != ALUNO_OK)
        return code;
    if (offset_of(out->id) == 0) /* the segment before it is full */
        search_builder_start(session->builder);
    code = search_index_time(session, out->id, now_ms, error);
    return code == ALUNO_OK ? feed_add_student(session, FEED_CREATED, out, true, error) : code;
}

aluno_code sqlite_student_update(struct store_session *session, int64_t id, const aluno_student *changes,
                                 const aluno_student_has *fields, int64_t now_ms, aluno_student *out,
                                 aluno_error *error)
{
    sqlite3_stmt *update = session_statement(session, STATEMENT_STUDENT_UPDATE);
    bind_int(update, ":id", id);
    char *folded = NULL;
    bind_int(update, ":now", now_ms);
    student_bind_named(update, fields);
    aluno_code code = search_index_remove(session, id, fields, error);
    if (code == ALUNO_OK)
        code = bind_student(update, changes, fields, &folded, error);
    if (code == ALUNO_OK)
        code = step_student(session, update, out, error);
    free(folded);
    if (code == ALUNO_OK)
        code = search_index_add(session, id, fields, error);
    if (code != ALUNO_OK)
        return code;
    return feed_add_student(session, FEED_UPDATED, out, fields->br_document || fields->email, error);
}

aluno_code sqlite_student_by_id(struct store_session *session, int64_t id, enum store_scope scope,
                                aluno_student *out, aluno_error *error)
{
    sqlite3_stmt *select = session_statement(session, STATEMENT_STUDENT_BY_ID);
    bind_int(select, ":id", id);
    bind_int(select, ":with_removed", scope == STORE_WITH_REMOVED);
    return step_student(session, select, out, error);
}

/* A student is read from this process's memory, or its own disk. */
aluno_code sqlite_student_fetch(struct store_session *session, const int64_t *ids, size_t count,
                                aluno_error *error)
{
    (void)session, (void)ids, (void)count, (void)error;
    return ALUNO_OK;
}

static aluno_code find_document(struct store_session *session, enum statement which, const char *br_document,
                                aluno_student *out, aluno_error *error)
{
    sqlite3_stmt *select = session_statement(session, which);
    bind_text(select, ":br_document", br_document);
    return step_student(session, select, out, error);
}

aluno_code sqlite_student_by_document(struct store_session *session, const char *br_document,
                                      enum store_scope scope, aluno_student *out, aluno_error *error)
{
    const aluno_code code = find_document(session, STATEMENT_STUDENT_BY_DOCUMENT, br_document, out, error);
    if (code != ALUNO_NOT_FOUND || scope == STORE_PRESENT)
        return code;
    return find_document(session, STATEMENT_STUDENT_REMOVED_BY_DOCUMENT, br_document, out, error);
}

/* Steps and resets a statement that returns students. */
static aluno_code hand_over(struct store_session *session, sqlite3_stmt *select, int64_t limit,
                            struct store_page *page, aluno_error *error)
{
    aluno_student student;
    aluno_code code = ALUNO_OK;
    int result;
    bind_int(select, ":limit", limit);
    while (code == ALUNO_OK && (result = sqlite3_step(select)) == SQLITE_ROW) {
        code = student_read(select, &student, error);
        if (code == ALUNO_OK)
            page->add(page, &student);
    }
    if (code == ALUNO_OK && result != SQLITE_DONE)
        code = session_fail(session, error);
    sqlite3_reset(select);
    return code;
}

aluno_code sqlite_student_namesakes(struct store_session *session, const char *name, int64_t limit,
                                    struct store_page *page, aluno_error *error)
{
    char *folded = aluno_fold(name);
    if (folded == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    sqlite3_stmt *select = session_statement(session, STATEMENT_STUDENT_NAMESAKES);
    bind_text(select, ":name_folded", folded);
    const aluno_code code = hand_over(session, select, limit, page, error);
    free(folded);
    return code;
}

aluno_code sqlite_student_by_documents(struct store_session *session, const char *documents, int64_t limit,
                                       struct store_page *page, aluno_error *error)
{
    sqlite3_stmt *select = session_statement(session, STATEMENT_STUDENT_BY_DOCUMENTS);
    bind_text(select, ":documents", documents);
    return hand_over(session, select, limit, page, error);
}

aluno_code sqlite_student_all_of_document(struct store_session *session, const char *br_document,
                                          int64_t limit, struct store_page *page, aluno_error *error)
{
    sqlite3_stmt *select = session_statement(session, STATEMENT_STUDENTS_OF_DOCUMENT);
    bind_text(select, ":br_document", br_document);
    return hand_over(session, select, limit, page, error);
}

aluno_code sqlite_student_removed_before(struct store_session *session, int64_t before_ms, int64_t limit,
                                         struct store_page *page, aluno_error *error)
{
    sqlite3_stmt *select = session_statement(session, STATEMENT_STUDENTS_REMOVED_BEFORE);
    bind_int(select, ":before", before_ms);
    return hand_over(session, select, limit, page, error);
}

/* Removes a student or restores it, by an UPDATE that takes its id and the time. */
static aluno_code mark(struct store_session *session, enum statement which, int64_t id, int64_t now_ms,
                       aluno_student *out, aluno_error *error)
{
    const bool is_removal = which == STATEMENT_STUDENT_REMOVE;
    sqlite3_stmt *update = session_statement(session, which);
    bind_int(update, ":id", id);
    bind_int(update, ":now", now_ms);
    aluno_code code = step_student(session, update, out, error);
    if (code != ALUNO_OK)
        return code;
    session->live_added += is_removal ? -1 : 1;
    code = search_index_mark(session, id, is_removal, error);
    if (code != ALUNO_OK)
        return code;
    return feed_add_student(session, is_removal ? FEED_REMOVED : FEED_RESTORED, out, false, error);
}

aluno_code sqlite_student_remove(struct store_session *session, int64_t id, int64_t now_ms,
                                 aluno_student *out, aluno_error *error)
{
    return mark(session, STATEMENT_STUDENT_REMOVE, id, now_ms, out, error);
}

aluno_code sqlite_student_restore(struct store_session *session, int64_t id, int64_t now_ms,
                                  aluno_student *out, aluno_error *error)
{
    return mark(session, STATEMENT_STUDENT_RESTORE, id, now_ms, out, error);
}
