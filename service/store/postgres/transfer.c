/* Every row, out of this database and into it. The audit's rows are those of this service. */
#include "name_words.h"
#include "session.h"

#include "protocol/error.h"
#include "store/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INT8 = 20, INT4 = 23, BYTEA = 17 }; /* types by their OIDs (pg_type.dat) */

static const char *const selects[STORE_TABLE_COUNT] = {
    [STORE_TABLE_student] =
        "SELECT id, name, name_folded, age, br_document, email, revision, create_time, update_time,"
        " delete_time, birth_date, age_year FROM student ORDER BY id",
    [STORE_TABLE_position] = "SELECT student_id, revision, name, name_folded, age, birth_date, change_time"
                             " FROM student_position_history",
    [STORE_TABLE_operation] =
        "SELECT uuid_send(request_id), caller, method, digest, reply, create_time,"
        " coalesce(student, 0), coalesce(students, 0), coalesce(hash, 0) FROM operation ORDER BY id",
    [STORE_TABLE_forgotten] = "SELECT time_ms FROM operation_forgotten",
    [STORE_TABLE_erasure] = "SELECT student_id, create_time, erase_time, caller, reason FROM erasure",
    [STORE_TABLE_sequence] =
        "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM student_id",
    /* Rows without a number get it when they are handed over: their own order continues the numbers. */
    [STORE_TABLE_outbox] =
        "SELECT coalesce(o.change, i.last_change + row_number() OVER (PARTITION BY o.change IS NULL"
        " ORDER BY o.id)), o.record FROM audit_outbox o JOIN instance i ON i.id = o.instance"
        " WHERE o.instance = %d ORDER BY 1",
    [STORE_TABLE_anchor] = "SELECT which, sequence, change, time, hash FROM audit_anchor WHERE instance = %d",
    [STORE_TABLE_change] =
        "SELECT i.last_change + (SELECT count(*) FROM audit_outbox o WHERE o.instance = i.id AND"
        " o.change IS NULL) FROM instance i WHERE i.id = %d",
};

static const enum statement inserts[STORE_TABLE_COUNT] = {
    [STORE_TABLE_student] = STATEMENT_IMPORT_STUDENT,
    [STORE_TABLE_position] = STATEMENT_IMPORT_POSITION,
    [STORE_TABLE_operation] = STATEMENT_IMPORT_OPERATION,
    [STORE_TABLE_forgotten] = STATEMENT_IMPORT_FORGOTTEN,
    [STORE_TABLE_erasure] = STATEMENT_IMPORT_ERASURE,
    [STORE_TABLE_sequence] = STATEMENT_IMPORT_SEQUENCE,
    [STORE_TABLE_outbox] = STATEMENT_IMPORT_OUTBOX,
    [STORE_TABLE_anchor] = STATEMENT_AUDIT_ANCHOR_WRITE,
    [STORE_TABLE_change] = STATEMENT_IMPORT_CHANGE,
};

/* ---- out ---- */

static struct store_value read_value(const PGresult *rows, int row, int column)
{
    struct store_value value = {.kind = STORE_NULL};
    if (!row_has(rows, row, column))
        return value;
    const Oid type = PQftype(rows, column);
    if (type == INT8 || type == INT4) {
        value.kind = STORE_INT;
        value.number = row_int(rows, row, column);
        return value;
    }
    value.kind = type == BYTEA ? STORE_BYTES : STORE_TEXT;
    value.bytes = PQgetvalue(rows, row, column);
    value.size = row_size(rows, row, column);
    return value;
}

static aluno_code hand_over(const PGresult *found, int table, struct store_rows *rows, aluno_error *error)
{
    struct store_value values[STORE_COLUMNS_MAX];
    aluno_code code = ALUNO_OK;
    for (int row = 0; code == ALUNO_OK && row < PQntuples(found); row++) {
        for (int i = 0; i < store_tables[table].columns; i++)
            values[i] = read_value(found, row, i);
        code = rows->add(rows, (enum store_table)table, values, error);
    }
    return code;
}

