/* The ledger of operations: the changes that were made, and what is kept of their replies. */
#include "interned.h"
#include "session.h"

#include "protocol/error.h"
#include "protocol/identifiers.h"
#include "uuid.h"

#include <stdio.h>
#include <string.h>

/* The columns of OPERATION_FIND. */
enum { METHOD, DIGEST, REPLY, CREATE_TIME, STUDENT, STUDENTS, HASH };

enum { NO_METHOD = 0 }; /* of a cancelled operation; no name has this number */

static const char *method_of(sqlite3_stmt *row)
{
    const unsigned char *method = sqlite3_column_text(row, METHOD);
    return method != NULL ? (const char *)method : "";
}

static aluno_code read_record(sqlite3_stmt *row, struct store_record *out, aluno_error *error)
{
    const void *bytes = sqlite3_column_blob(row, REPLY);
    const size_t size = (size_t)sqlite3_column_bytes(row, REPLY);
    snprintf(out->method, sizeof out->method, "%s", method_of(row));
    out->create_time = sqlite3_column_int64(row, CREATE_TIME);
    out->student = sqlite3_column_int64(row, STUDENT);
    out->count = sqlite3_column_int64(row, STUDENTS);
    out->hash = (uint64_t)sqlite3_column_int64(row, HASH);
    if (!aluno__buffer_append(&out->bytes, bytes != NULL ? bytes : "", size))
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    return ALUNO_OK;
}

/* Steps to the row of a caller's request id. The caller resets *row. */
static aluno_code find_row(struct store_session *session, const char *caller, const char *request_id,
                           bool *found, sqlite3_stmt **row, aluno_error *error)
{
    uint8_t id[UUID_SIZE];
    *found = false;
    *row = session_statement(session, STATEMENT_OPERATION_FIND);
    if (!uuid_parse(request_id, id))
        return ALUNO_OK;
    bind_blob(*row, ":request_id", id, sizeof id);
    bind_text(*row, ":caller", caller);
    const int result = sqlite3_step(*row);
    *found = result == SQLITE_ROW;
    return *found || result == SQLITE_DONE ? ALUNO_OK : session_fail(session, error);
}

static bool is_repeat(sqlite3_stmt *row, const struct store_operation *operation)
{
    return sqlite3_column_int64(row, CREATE_TIME) >= operation->since_ms &&
           strcmp(method_of(row), operation->method) == 0 &&
           (sqlite3_column_int64(row, DIGEST) == 0 || /* the student was erased */
            (uint64_t)sqlite3_column_int64(row, DIGEST) == operation->digest);
}

aluno_code sqlite_operation_find(struct store_session *session, const struct store_operation *operation,
                                 bool *found, struct store_record *out, aluno_error *error)
{
    sqlite3_stmt *row;
    aluno_code code = find_row(session, operation->caller, operation->request_id, found, &row, error);
    if (*found && is_repeat(row, operation))
        code = read_record(row, out, error);
    else if (*found && *method_of(row) == '\0')
        code = aluno__error_set(error, ALUNO_REASON_REQUEST_CANCELLED, "%s", operation->request_id);
    else if (*found)
        code = aluno__error_set(error, ALUNO_REASON_REQUEST_ID_REUSED, "%s", operation->request_id);
    *found = *found && code == ALUNO_OK;
    sqlite3_reset(row);
    return code;
}

aluno_code sqlite_operation_read(struct store_session *session, const char *caller, const char *request_id,
                                 bool *found, struct store_record *out, aluno_error *error)
{
    sqlite3_stmt *row;
    aluno_code code = find_row(session, caller, request_id, found, &row, error);
    if (*found)
        code = read_record(row, out, error);
    sqlite3_reset(row);
    return code;
}

