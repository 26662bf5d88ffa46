/* The ledger of operations: the changes that were made, and their replies. */
#include "session.h"

#include "protocol/error.h"

#include <stdio.h>
#include <string.h>

/* The columns of OPERATION_FIND. */
enum { METHOD, DIGEST, REPLY, CREATE_TIME };

static const char *method_of(sqlite3_stmt *row)
{
    const unsigned char *method = sqlite3_column_text(row, METHOD);
    return method != NULL ? (const char *)method : "";
}

static aluno_code append_reply(sqlite3_stmt *row, aluno__buffer *reply, aluno_error *error)
{
    const void *bytes = sqlite3_column_blob(row, REPLY);
    const size_t size = (size_t)sqlite3_column_bytes(row, REPLY);
    if (!aluno__buffer_append(reply, bytes != NULL ? bytes : "", size))
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    return ALUNO_OK;
}

/* Steps to the row of a caller's request id. The caller resets *row. */
static aluno_code find_row(struct store_session *session, const char *caller, const char *request_id,
                           bool *found, sqlite3_stmt **row, aluno_error *error)
{
    *row = session_statement(session, STATEMENT_OPERATION_FIND);
    bind_text(*row, ":request_id", request_id);
    bind_text(*row, ":caller", caller);
    const int result = sqlite3_step(*row);
    *found = result == SQLITE_ROW;
    return *found || result == SQLITE_DONE ? ALUNO_OK : session_fail(session, error);
}

static bool is_repeat(sqlite3_stmt *row, const struct store_operation *operation)
{
    return strcmp(method_of(row), operation->method) == 0 &&
           (uint64_t)sqlite3_column_int64(row, DIGEST) == operation->digest;
}

aluno_code operation_find(struct store_session *session, const struct store_operation *operation, bool *found,
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

aluno_code operation_read(struct store_session *session, const char *caller, const char *request_id,
                          bool *found, struct store_record *out, aluno_error *error)
{
    sqlite3_stmt *row;
    aluno_code code = find_row(session, caller, request_id, found, &row, error);
    if (*found) {
        snprintf(out->method, sizeof out->method, "%s", method_of(row));
        out->create_time = sqlite3_column_int64(row, CREATE_TIME);
        code = append_reply(row, &out->reply, error);
    }
    sqlite3_reset(row);
    return code;
}

aluno_code operation_record(struct store_session *session, const struct store_operation *operation,
                            const uint8_t *reply, size_t size, int64_t now_ms, aluno_error *error)
{
    sqlite3_stmt *record = session_statement(session, STATEMENT_OPERATION_RECORD);
    bind_text(record, ":request_id", operation->request_id);
    bind_text(record, ":caller", operation->caller);
    bind_text(record, ":method", operation->method);
    bind_int(record, ":digest", (int64_t)operation->digest);
    bind_blob(record, ":reply", reply, size);
    bind_int(record, ":now", now_ms);
    return session_step(session, record, error);
}

aluno_code operation_purge(struct store_session *session, int64_t before_ms, int64_t limit, int64_t *count,
                           aluno_error *error)
{
    return session_purge(session, STATEMENT_OPERATION_PURGE, before_ms, limit, count, error);
}
