/* The ledger of operations: which changes were made and what was answered. */
#include "session.h"

#include "protocol/error.h"

#include <stdio.h>
#include <string.h>

/* A caller's request id names one operation, whatever its method. */
static const char find_sql[] = "SELECT method, digest, reply, create_time FROM operation"
                               " WHERE request_id = ?1 AND caller = ?2";

static const char record_sql[] =
    "INSERT INTO operation (request_id, caller, method, digest, reply, create_time)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

/* The oldest come first, so there is no need to look at more than those that may go. */
static const char purge_sql[] = "DELETE FROM operation WHERE id IN (SELECT id FROM (SELECT id, create_time"
                                " FROM operation ORDER BY id LIMIT ?2) WHERE create_time < ?1)";

static const char *method_of(sqlite3_stmt *row)
{
    const unsigned char *method = sqlite3_column_text(row, 0);
    return method ? (const char *)method : "";
}

static aluno_code append_reply(sqlite3_stmt *row, aluno__buffer *reply, aluno_error *error)
{
    const void *bytes = sqlite3_column_blob(row, 2);
    const size_t size = (size_t)sqlite3_column_bytes(row, 2);
    if (!aluno__buffer_append(reply, bytes ? bytes : "", size))
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    return ALUNO_OK;
}

/* Steps to the row of a caller's request id; *row is to be reset by the caller. */
static aluno_code find_row(store_session *session, const char *caller, const char *request_id, bool *found,
                           sqlite3_stmt **row, aluno_error *error)
{
    *row = session_statement(session, find_sql);
    sqlite3_bind_text(*row, 1, request_id, -1, SQLITE_STATIC);
    sqlite3_bind_text(*row, 2, caller, -1, SQLITE_STATIC);
    const int result = sqlite3_step(*row);
    *found = result == SQLITE_ROW;
    return *found || result == SQLITE_DONE ? ALUNO_OK : session_fail(session, error);
}

static bool is_repeat(sqlite3_stmt *row, const store_operation *operation)
{
    return strcmp(method_of(row), operation->method) == 0 &&
           (uint64_t)sqlite3_column_int64(row, 1) == operation->digest;
}

aluno_code operation_find(store_session *session, const store_operation *operation, bool *found,
                          aluno__buffer *reply, aluno_error *error)
{
    sqlite3_stmt *row;
    aluno_code code = find_row(session, operation->caller, operation->request_id, found, &row, error);
    if (*found && is_repeat(row, operation))
        code = append_reply(row, reply, error);
    else if (*found)
        code = aluno__error_set(error, ALUNO_REASON_REQUEST_ID_REUSED, "%s", operation->request_id);
    *found = *found && code == ALUNO_OK;
    sqlite3_reset(row);
    return code;
}

aluno_code operation_read(store_session *session, const char *caller, const char *request_id, bool *found,
                          store_record *out, aluno_error *error)
{
    sqlite3_stmt *row;
    aluno_code code = find_row(session, caller, request_id, found, &row, error);
    if (*found) {
        snprintf(out->method, sizeof out->method, "%s", method_of(row));
        out->create_time = sqlite3_column_int64(row, 3);
        code = append_reply(row, &out->reply, error);
    }
    sqlite3_reset(row);
    return code;
}

static aluno_code run(store_session *session, sqlite3_stmt *statement, aluno_error *error)
{
    const aluno_code code = sqlite3_step(statement) == SQLITE_DONE ? ALUNO_OK : session_fail(session, error);
    sqlite3_reset(statement);
    return code;
}

aluno_code operation_record(store_session *session, const store_operation *operation, const uint8_t *reply,
                            size_t size, int64_t now_ms, aluno_error *error)
{
    sqlite3_stmt *record = session_statement(session, record_sql);
    sqlite3_bind_text(record, 1, operation->request_id, -1, SQLITE_STATIC);
    sqlite3_bind_text(record, 2, operation->caller, -1, SQLITE_STATIC);
    sqlite3_bind_text(record, 3, operation->method, -1, SQLITE_STATIC);
    sqlite3_bind_int64(record, 4, (int64_t)operation->digest);
    sqlite3_bind_blob64(record, 5, size > 0 ? reply : (const uint8_t *)"", size, SQLITE_STATIC);
    sqlite3_bind_int64(record, 6, now_ms);
    return run(session, record, error);
}

aluno_code operation_purge(store_session *session, int64_t before_ms, int64_t most, int64_t *forgotten,
                           aluno_error *error)
{
    sqlite3_stmt *purge = session_statement(session, purge_sql);
    sqlite3_bind_int64(purge, 1, before_ms);
    sqlite3_bind_int64(purge, 2, most);
    const aluno_code code = run(session, purge, error);
    *forgotten = code == ALUNO_OK ? sqlite3_changes64(session->db) : 0;
    return code;
}
