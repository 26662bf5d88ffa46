/* The statements of students. */
#include "student.h"

#include "protocol/error.h"

#include <aluno/values.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char insert_sql[] =
    "INSERT INTO student (name, name_folded, age, br_document, email, create_time, update_time)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) RETURNING " STUDENT_COLUMNS;

/* ?2: whether removed students count too. */
static const char by_id_sql[] =
    "SELECT " STUDENT_COLUMNS " FROM student WHERE id = ?1 AND (?2 OR delete_time IS NULL)";

static const char by_document_sql[] =
    "SELECT " STUDENT_COLUMNS " FROM student WHERE br_document = ?1 AND delete_time IS NULL";

static const char removed_by_document_sql[] =
    "SELECT " STUDENT_COLUMNS " FROM student WHERE br_document = ?1 AND delete_time IS NOT NULL"
    " ORDER BY delete_time DESC, id DESC LIMIT 1";

/* NULL keeps what is there. */
static const char update_sql[] = "UPDATE student SET name = coalesce(?2, name), name_folded = coalesce(?3, "
                                 "name_folded), age = coalesce(?4, age),"
                                 " br_document = coalesce(?5, br_document), email = coalesce(?6, email), "
                                 "revision = revision + 1, update_time = ?7"
                                 " WHERE id = ?1 AND delete_time IS NULL RETURNING " STUDENT_COLUMNS;

static const char remove_sql[] =
    "UPDATE student SET revision = revision + 1, update_time = ?2, delete_time = ?2"
    " WHERE id = ?1 AND delete_time IS NULL RETURNING " STUDENT_COLUMNS;

static const char restore_sql[] =
    "UPDATE student SET revision = revision + 1, update_time = ?2, delete_time = NULL"
    " WHERE id = ?1 AND delete_time IS NOT NULL RETURNING " STUDENT_COLUMNS;

static const char *column_text(sqlite3_stmt *row, int column)
{
    const unsigned char *text = sqlite3_column_text(row, column);
    return text ? (const char *)text : "";
}

/* False when a text is longer than the contract allows, which the schema's CHECKs exclude. */
static bool read_columns(sqlite3_stmt *row, aluno_student *out)
{
    aluno_clear(&aluno_student_type, out);
    ALUNO_SET(*out, id, sqlite3_column_int64(row, 0));
    ALUNO_SET(*out, age, sqlite3_column_int64(row, 2));
    ALUNO_SET(*out, create_time, sqlite3_column_int64(row, 6));
    ALUNO_SET(*out, update_time, sqlite3_column_int64(row, 7));
    if (sqlite3_column_type(row, 8) != SQLITE_NULL)
        ALUNO_SET(*out, delete_time, sqlite3_column_int64(row, 8));
    return ALUNO_SET_TEXT(*out, name, column_text(row, 1)) &&
           ALUNO_SET_TEXT(*out, br_document, column_text(row, 3)) &&
           ALUNO_SET_TEXT(*out, email, column_text(row, 4)) &&
           ALUNO_SET_TEXT(*out, etag, column_text(row, 5));
}

aluno_code student_read(sqlite3_stmt *row, aluno_student *out, aluno_error *error)
{
    if (read_columns(row, out))
        return ALUNO_OK;
    return aluno__error_set(error, ALUNO_REASON_STORE_CORRUPT, "student %" PRId64, out->id);
}

/* Runs a statement that gives the one student it is about, or none when there is no such student. */
static aluno_code step_student(store_session *session, sqlite3_stmt *statement, aluno_student *out,
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
    if (result != SQLITE_DONE) {
        const bool is_taken = sqlite3_extended_errcode(session->db) == SQLITE_CONSTRAINT_UNIQUE;
        code =
            is_taken ? aluno__error_set(error, ALUNO_REASON_CPF_TAKEN, NULL) : session_fail(session, error);
    }
    sqlite3_reset(statement);
    return code;
}

/* Texts are bound without a copy: they outlive the step, and such a binding cannot run out of memory. */
static void bind_text(sqlite3_stmt *statement, int parameter, const char *text)
{
    sqlite3_bind_text(statement, parameter, text, -1, SQLITE_STATIC);
}

aluno_code student_insert(store_session *session, const aluno_student *student, int64_t now_ms,
                          aluno_student *out, aluno_error *error)
{
    char *folded = aluno_fold(student->name);
    if (!folded)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);

    sqlite3_stmt *insert = session_statement(session, insert_sql);
    bind_text(insert, 1, student->name);
    bind_text(insert, 2, folded);
    sqlite3_bind_int64(insert, 3, student->age);
    bind_text(insert, 4, student->br_document);
    bind_text(insert, 5, student->email);
    sqlite3_bind_int64(insert, 6, now_ms);
    const aluno_code code = step_student(session, insert, out, error);
    free(folded);
    return code;
}

aluno_code student_by_id(store_session *session, int64_t id, store_scope scope, aluno_student *out,
                         aluno_error *error)
{
    sqlite3_stmt *select = session_statement(session, by_id_sql);
    sqlite3_bind_int64(select, 1, id);
    sqlite3_bind_int(select, 2, scope == STORE_WITH_REMOVED);
    return step_student(session, select, out, error);
}

static aluno_code find_document(store_session *session, const char *sql, const char *br_document,
                                aluno_student *out, aluno_error *error)
{
    sqlite3_stmt *select = session_statement(session, sql);
    bind_text(select, 1, br_document);
    return step_student(session, select, out, error);
}

aluno_code student_by_document(store_session *session, const char *br_document, store_scope scope,
                               aluno_student *out, aluno_error *error)
{
    const aluno_code code = find_document(session, by_document_sql, br_document, out, error);
    if (code != ALUNO_NOT_FOUND || scope == STORE_PRESENT)
        return code;
    return find_document(session, removed_by_document_sql, br_document, out, error);
}

aluno_code student_update(store_session *session, int64_t id, const aluno_student *changes, int64_t now_ms,
                          aluno_student *out, aluno_error *error)
{
    char *folded = changes->has.name ? aluno_fold(changes->name) : NULL;
    if (changes->has.name && !folded)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);

    sqlite3_stmt *update = session_statement(session, update_sql);
    sqlite3_bind_int64(update, 1, id);
    bind_text(update, 2, changes->has.name ? changes->name : NULL);
    bind_text(update, 3, folded);
    if (changes->has.age)
        sqlite3_bind_int64(update, 4, changes->age);
    else
        sqlite3_bind_null(update, 4);
    bind_text(update, 5, changes->has.br_document ? changes->br_document : NULL);
    bind_text(update, 6, changes->has.email ? changes->email : NULL);
    sqlite3_bind_int64(update, 7, now_ms);
    const aluno_code code = step_student(session, update, out, error);
    free(folded);
    return code;
}

/* Runs an UPDATE of one student that takes its id and the time. */
static aluno_code mark(store_session *session, const char *sql, int64_t id, int64_t now_ms,
                       aluno_student *out, aluno_error *error)
{
    sqlite3_stmt *update = session_statement(session, sql);
    sqlite3_bind_int64(update, 1, id);
    sqlite3_bind_int64(update, 2, now_ms);
    return step_student(session, update, out, error);
}

aluno_code student_remove(store_session *session, int64_t id, int64_t now_ms, aluno_student *out,
                          aluno_error *error)
{
    return mark(session, remove_sql, id, now_ms, out, error);
}

aluno_code student_restore(store_session *session, int64_t id, int64_t now_ms, aluno_student *out,
                           aluno_error *error)
{
    return mark(session, restore_sql, id, now_ms, out, error);
}
