/* The rows stay as libpq has them; each becomes a Student when it is asked for. */
#include "fetch.h"

#include "student_row.h"

#include "protocol/error.h"

#include <inttypes.h>
#include <stdio.h>

/* "{1,2,3}" */
static void write_array(char *to, const int64_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to += sprintf(to, "%c%" PRId64, i == 0 ? '{' : ',', ids[i]);
    strcpy(to, "}");
}

aluno_code postgres_student_fetch(struct store_session *session, const int64_t *ids, size_t count,
                                  aluno_error *error)
{
    enum { DIGITS = 21 };
    char array[STORE_FETCH_MAX * DIGITS + sizeof "{}"];
    struct fetched *fetched = &session->fetched;
    fetched_clear(fetched);
    write_array(array, ids, count);
    struct query *query = query_begin(session, STATEMENT_STUDENTS_FETCH);
    query_text(query, ":ids", array);
    const aluno_code code = query_run(query, &fetched->rows, error);
    if (code != ALUNO_OK)
        return code;
    memcpy(fetched->ids, ids, count * sizeof *ids);
    fetched->count = count;
    return ALUNO_OK;
}

/* Forgets that an id was fetched: who asks again wants what is stored by then. */
static bool take_id(struct fetched *fetched, int64_t id)
{
    for (size_t i = 0; i < fetched->count; i++) {
        if (fetched->ids[i] != id)
            continue;
        fetched->ids[i] = 0;
        return true;
    }
    return false;
}

static int row_of(const PGresult *rows, int64_t id)
{
    int row = PQntuples(rows) - 1;
    while (row >= 0 && row_int(rows, row, STUDENT_COLUMN_id) != id)
        row--;
    return row;
}

bool fetched_take(struct fetched *fetched, int64_t id, enum store_scope scope, aluno_student *out,
                  aluno_code *code, aluno_error *error)
{
    if (!take_id(fetched, id))
        return false;
    const int row = row_of(fetched->rows, id);
    const bool is_there =
        row >= 0 && (scope == STORE_WITH_REMOVED || !row_has(fetched->rows, row, STUDENT_COLUMN_delete_time));
    *code = is_there ? row_student(fetched->rows, row, out, error)
                     : aluno__error_set(error, ALUNO_REASON_STUDENT_NOT_FOUND, NULL);
    return true;
}

void fetched_clear(struct fetched *fetched)
{
    PQclear(fetched->rows);
    *fetched = (struct fetched){0};
}
