/* Searches: pages of students that match, in some order.
 *
 * Pages are cut by key: a page starts after the position of the last student of the page before, so nothing
 * is skipped or repeated whatever is added, removed or changed meanwhile. A position is a student's id and
 * revision, from which its sort keys are looked up: callers need not be given names to hand back. */
#include "student.h"

#include "protocol/error.h"

#include <aluno/values.h>

#include <stdlib.h>

/* By the order, and whether it descends. */
static const enum statement pages[][2] = {
    [STORE_BY_ID] = {STATEMENT_PAGE_BY_ID, STATEMENT_PAGE_BY_ID_DESC},
    [STORE_BY_NAME] = {STATEMENT_PAGE_BY_NAME, STATEMENT_PAGE_BY_NAME_DESC},
    [STORE_BY_AGE] = {STATEMENT_PAGE_BY_AGE, STATEMENT_PAGE_BY_AGE_DESC},
    [STORE_BY_CREATE_TIME] = {STATEMENT_PAGE_BY_CREATE_TIME, STATEMENT_PAGE_BY_CREATE_TIME_DESC},
};

/* The sort keys of a position: the columns of STATEMENT_POSITION, and parameters of the pages. Each page has
 * those that it orders by. */
static const char *const sort_keys[] = {":name_folded", ":name", ":age", ":create_time", ":id"};
enum { SORT_KEYS = sizeof sort_keys / sizeof *sort_keys, TEXT_SORT_KEYS = 2 };

/* Binds a position before all students, or after them: a BLOB comes after every text. */
static void bind_extreme(sqlite3_stmt *page, bool last)
{
    for (int i = 0; i < SORT_KEYS; i++) {
        if (i >= TEXT_SORT_KEYS)
            bind_int(page, sort_keys[i], last ? INT64_MAX : INT64_MIN);
        else if (last)
            bind_blob(page, sort_keys[i], NULL, 0);
        else
            bind_text(page, sort_keys[i], "");
    }
}

static aluno_code bind_position(struct store_session *session, sqlite3_stmt *page,
                                const struct store_position *after, aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    sqlite3_stmt *position = session_statement(session, STATEMENT_POSITION);
    bind_int(position, ":id", after->id);
    bind_int(position, ":revision", after->revision);
    const int result = sqlite3_step(position);
    if (result == SQLITE_DONE)
        code = aluno__error_set(error, ALUNO_REASON_STUDENT_NOT_FOUND, NULL);
    else if (result != SQLITE_ROW)
        code = session_fail(session, error);
    for (int i = 0; code == ALUNO_OK && i < SORT_KEYS; i++) {
        const int parameter = sqlite3_bind_parameter_index(page, sort_keys[i]);
        if (parameter > 0 &&
            sqlite3_bind_value(page, parameter, sqlite3_column_value(position, i)) != SQLITE_OK)
            code = session_fail(session, error);
    }
    sqlite3_reset(position);
    return code;
}

/* Binds the conditions; "" is anything. `words` are folded, or NULL. */
static void bind_search(sqlite3_stmt *statement, const struct store_search *search, const char *words)
{
    bind_int(statement, ":with_removed", search->scope == STORE_WITH_REMOVED);
    bind_text(statement, ":words", words);
    bind_int(statement, ":age_min", search->age_min);
    bind_int(statement, ":age_max", search->age_max);
    bind_text(statement, ":br_document", *search->br_document != '\0' ? search->br_document : NULL);
    bind_text(statement, ":email", *search->email != '\0' ? search->email : NULL);
}

/* ---- pages ---- */

/* Hands the rows over to *out. The statement selects one row more than `limit`: another page follows when it
 * exists. */
static aluno_code read_rows(struct store_session *session, sqlite3_stmt *rows, int64_t limit,
                            struct store_page *out, struct store_position *last, aluno_error *error)
{
    aluno_student student = {.id = 0};
    int result;
    for (int64_t i = 0; (result = sqlite3_step(rows)) == SQLITE_ROW && i < limit; i++) {
        const aluno_code code = student_read(rows, &student, error);
        if (code != ALUNO_OK)
            return code;
        out->add(out, &student);
    }
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        return session_fail(session, error);
    *last = (struct store_position){.id = 0};
    if (result == SQLITE_ROW) {
        last->id = student.id;
        last->revision = strtoll(student.etag, NULL, 10);
    }
    return ALUNO_OK;
}

static aluno_code read_page(struct store_session *session, const struct store_search *search,
                            const char *words, const struct store_position *after, int64_t limit,
                            struct store_page *out, struct store_position *last, aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    sqlite3_stmt *page = session_statement(session, pages[search->order][search->descending]);
    bind_search(page, search, words);
    bind_int(page, ":limit", limit + 1);
    if (after->id == 0)
        bind_extreme(page, search->descending);
    else
        code = bind_position(session, page, after, error);
    if (code == ALUNO_OK)
        code = read_rows(session, page, limit, out, last, error);
    sqlite3_reset(page);
    return code;
}

static bool matches_all(const struct store_search *search)
{
    return *search->words == '\0' && *search->br_document == '\0' && *search->email == '\0' &&
           search->age_min <= 0 && search->age_max == INT64_MAX && search->scope == STORE_PRESENT;
}

/* How many match in all. The schema keeps count of all students. */
static aluno_code count_matches(struct store_session *session, const struct store_search *search,
                                const char *words, int64_t *total, aluno_error *error)
{
    sqlite3_stmt *count =
        session_statement(session, matches_all(search) ? STATEMENT_COUNT_ALL : STATEMENT_COUNT_MATCHES);
    bind_search(count, search, words);
    const bool found = sqlite3_step(count) == SQLITE_ROW;
    *total = sqlite3_column_int64(count, 0);
    const aluno_code code = found ? ALUNO_OK : session_fail(session, error);
    sqlite3_reset(count);
    return code;
}

/* Reads page and count from one snapshot. */
static aluno_code search_folded(struct store_session *session, const struct store_search *search,
                                const char *words, const struct store_position *after, int64_t limit,
                                struct store_page *out, int64_t *total, struct store_position *last,
                                aluno_error *error)
{
    aluno_code code = savepoint_open(session, error);
    if (code != ALUNO_OK)
        return code;
    session->deadline_ms = search->deadline_ms;
    code = read_page(session, search, words, after, limit, out, last, error);
    if (code == ALUNO_OK)
        code = count_matches(session, search, words, total, error);
    session->deadline_ms = INT64_MAX; /* the release must not be interrupted */
    const aluno_code released = savepoint_release(session, code == ALUNO_OK ? error : NULL);
    return code == ALUNO_OK ? released : code;
}

aluno_code student_search(struct store_session *session, const struct store_search *search,
                          const struct store_position *after, int64_t limit, struct store_page *page,
                          int64_t *total, struct store_position *last, aluno_error *error)
{
    char *words = *search->words != '\0' ? aluno_fold(search->words) : NULL;
    if (*search->words != '\0' && words == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    const aluno_code code = search_folded(session, search, words, after, limit, page, total, last, error);
    free(words);
    return code;
}

aluno_code position_purge(struct store_session *session, int64_t before_ms, int64_t limit, int64_t *count,
                          aluno_error *error)
{
    return session_purge(session, STATEMENT_POSITION_PURGE, before_ms, limit, count, error);
}
