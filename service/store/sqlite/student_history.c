/* Records of a student outside its row: former values, and changes in the ledger. */
#include "session.h"
#include "uuid.h"

#include <string.h>

/* The columns of FORMER_VALUES and of LEDGER_OF_STUDENT. */
enum { CHANGE_TIME, FORMER_NAME, FORMER_BIRTH_DATE, FORMER_AGE };
enum { CREATE_TIME, METHOD, CALLER, REQUEST_ID };

/* Copies a text that the schema, or the contract, keeps within its field. */
static void read_text(sqlite3_stmt *row, int column, char *out, size_t size, bool *has)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    const size_t length = (size_t)sqlite3_column_bytes(row, column);
    *has = text != NULL && length < size;
    if (*has)
        memcpy(out, text, length + 1);
}

#define READ_TEXT(row, column, to, field)                                                                    \
    read_text(row, column, (to)->field, sizeof(to)->field, &(to)->has.field)

static void read_former(sqlite3_stmt *row, int64_t id, aluno_former_value *out)
{
    aluno_clear(&aluno_former_value_type, out);
    ALUNO_SET(*out, student_id, id);
    ALUNO_SET(*out, change_time, sqlite3_column_int64(row, CHANGE_TIME));
    READ_TEXT(row, FORMER_NAME, out, name);
    READ_TEXT(row, FORMER_BIRTH_DATE, out, birth_date);
    out->has.age = sqlite3_column_type(row, FORMER_AGE) != SQLITE_NULL;
    out->age = sqlite3_column_int64(row, FORMER_AGE);
}

static void read_entry(sqlite3_stmt *row, int64_t id, aluno_ledger_entry *out)
{
    aluno_clear(&aluno_ledger_entry_type, out);
    ALUNO_SET(*out, student_id, id);
    ALUNO_SET(*out, time, sqlite3_column_int64(row, CREATE_TIME));
    READ_TEXT(row, METHOD, out, method);
    READ_TEXT(row, CALLER, out, caller_name);
    const uint8_t *bytes = sqlite3_column_blob(row, REQUEST_ID);
    out->has.request_id = bytes != NULL && sqlite3_column_bytes(row, REQUEST_ID) == UUID_SIZE;
    if (out->has.request_id)
        uuid_write(bytes, out->request_id);
}

/* Whether a row follows, for which there is room. */
static bool next_row(sqlite3_stmt *select, struct store_history *history, int *result)
{
    *result = sqlite3_step(select);
    const bool fits = history->count < history->room;
    history->more = history->more || (*result == SQLITE_ROW && !fits);
    return *result == SQLITE_ROW && fits;
}

static aluno_code end(struct store_session *session, sqlite3_stmt *select, int result, aluno_error *error)
{
    const bool is_fine = result == SQLITE_ROW || result == SQLITE_DONE;
    const aluno_code code = is_fine ? ALUNO_OK : session_fail(session, error);
    sqlite3_reset(select);
    return code;
}

aluno_code sqlite_student_former_values(struct store_session *session, int64_t id, aluno_former_value *items,
                                        struct store_history *history, aluno_error *error)
{
    int result;
    sqlite3_stmt *select = session_statement(session, STATEMENT_FORMER_VALUES);
    bind_int(select, ":id", id);
    while (next_row(select, history, &result))
        read_former(select, id, &items[history->count++]);
    return end(session, select, result, error);
}

aluno_code sqlite_student_ledger(struct store_session *session, int64_t id, aluno_ledger_entry *items,
                                 struct store_history *history, aluno_error *error)
{
    int result;
    sqlite3_stmt *select = session_statement(session, STATEMENT_LEDGER_OF_STUDENT);
    bind_int(select, ":id", id);
    while (next_row(select, history, &result))
        read_entry(select, id, &items[history->count++]);
    return end(session, select, result, error);
}
