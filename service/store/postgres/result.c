/* Errors by SQLSTATE (postgresql.org/docs/current/errcodes-appendix.html), and values of rows in their binary
 * form. */
#include "result.h"

#include "log.h"
#include "protocol/error.h"

#include <endian.h>
#include <string.h>

static const struct {
    const char *state; /* or how it begins */
    enum session_failure failure;
    aluno_reason reason;
} meanings[] = {
    {"23505", FAILURE_TAKEN, ALUNO_REASON_CPF_TAKEN},
    {"40", FAILURE_RETRY, ALUNO_REASON_STORE_BUSY},    /* a deadlock, a conflict */
    {"55P03", FAILURE_RETRY, ALUNO_REASON_STORE_BUSY}, /* lock_timeout */
    {"57014", FAILURE_OTHER, ALUNO_REASON_DEADLINE_PASSED},
    {"25P03", FAILURE_LOST, ALUNO_REASON_STORE_UNREACHABLE}, /* it was idle in its transaction for too long */
    {"25006", FAILURE_LOST, ALUNO_REASON_STORE_UNREACHABLE}, /* no primary any more */
    {"57P", FAILURE_LOST, ALUNO_REASON_STORE_UNREACHABLE},   /* it starts, stops, or crashed */
    {"08", FAILURE_LOST, ALUNO_REASON_STORE_UNREACHABLE},
    {"53100", FAILURE_OTHER, ALUNO_REASON_STORE_FULL},
    {"53", FAILURE_LOST, ALUNO_REASON_STORE_BUSY}, /* too many connections, too little memory */
    {"XX001", FAILURE_OTHER, ALUNO_REASON_STORE_CORRUPT},
    {"XX002", FAILURE_OTHER, ALUNO_REASON_STORE_CORRUPT},
};

aluno_code fail_unreachable(aluno_error *error)
{
    enum { RETRY_AFTER_MS = 500 };
    const aluno_code code = aluno__error_set(error, ALUNO_REASON_STORE_UNREACHABLE, NULL);
    if (error != NULL)
        ALUNO_SET(*error, retry_after_ms, RETRY_AFTER_MS);
    return code;
}

bool result_is_fine(const PGresult *result)
{
    const ExecStatusType status = PQresultStatus(result);
    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

/* The message may quote values of a student; the state and the constraint's name do not. */
static void log_failure(const PGresult *result, const char *state, aluno_reason reason)
{
    const bool is_grave = reason == ALUNO_REASON_INTERNAL_ERROR || reason == ALUNO_REASON_STORE_FULL ||
                          reason == ALUNO_REASON_STORE_CORRUPT;
    if (is_grave)
        log_line(LOG_ERROR, "The database failed.", "sqlstate", state, "table",
                 PQresultErrorField(result, PG_DIAG_TABLE_NAME), "function",
                 PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION), NULL);
}

enum session_failure result_failure(const PGresult *result, aluno_reason *reason)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    *reason = ALUNO_REASON_STORE_UNREACHABLE;
    if (state == NULL) /* libpq's own failures have none */
        return FAILURE_LOST;
    enum session_failure failure = FAILURE_OTHER;
    *reason = ALUNO_REASON_INTERNAL_ERROR;
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (strncmp(state, meanings[i].state, strlen(meanings[i].state)) == 0) {
            failure = meanings[i].failure;
            *reason = meanings[i].reason;
            break;
        }
    log_failure(result, state, *reason);
    return failure;
}

/* ---- rows ---- */

bool row_has(const PGresult *rows, int row, int column)
{
    return !PQgetisnull(rows, row, column);
}

int64_t row_int(const PGresult *rows, int row, int column)
{
    const char *bytes = PQgetvalue(rows, row, column);
    uint64_t eight;
    uint32_t four;
    switch (PQgetlength(rows, row, column)) {
    case sizeof eight:
        memcpy(&eight, bytes, sizeof eight);
        return (int64_t)be64toh(eight);
    case sizeof four:
        memcpy(&four, bytes, sizeof four);
        return (int32_t)be32toh(four);
    default:
        return 0;
    }
}

const char *row_text(const PGresult *rows, int row, int column)
{
    return row_has(rows, row, column) ? PQgetvalue(rows, row, column) : NULL;
}

size_t row_size(const PGresult *rows, int row, int column)
{
    return (size_t)PQgetlength(rows, row, column);
}