/* A cursor: a table need not fit into memory. */
static aluno_code fetch_all(struct store_session *session, int table, struct store_rows *rows,
                            aluno_error *error)
{
    for (;;) {
        PGresult *found;
        aluno_code code = query_run(query_begin_text(session, "FETCH 1000 FROM moved"), &found, error);
        const int count = code == ALUNO_OK ? PQntuples(found) : 0;
        if (code == ALUNO_OK)
            code = hand_over(found, table, rows, error);
        PQclear(found);
        if (code != ALUNO_OK || count == 0)
            return code;
    }
}

aluno_code postgres_rows_export(struct store_session *session, int table, struct store_rows *rows,
                                aluno_error *error)
{
    char select[1024] = "DECLARE moved NO SCROLL CURSOR FOR ";
    const size_t length = strlen(select);
    const char *instance = strstr(selects[table], "%d");
    const size_t before = instance != NULL ? (size_t)(instance - selects[table]) : strlen(selects[table]);
    snprintf(select + length, sizeof select - length, "%.*s", (int)before, selects[table]);
    if (instance != NULL)
        snprintf(select + length + before, sizeof select - length - before, "%d%s", session->instance,
                 instance + 2);
    session_begin(session, STATEMENT_BEGIN_SNAPSHOT);
    aluno_code code = query_step(query_begin_text(session, select), NULL, error);
    if (code == ALUNO_OK)
        code = fetch_all(session, table, rows, error);
    session_rollback(session);
    return code;
}

/* ---- in ---- */

static const char *const parameters[STORE_COLUMNS_MAX] = {":a", ":b", ":c", ":d", ":e", ":f",
                                                          ":g", ":h", ":i", ":j", ":k", ":l"};
static const char *const anchor_parameters[] = {":which", ":sequence", ":change", ":time", ":hash"};

/* A text ends with a NUL for libpq: `texts` keeps the copies. */
static bool bind_value(struct query *query, const char *parameter, const struct store_value *value,
                       char **text)
{
    switch (value->kind) {
    case STORE_INT:
        query_int(query, parameter, value->number);
        break;
    case STORE_BYTES:
        query_bytes(query, parameter, value->bytes, value->size);
        break;
    case STORE_TEXT:
        *text = strndup(value->bytes != NULL ? value->bytes : "", value->size);
        query_text(query, parameter, *text);
        return *text != NULL;
    case STORE_NULL:
        break;
    }
    return true;
}

static aluno_code import(struct store_session *session, int table, const struct store_value *values,
                         char *texts[STORE_COLUMNS_MAX + 1], aluno_error *error)
{
    enum { FOLDED = 2 };
    struct query *query = query_begin(session, inserts[table]);
    const char *const *names = table == STORE_TABLE_anchor ? anchor_parameters : parameters;
    bool done = true;
    query_int(query, ":instance", session->instance);
    for (int i = 0; i < store_tables[table].columns; i++)
        done = bind_value(query, names[i], &values[i], &texts[i]) && done;
    if (done && table == STORE_TABLE_student) {
        texts[STORE_COLUMNS_MAX] = name_words(texts[FOLDED]);
        query_text(query, ":name_words", texts[STORE_COLUMNS_MAX]);
        done = texts[STORE_COLUMNS_MAX] != NULL;
    }
    return done ? query_defer(query, error) : aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
}

/* The planner knows nothing of so many new rows: after the last one they are counted, rather than when
 * autovacuum comes to it. */
aluno_code postgres_row_import(struct store_session *session, int table, const struct store_value *values,
                               aluno_error *error)
{
    enum { DELETE_TIME = 9 };
    char *texts[STORE_COLUMNS_MAX + 1] = {NULL};
    aluno_code code = import(session, table, values, texts, error);
    for (int i = 0; i <= STORE_COLUMNS_MAX; i++)
        free(texts[i]);
    session->wrote = true;
    session->live_added += table == STORE_TABLE_student && values[DELETE_TIME].kind == STORE_NULL;
    if (code == ALUNO_OK && table == STORE_TABLE_change)
        code = query_step(query_begin(session, STATEMENT_IMPORT_ANALYZE), NULL, error);
    return code;
}
