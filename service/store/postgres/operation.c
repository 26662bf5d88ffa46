/* The ledger of operations. Its key is what makes a change once: of two transactions with the same key, in
 * whichever services, the second waits for the first, and finds its row. */
#include "session.h"

#include "protocol/error.h"
#include "protocol/identifiers.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The columns of OPERATION_FIND. */
enum { METHOD, DIGEST, REPLY, CREATE_TIME, STUDENT, STUDENTS, HASH };

static bool is_uuid(const char *text)
{
    for (int i = 0; i < 36; i++) {
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return false;
    }
    return text[36] == '\0';
}

static aluno_code read_record(const PGresult *rows, struct store_record *out, aluno_error *error)
{
    snprintf(out->method, sizeof out->method, "%s", PQgetvalue(rows, 0, METHOD));
    out->create_time = row_int(rows, 0, CREATE_TIME);
    out->student = row_int(rows, 0, STUDENT);
    out->count = row_int(rows, 0, STUDENTS);
    out->hash = (uint64_t)row_int(rows, 0, HASH);
    if (!aluno__buffer_append(&out->bytes, PQgetvalue(rows, 0, REPLY), row_size(rows, 0, REPLY)))
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    return ALUNO_OK;
}

/* A transaction that has failed takes no statement, and what it failed of is to be known. A CPF that is taken
 * has been rolled back to the savepoint. */
static bool has_failed(const struct store_session *session)
{
    return session->is_change && session->failure != FAILURE_NONE && session->failure != FAILURE_TAKEN;
}

/* Reads the row of a caller's request id; *rows is for PQclear. */
static aluno_code find_row(struct store_session *session, const char *caller, const char *request_id,
                           bool *found, PGresult **rows, aluno_error *error)
{
    *found = false;
    *rows = NULL;
    if (!is_uuid(request_id) || has_failed(session))
        return ALUNO_OK;
    struct query *query = query_begin(session, STATEMENT_OPERATION_FIND);
    query_text(query, ":request_id", request_id);
    query_text(query, ":caller", caller);
    const aluno_code code = query_run(query, rows, error);
    *found = code == ALUNO_OK && PQntuples(*rows) > 0;
    session->replayed = session->replayed || *found;
    return code;
}

static bool is_repeat(const PGresult *rows, const struct store_operation *operation)
{
    const int64_t digest = row_int(rows, 0, DIGEST);
    return row_int(rows, 0, CREATE_TIME) >= operation->since_ms &&
           strcmp(PQgetvalue(rows, 0, METHOD), operation->method) == 0 &&
           (digest == 0 || /* the student was erased */ (uint64_t)digest == operation->digest);
}

aluno_code postgres_operation_find(struct store_session *session, const struct store_operation *operation,
                                   bool *found, struct store_record *out, aluno_error *error)
{
    PGresult *rows;
    aluno_code code = find_row(session, operation->caller, operation->request_id, found, &rows, error);
    if (*found && is_repeat(rows, operation))
        code = read_record(rows, out, error);
    else if (*found && *PQgetvalue(rows, 0, METHOD) == '\0')
        code = aluno__error_set(error, ALUNO_REASON_REQUEST_CANCELLED, "%s", operation->request_id);
    else if (*found)
        code = aluno__error_set(error, ALUNO_REASON_REQUEST_ID_REUSED, "%s", operation->request_id);
    *found = *found && code == ALUNO_OK;
    PQclear(rows);
    return code;
}

static aluno_code read_found(struct store_session *session, const char *caller, const char *request_id,
                             bool *found, struct store_record *out, aluno_error *error)
{
    PGresult *rows;
    aluno_code code = find_row(session, caller, request_id, found, &rows, error);
    if (*found)
        code = read_record(rows, out, error);
    PQclear(rows);
    return code;
}

/* ---- what is open is settled ---- */

/* Takes the key, which waits for a transaction that has it: one in another service, or one whose COMMIT
 * nobody had an answer to. After that it has committed, and its row is found, or it never will. */
static aluno_code probe(struct store_session *session, const char *caller, const char *request_id,
                        aluno_error *error)
{
    struct query *query = query_begin(session, STATEMENT_OPERATION_PROBE);
    query_text(query, ":request_id", request_id);
    query_text(query, ":caller", caller);
    return query_step(query, NULL, error);
}

/* A row that is found is reported when it is as durable as this transaction, which writes. */
static aluno_code commit_durably(struct store_session *session, aluno_error *error)
{
    aluno_code code = query_defer(query_begin(session, STATEMENT_BARRIER), error);
    if (code == ALUNO_OK)
        code = session_commit(session, error);
    if (code == ALUNO_OK && session->warned)
        code = aluno__error_set(error, ALUNO_REASON_STORE_UNSETTLED, NULL);
    return code;
}

static aluno_code settle(struct store_session *session, const char *caller, const char *request_id,
                         bool *found, struct store_record *out, aluno_error *error)
{
    session_begin(session, STATEMENT_BEGIN);
    aluno_code code = query_defer(query_begin(session, STATEMENT_SAVEPOINT_OPEN), error);
    if (code == ALUNO_OK)
        code = probe(session, caller, request_id, error);
    if (code == ALUNO_OK)
        code = query_defer(query_begin(session, STATEMENT_SAVEPOINT_ROLLBACK), error);
    if (code == ALUNO_OK)
        code = read_found(session, caller, request_id, found, out, error);
    if (code == ALUNO_OK && *found)
        code = commit_durably(session, error);
    session_rollback(session);
    return code;
}

