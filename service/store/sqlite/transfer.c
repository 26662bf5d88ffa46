/* Every row, out of this database and into it. */
#include "session.h"

#include "protocol/error.h"
#include "store/transfer.h"

static const char *const selects[STORE_TABLE_COUNT] = {
    [STORE_TABLE_student] =
        "SELECT id, name, name_folded, age, br_document, email, revision, create_time, update_time,"
        " delete_time, birth_date, age_year FROM student ORDER BY id",
    [STORE_TABLE_position] = "SELECT student_id, revision, name, name_folded, age, birth_date, change_time"
                             " FROM student_position_history",
    [STORE_TABLE_operation] = "SELECT o.request_id, c.name, coalesce(m.name, ''), o.digest, o.reply, "
                              "o.create_time, coalesce(o.student, 0),"
                              " coalesce(o.students, 0), coalesce(o.hash, 0) FROM operation o JOIN "
                              "operation_name c ON c.id = o.caller"
                              " LEFT JOIN operation_name m ON m.id = o.method ORDER BY o.id",
    [STORE_TABLE_forgotten] = "SELECT time_ms FROM operation_forgotten",
    [STORE_TABLE_erasure] = "SELECT student_id, create_time, erase_time, caller, reason FROM erasure",
    [STORE_TABLE_sequence] = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'student'), 0)",
    [STORE_TABLE_outbox] = "SELECT id, record FROM audit_outbox ORDER BY id",
    [STORE_TABLE_anchor] = "SELECT which, sequence, change, time, hash FROM audit_anchor",
    [STORE_TABLE_change] =
        "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'audit_outbox'), 0)",
};

/* Statements of one table, each bound to the row's columns as ?1, ?2 … */
static const char *const inserts[STORE_TABLE_COUNT][3] = {
    [STORE_TABLE_student] =
        {"INSERT INTO student (id, name, name_folded, age, br_document, email, revision, create_time, "
         "update_time,"
         " delete_time, birth_date, age_year) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
         "INSERT OR IGNORE INTO student_clock_step SELECT ?1 WHERE ?8 <"
         " (SELECT create_time FROM student WHERE id < ?1 ORDER BY id DESC LIMIT 1)"},
    [STORE_TABLE_position] =
        {"INSERT INTO student_position_history (student_id, revision, name, name_folded, age,"
         " birth_date, change_time) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"},
    [STORE_TABLE_operation] =
        {"INSERT OR IGNORE INTO operation_name (name) SELECT ?2",
         "INSERT OR IGNORE INTO operation_name (name) SELECT ?3 WHERE ?3 <> ''",
         "INSERT INTO operation (request_id, caller, method, digest, reply, create_time, student, students, "
         "hash)"
         " VALUES (?1, (SELECT id FROM operation_name WHERE name = ?2),"
         " coalesce((SELECT id FROM operation_name WHERE name = ?3), 0), ?4, ?5, ?6, ?7, ?8, ?9)"},
    [STORE_TABLE_forgotten] = {"UPDATE operation_forgotten SET time_ms = ?1"},
    [STORE_TABLE_erasure] = {"INSERT INTO erasure VALUES (?1, ?2, ?3, ?4, ?5)"},
    [STORE_TABLE_sequence] = {"DELETE FROM sqlite_sequence WHERE name = 'student'",
                              "INSERT INTO sqlite_sequence VALUES ('student', ?1)"},
    [STORE_TABLE_outbox] = {"INSERT INTO audit_outbox (id, record) VALUES (?1, ?2)"},
    [STORE_TABLE_anchor] = {"INSERT OR REPLACE INTO audit_anchor VALUES (?1, ?2, ?3, ?4, ?5)"},
    [STORE_TABLE_change] = {"DELETE FROM sqlite_sequence WHERE name = 'audit_outbox'",
                            "INSERT INTO sqlite_sequence VALUES ('audit_outbox', ?1)"},
};

static struct store_value read_value(sqlite3_stmt *row, int column)
{
    struct store_value value = {.kind = STORE_NULL};
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER:
        value.kind = STORE_INT;
        value.number = sqlite3_column_int64(row, column);
        break;
    case SQLITE_TEXT:
    case SQLITE_BLOB:
        value.kind = sqlite3_column_type(row, column) == SQLITE_TEXT ? STORE_TEXT : STORE_BYTES;
        value.bytes = sqlite3_column_blob(row, column);
        value.size = (size_t)sqlite3_column_bytes(row, column);
        break;
    default:
        break;
    }
    return value;
}

aluno_code sqlite_rows_export(struct store_session *session, int table, struct store_rows *rows,
                              aluno_error *error)
{
    struct store_value values[STORE_COLUMNS_MAX];
    sqlite3_stmt *select = NULL;
    aluno_code code = ALUNO_OK;
    int result = sqlite3_prepare_v2(session->db, selects[table], -1, &select, NULL);
    while (code == ALUNO_OK && (result = sqlite3_step(select)) == SQLITE_ROW) {
        for (int i = 0; i < store_tables[table].columns; i++)
            values[i] = read_value(select, i);
        code = rows->add(rows, (enum store_table)table, values, error);
    }
    if (code == ALUNO_OK && result != SQLITE_DONE)
        code = session_fail(session, error);
    sqlite3_finalize(select);
    return code;
}

static void bind_value(sqlite3_stmt *statement, int index, const struct store_value *value)
{
    switch (value->kind) {
    case STORE_INT:
        sqlite3_bind_int64(statement, index, value->number);
        break;
    case STORE_TEXT:
        sqlite3_bind_text(statement, index, value->bytes, (int)value->size, SQLITE_STATIC);
        break;
    case STORE_BYTES:
        sqlite3_bind_blob(statement, index, value->bytes != NULL ? value->bytes : "", (int)value->size,
                          SQLITE_STATIC);
        break;
    case STORE_NULL:
        sqlite3_bind_null(statement, index);
        break;
    }
}

static aluno_code run(struct store_session *session, const char *sql, int columns,
                      const struct store_value *values, aluno_error *error)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(session->db, sql, -1, &statement, NULL) != SQLITE_OK)
        return session_fail(session, error);
    for (int i = 0; i < columns; i++)
        bind_value(statement, i + 1, &values[i]);
    const aluno_code code = sqlite3_step(statement) == SQLITE_DONE ? ALUNO_OK : session_fail(session, error);
    sqlite3_finalize(statement);
    return code;
}

aluno_code sqlite_row_import(struct store_session *session, int table, const struct store_value *values,
                             aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    for (size_t i = 0;
         i < sizeof *inserts / sizeof **inserts && code == ALUNO_OK && inserts[table][i] != NULL; i++)
        code = run(session, inserts[table][i], store_tables[table].columns, values, error);
    if (code == ALUNO_OK && table == STORE_TABLE_student && values[9].kind == STORE_NULL) /* delete_time */
        session->live_added++;
    return code;
}
