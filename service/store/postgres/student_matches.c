/* Whether one student fits a search, now or as of a revision. */
#include "conditions.h"
#include "name_words.h"

#include "protocol/error.h"

#include <stdio.h>
#include <stdlib.h>

/* Selects the values that a search compares, as of before a revision. */
#define FORMER                                                                                               \
    "SELECT s.delete_time, s.br_document, s.email, coalesce(f.name_folded, s.name_folded) AS name_folded,"   \
    " coalesce(CAST(:name_words AS text) COLLATE \"C\", s.name_words) AS name_words,"                        \
    " CASE WHEN f.revision IS NULL THEN s.age ELSE f.age END AS age,"                                        \
    " CASE WHEN f.revision IS NULL THEN s.birth_date ELSE f.birth_date END AS birth_date"                    \
    " FROM student s LEFT JOIN student_position_history f ON f.student_id = s.id AND f.revision >= "         \
    ":revision WHERE s.id = :id ORDER BY f.revision LIMIT 1"

/* Reads the name that the student had, if it has another one now, as a search compares it: for free(). */
static aluno_code read_former_words(struct store_session *session, int64_t id, int64_t revision, char **words,
                                    aluno_error *error)
{
    PGresult *rows;
    struct query *query = query_begin(session, STATEMENT_FORMER_NAME);
    query_int(query, ":id", id);
    query_int(query, ":revision", revision);
    aluno_code code = query_run(query, &rows, error);
    if (code == ALUNO_OK && PQntuples(rows) > 0) {
        *words = name_words(row_text(rows, 0, 0));
        if (*words == NULL)
            code = aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    }
    PQclear(rows);
    return code;
}

static aluno_code compare(struct store_session *session, const struct conditions *conditions, int64_t id,
                          int64_t revision, const char *words, bool *matches, aluno_error *error)
{
    char sql[STATEMENT_SIZE];
    bool found;
    int64_t count = 0;
    snprintf(sql, sizeof sql, "SELECT count(*) FROM (" FORMER ") student WHERE %s", conditions->sql);
    struct query *query = query_begin_text(session, sql);
    if (query == NULL)
        return aluno__error_set(error, ALUNO_REASON_INTERNAL_ERROR, "a statement is too long");
    conditions_bind(conditions, query);
    query_int(query, ":id", id);
    query_int(query, ":revision", revision);
    query_text(query, ":name_words", words);
    const aluno_code code = query_number(query, &found, &count, error);
    *matches = count > 0;
    return code;
}

aluno_code postgres_student_matches(struct store_session *session, const struct store_search *search,
                                    int64_t id, int64_t before, bool *matches, aluno_error *error)
{
    struct conditions conditions;
    const int64_t revision = before == 0 ? INT64_MAX : before - 1;
    char *words = NULL;
    *matches = false;
    aluno_code code = conditions_make(&conditions, search, error);
    if (code == ALUNO_OK && before != 0)
        code = read_former_words(session, id, revision, &words, error);
    if (code == ALUNO_OK)
        code = compare(session, &conditions, id, revision, words, matches, error);
    conditions_free(&conditions);
    free(words);
    return code;
}
