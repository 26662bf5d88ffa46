/* Reads and writes the columns of segments. */
#include "search_columns.h"

#include "protocol/error.h"

#include <string.h>

static aluno_code refuse(int64_t segment, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_STORE_CORRUPT, "search segment %lld", (long long)segment);
}

static sqlite3_stmt *bind_column(struct store_session *session, enum statement which, int64_t segment,
                                 enum column column)
{
    sqlite3_stmt *statement = session_statement(session, which);
    bind_int(statement, ":segment", segment);
    bind_int(statement, ":column", (int64_t)column);
    return statement;
}

aluno_code column_read(struct store_session *session, int64_t segment, enum column column, uint8_t *values,
                       size_t size, bool *found, aluno_error *error)
{
    sqlite3_stmt *read = bind_column(session, STATEMENT_COLUMN_READ, segment, column);
    aluno_code code = ALUNO_OK;
    const int result = sqlite3_step(read);
    const uint8_t *bytes = result == SQLITE_ROW ? sqlite3_column_blob(read, 1) : NULL;
    *found = result == SQLITE_ROW;
    const size_t stored = bytes != NULL ? (size_t)sqlite3_column_bytes(read, 1) : 0;
    if (stored == size || stored == size / 2) {
        memcpy(values, bytes, stored);
        memset(values + stored, 0, size - stored);
    } else if (result == SQLITE_ROW)
        code = refuse(segment, error);
    else if (result != SQLITE_DONE)
        code = session_fail(session, error);
    sqlite3_reset(read);
    return code;
}

static aluno_code write_bytes(struct store_session *session, int64_t segment, enum column column,
                              const uint8_t *bytes, size_t size, aluno_error *error)
{
    sqlite3_stmt *write = bind_column(session, STATEMENT_COLUMN_WRITE, segment, column);
    bind_blob(write, ":ids", bytes, size);
    return session_step(session, write, error);
}

aluno_code column_write(struct store_session *session, int64_t segment, enum column column,
                        const uint8_t *values, size_t size, aluno_error *error)
{
    const bool is_enough = bytes_are_zero(values + size / 2, size / 2);
    return write_bytes(session, segment, column, values, is_enough ? size / 2 : size, error);
}

aluno_code column_decode(sqlite3_stmt *row, int64_t *segment, struct posting *set, aluno_error *error)
{
    const uint8_t *bytes = sqlite3_column_blob(row, 1); /* NULL when it is empty */
    const size_t size = (size_t)sqlite3_column_bytes(row, 1);
    *segment = sqlite3_column_int64(row, 0);
    if (size > 0 && (bytes == NULL || !posting_decode(bytes, size, set)))
        return refuse(*segment, error);
    return ALUNO_OK;
}

aluno_code column_read_set(struct store_session *session, int64_t segment, enum column column,
                           struct posting *set, bool *found, aluno_error *error)
{
    sqlite3_stmt *read = bind_column(session, STATEMENT_COLUMN_READ, segment, column);
    aluno_code code = ALUNO_OK;
    const int result = sqlite3_step(read);
    if (found != NULL)
        *found = result == SQLITE_ROW;
    if (result == SQLITE_ROW)
        code = column_decode(read, &segment, set, error);
    else if (result != SQLITE_DONE)
        code = session_fail(session, error);
    sqlite3_reset(read);
    return code;
}

aluno_code column_write_set(struct store_session *session, int64_t segment, enum column column,
                            const struct posting *set, aluno_error *error)
{
    uint8_t bytes[SET_BYTES];
    return write_bytes(session, segment, column, bytes, posting_encode(set, bytes), error);
}

aluno_code segment_is_indexed(struct store_session *session, int64_t segment, bool *indexed,
                              aluno_error *error)
{
    struct posting ignored = {{0}};
    return column_read_set(session, segment, COLUMN_PRESENT, &ignored, indexed, error);
}

aluno_code segment_next(struct store_session *session, int64_t segment, int64_t *next, aluno_error *error)
{
    bool found;
    int64_t id;
    sqlite3_stmt *select = session_statement(session, STATEMENT_SEGMENT_NEXT);
    bind_int(select, ":first", id_at(segment, 0));
    const aluno_code code = session_step_number(session, select, &found, &id, error);
    *next = found ? segment_of(id) : -1;
    return code;
}