/* On a reader's session: GetOperation. */
aluno_code postgres_operation_read(struct store_session *session, const char *caller, const char *request_id,
                                   bool *found, struct store_record *out, aluno_error *error)
{
    *found = false;
    if (session->is_change || !is_uuid(request_id))
        return read_found(session, caller, request_id, found, out, error);
    const aluno_code code = settle(session, caller, request_id, found, out, error);
    if (code == ALUNO_OK || session->failure != FAILURE_LOST)
        return code;
    aluno__buffer_reset(&out->bytes);
    return settle(session, caller, request_id, found, out, error);
}

/* ---- recording ---- */

aluno_code postgres_operation_record(struct store_session *session, const struct store_operation *operation,
                                     const struct store_reply *reply, int64_t now_ms, aluno_error *error)
{
    int64_t recorded = 0;
    if (!is_uuid(operation->request_id))
        return aluno__error_set(error, ALUNO_REASON_INTERNAL_ERROR, "a request id that is no UUID");
    struct query *query = query_begin(session, STATEMENT_OPERATION_RECORD);
    query_text(query, ":request_id", operation->request_id);
    query_text(query, ":caller", operation->caller);
    query_text(query, ":method", operation->method);
    query_int(query, ":digest", (int64_t)operation->digest);
    query_int(query, ":student", reply->student);
    query_int(query, ":students", reply->count);
    query_int(query, ":hash", (int64_t)reply->hash);
    query_bytes(query, ":reply", reply->bytes, reply->size);
    query_int(query, ":now", now_ms);
    const aluno_code code = query_step(query, &recorded, error);
    session->conflicted = session->conflicted || (code == ALUNO_OK && recorded == 0);
    session->wrote = session->wrote || recorded > 0;
    return code == ALUNO_OK && recorded == 0 ? ALUNO_ALREADY_EXISTS : code;
}

aluno_code postgres_operation_cancel(struct store_session *session, const char *caller,
                                     const char *request_id, int64_t now_ms, aluno_error *error)
{
    const struct store_operation operation = {.caller = caller, .method = "", .request_id = request_id};
    const struct store_reply none = {.bytes = (const uint8_t *)""};
    return postgres_operation_record(session, &operation, &none, now_ms, error);
}

aluno_code postgres_operation_may_be_forgotten(struct store_session *session, const char *request_id,
                                               bool *forgotten, aluno_error *error)
{
    const int64_t time_ms = aluno__uuid_time(request_id);
    const bool is_known = session->in_transaction && session->knows_forgotten;
    aluno_code code = ALUNO_OK;
    *forgotten = false;
    if (time_ms < 0)
        return ALUNO_OK;
    if (!is_known && session->is_change)
        code = query_defer(query_begin(session, STATEMENT_LEDGER_SHARE), error);
    if (!is_known && code == ALUNO_OK)
        code = query_number(query_begin(session, STATEMENT_OPERATION_FORGOTTEN), &session->knows_forgotten,
                            &session->forgotten_ms, error);
    *forgotten = code == ALUNO_OK && session->knows_forgotten && time_ms <= session->forgotten_ms;
    return code;
}

static aluno_code purge(struct store_session *session, enum statement which, int64_t before_ms, int64_t limit,
                        PGresult **rows, aluno_error *error)
{
    struct query *query = query_begin(session, which);
    query_int(query, ":before", before_ms);
    query_int(query, ":limit", limit);
    return query_run(query, rows, error);
}

/* The lock, for which changes wait, is taken only when there is something to delete. */
aluno_code postgres_operation_purge(struct store_session *session, int64_t before_ms, int64_t limit,
                                    int64_t *count, aluno_error *error)
{
    PGresult *rows = NULL;
    bool found;
    int64_t oldest_ms;
    *count = 0;
    aluno_code code =
        query_number(query_begin(session, STATEMENT_OPERATION_OLDEST), &found, &oldest_ms, error);
    if (code != ALUNO_OK || !found || oldest_ms >= before_ms)
        return code;
    code = query_defer(query_begin(session, STATEMENT_LEDGER_ALONE), error);
    if (code == ALUNO_OK)
        code = purge(session, STATEMENT_OPERATION_PURGE, before_ms, limit, &rows, error);
    if (code == ALUNO_OK)
        *count = row_int(rows, 0, 0);
    session->wrote = session->wrote || *count > 0;
    session->knows_forgotten = false;
    PQclear(rows);
    return code;
}

aluno_code postgres_position_purge(struct store_session *session, int64_t before_ms, int64_t limit,
                                   int64_t *count, aluno_error *error)
{
    PGresult *rows;
    const aluno_code code = purge(session, STATEMENT_POSITION_PURGE, before_ms, limit, &rows, error);
    *count = code == ALUNO_OK ? strtoll(PQcmdTuples(rows), NULL, 10) : 0;
    session->wrote = session->wrote || *count > 0;
    PQclear(rows);
    return code;
}
