/* The ledger of operations: which changes were made and what was answered. */
#include "session.h"

#include "protocol/fail.h"

#include <string.h>

static const char find_sql[] = "SELECT digest, reply FROM operation"
                               " WHERE caller = ?1 AND method = ?2 AND request_id = ?3";

static const char record_sql[] =
    "INSERT INTO operation (caller, method, request_id, digest, reply, create_time)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

/* The oldest come first, so there is no need to look at more than those that may go. */
static const char purge_sql[] = "DELETE FROM operation WHERE id IN (SELECT id FROM (SELECT id, create_time"
                                " FROM operation ORDER BY id LIMIT ?2) WHERE create_time < ?1)";

static void bind_key(sqlite3_stmt *statement, const store_operation *operation)
{
    sqlite3_bind_text(statement, 1, operation->caller, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, operation->method, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, operation->request_id, -1, SQLITE_STATIC);
}

static aluno_code run(store_session *session, sqlite3_stmt *statement, aluno_error *error)
{
    const aluno_code code = sqlite3_step(statement) == SQLITE_DONE ? ALUNO_OK : session_fail(session, error);
    sqlite3_reset(statement);
    return code;
}

/* What the ledger's row says about an operation with this digest. */
static aluno_code read_operation(sqlite3_stmt *row, const store_operation *operation, aluno_buffer *reply,
                                 aluno_error *error)
{
    if ((uint64_t)sqlite3_column_int64(row, 0) != operation->digest)
        return aluno_fail(error, ALUNO_REASON_REQUEST_ID_REUSED, "%s", operation->request_id);

    const void *bytes = sqlite3_column_blob(row, 1);
    const size_t size = (size_t)sqlite3_column_bytes(row, 1);
    if (!aluno_buffer_append(reply, bytes ? bytes : "", size))
        return aluno_fail(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    return ALUNO_OK;
}

aluno_code operation_find(store_session *session, const store_operation *operation, bool *found,
                          aluno_buffer *reply, aluno_error *error)
{
    aluno_code code = ALUNO_OK;

    *found = false;
    sqlite3_stmt *find = session_statement(session, find_sql);
    bind_key(find, operation);
    switch (sqlite3_step(find)) {
    case SQLITE_DONE:
        break;
    case SQLITE_ROW:
        code = read_operation(find, operation, reply, error);
        *found = code == ALUNO_OK;
        break;
    default:
        code = session_fail(session, error);
    }
    sqlite3_reset(find);
    return code;
}

aluno_code operation_record(store_session *session, const store_operation *operation, const uint8_t *reply,
                            size_t size, int64_t now_ms, aluno_error *error)
{
    sqlite3_stmt *record = session_statement(session, record_sql);
    bind_key(record, operation);
    sqlite3_bind_int64(record, 4, (int64_t)operation->digest);
    sqlite3_bind_blob64(record, 5, size > 0 ? reply : (const uint8_t *)"", size, SQLITE_STATIC);
    sqlite3_bind_int64(record, 6, now_ms);
    return run(session, record, error);
}

aluno_code operation_purge(store_session *session, int64_t before_ms, int64_t most, aluno_error *error)
{
    sqlite3_stmt *purge = session_statement(session, purge_sql);
    sqlite3_bind_int64(purge, 1, before_ms);
    sqlite3_bind_int64(purge, 2, most);
    return run(session, purge, error);
}