aluno_code sqlite_operation_record(struct store_session *session, const struct store_operation *operation,
                                   const struct store_reply *reply, int64_t now_ms, aluno_error *error)
{
    uint8_t id[UUID_SIZE];
    int64_t caller, method = NO_METHOD;
    if (!uuid_parse(operation->request_id, id))
        return aluno__error_set(error, ALUNO_REASON_INTERNAL_ERROR, "a request id that is no UUID");
    aluno_code code = interned_id(session, operation->caller, &caller, error);
    if (code == ALUNO_OK && *operation->method != '\0')
        code = interned_id(session, operation->method, &method, error);
    if (code != ALUNO_OK)
        return code;
    sqlite3_stmt *record = session_statement(session, STATEMENT_OPERATION_RECORD);
    bind_blob(record, ":request_id", id, sizeof id);
    bind_int(record, ":caller", caller);
    bind_int(record, ":method", method);
    bind_int(record, ":digest", (int64_t)operation->digest);
    bind_int(record, ":student", reply->student);
    bind_int(record, ":students", reply->count);
    bind_int(record, ":hash", (int64_t)reply->hash);
    bind_blob(record, ":reply", reply->bytes, reply->size);
    bind_int(record, ":now", now_ms);
    code = session_step(session, record, error);
    return code == ALUNO_OK && sqlite3_changes64(session->db) == 0 ? ALUNO_ALREADY_EXISTS : code;
}

aluno_code sqlite_operation_cancel(struct store_session *session, const char *caller, const char *request_id,
                                   int64_t now_ms, aluno_error *error)
{
    const struct store_operation operation = {.caller = caller, .method = "", .request_id = request_id};
    const struct store_reply none = {.bytes = (const uint8_t *)""};
    return sqlite_operation_record(session, &operation, &none, now_ms, error);
}

/* Only the writer changes that time, so its session keeps it: each change asks. */
static aluno_code read_forgotten(struct store_session *session, int64_t *time_ms, aluno_error *error)
{
    struct forgotten *kept = &session->forgotten;
    bool found;
    if (kept->is_known && kept->rollbacks == session->rollbacks) {
        *time_ms = kept->time_ms;
        return ALUNO_OK;
    }
    const aluno_code code = session_step_number(
        session, session_statement(session, STATEMENT_OPERATION_FORGOTTEN), &found, time_ms, error);
    *kept = (struct forgotten){session->is_writer && code == ALUNO_OK, session->rollbacks, *time_ms};
    return code;
}

aluno_code sqlite_operation_may_be_forgotten(struct store_session *session, const char *request_id,
                                             bool *forgotten, aluno_error *error)
{
    const int64_t time_ms = aluno__uuid_time(request_id);
    int64_t purged_ms = 0;
    *forgotten = false;
    if (time_ms < 0)
        return ALUNO_OK;
    const aluno_code code = read_forgotten(session, &purged_ms, error);
    *forgotten = time_ms <= purged_ms;
    return code;
}

/* ---- purging ---- */

/* The latest time in the request ids that a purge will delete; 0 when there is none. */
static aluno_code purged_time(struct store_session *session, int64_t before_ms, int64_t limit,
                              int64_t *time_ms, aluno_error *error)
{
    enum { TIME_SIZE = 6 };
    sqlite3_stmt *latest = session_statement(session, STATEMENT_OPERATION_PURGED_TIME);
    bind_int(latest, ":before", before_ms);
    bind_int(latest, ":limit", limit);
    const bool found = sqlite3_step(latest) == SQLITE_ROW;
    const uint8_t *bytes = found ? sqlite3_column_blob(latest, 0) : NULL;
    *time_ms = 0;
    for (int i = 0; bytes != NULL && i < TIME_SIZE && i < sqlite3_column_bytes(latest, 0); i++)
        *time_ms = *time_ms << 8 | bytes[i];
    const aluno_code code = found ? ALUNO_OK : session_fail(session, error);
    sqlite3_reset(latest);
    return code;
}

static aluno_code forget(struct store_session *session, int64_t time_ms, aluno_error *error)
{
    sqlite3_stmt *update = session_statement(session, STATEMENT_OPERATION_FORGET);
    bind_int(update, ":time", time_ms);
    session->forgotten.is_known = false;
    return session_step(session, update, error);
}

aluno_code sqlite_operation_purge(struct store_session *session, int64_t before_ms, int64_t limit,
                                  int64_t *count, aluno_error *error)
{
    int64_t time_ms;
    *count = 0;
    aluno_code code = purged_time(session, before_ms, limit, &time_ms, error);
    if (code == ALUNO_OK && time_ms > 0)
        code = forget(session, time_ms, error);
    if (code == ALUNO_OK)
        code = session_purge(session, STATEMENT_OPERATION_PURGE, before_ms, limit, count, error);
    return code;
}
