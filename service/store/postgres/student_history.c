/* Records of a student outside its row: former values, and changes in the ledger. */
#include "session.h"

#include <string.h>

/* The columns of FORMER_VALUES and of LEDGER_OF_STUDENT. */
enum { CHANGE_TIME, FORMER_NAME, FORMER_BIRTH_DATE, FORMER_AGE };
enum { CREATE_TIME, METHOD, CALLER, REQUEST_ID };

static void read_text(const PGresult *rows, int row, int column, char *out, size_t size, bool *has)
{
    const char *text = row_text(rows, row, column);
    const size_t length = row_size(rows, row, column);
    *has = text != NULL && length < size;
    if (*has)
        memcpy(out, text, length + 1);
}

#define READ_TEXT(rows, row, column, to, field)                                                              \
    read_text(rows, row, column, (to)->field, sizeof(to)->field, &(to)->has.field)

static void read_former(const PGresult *rows, int row, int64_t id, aluno_former_value *out)
{
    aluno_clear(&aluno_former_value_type, out);
    ALUNO_SET(*out, student_id, id);
    ALUNO_SET(*out, change_time, row_int(rows, row, CHANGE_TIME));
    READ_TEXT(rows, row, FORMER_NAME, out, name);
    READ_TEXT(rows, row, FORMER_BIRTH_DATE, out, birth_date);
    out->has.age = row_has(rows, row, FORMER_AGE);
    out->age = row_int(rows, row, FORMER_AGE);
}

static void read_entry(const PGresult *rows, int row, int64_t id, aluno_ledger_entry *out)
{
    aluno_clear(&aluno_ledger_entry_type, out);
    ALUNO_SET(*out, student_id, id);
    ALUNO_SET(*out, time, row_int(rows, row, CREATE_TIME));
    READ_TEXT(rows, row, METHOD, out, method);
    READ_TEXT(rows, row, CALLER, out, caller_name);
    READ_TEXT(rows, row, REQUEST_ID, out, request_id);
}

/* Runs a statement for one row more than there is room for. */
static aluno_code read_rows(struct store_session *session, enum statement which, int64_t id,
                            const struct store_history *history, PGresult **rows, aluno_error *error)
{
    struct query *query = query_begin(session, which);
    query_int(query, ":id", id);
    query_int(query, ":limit", (int64_t)(history->room - history->count) + 1);
    return query_run(query, rows, error);
}

static bool fits(struct store_history *history)
{
    history->more = history->more || history->count >= history->room;
    return history->count < history->room;
}

aluno_code postgres_student_former_values(struct store_session *session, int64_t id,
                                          aluno_former_value *items, struct store_history *history,
                                          aluno_error *error)
{
    PGresult *rows;
    const aluno_code code = read_rows(session, STATEMENT_FORMER_VALUES, id, history, &rows, error);
    for (int i = 0; code == ALUNO_OK && i < PQntuples(rows) && fits(history); i++)
        read_former(rows, i, id, &items[history->count++]);
    PQclear(rows);
    return code;
}

aluno_code postgres_student_ledger(struct store_session *session, int64_t id, aluno_ledger_entry *items,
                                   struct store_history *history, aluno_error *error)
{
    PGresult *rows;
    const aluno_code code = read_rows(session, STATEMENT_LEDGER_OF_STUDENT, id, history, &rows, error);
    for (int i = 0; code == ALUNO_OK && i < PQntuples(rows) && fits(history); i++)
        read_entry(rows, i, id, &items[history->count++]);
    PQclear(rows);
    return code;
}
