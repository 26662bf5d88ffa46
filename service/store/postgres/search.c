/* Searches: pages of students that match, in some order, and how many match in all, from one snapshot.
 *
 * Pages are cut by key, as those of SQLite (../sqlite/search.c): a page starts after the position of the last
 * student of the page before. PostgreSQL's planner chooses the indexes. */
#include "conditions.h"
#include "student_row.h"

#include "base/clock.h"
#include "protocol/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* By the order, and whether it descends: what comes after a position, and the order. */
static const struct {
    const char *after, *order;
} keys[][2] = {
    [STORE_BY_ID] = {{"id > :id", "id"}, {"id < :id", "id DESC"}},
    [STORE_BY_NAME] = {{"(name_folded, name, id) > (:name_folded, :name, :id)", "name_folded, name, id"},
                       {"(name_folded, name, id) < (:name_folded, :name, :id)",
                        "name_folded DESC, name DESC, id DESC"}},
#define AGE "student_age(age, birth_date, CAST(:day AS bigint))"
    [STORE_BY_AGE] = {{"(" AGE ", id) > (:age, :id)", AGE ", id"},
                      {"(" AGE ", id) < (:age, :id)", AGE " DESC, id DESC"}},
#undef AGE
    [STORE_BY_CREATE_TIME] = {{"(create_time, id) > (:create_time, :id)", "create_time, id"},
                              {"(create_time, id) < (:create_time, :id)", "create_time DESC, id DESC"}},
};

struct page {
    struct store_session *session;
    const struct store_search *search;
    const struct conditions *conditions;
    PGresult *position; /* the sort keys after which the page begins; NULL: the first one */
    int64_t limit;
    struct store_page *out;
    int64_t *total;
    struct store_position *last;
};

/* The columns of STATEMENT_POSITION. */
enum { NAME_FOLDED, NAME, AGE, CREATE_TIME, ID };

static aluno_code find_position(struct page *page, const struct store_position *after, aluno_error *error)
{
    if (after->id == 0)
        return ALUNO_OK;
    struct query *query = query_begin(page->session, STATEMENT_POSITION);
    query_int(query, ":id", after->id);
    query_int(query, ":revision", after->revision);
    query_int(query, ":day", page->search->day);
    const aluno_code code = query_run(query, &page->position, error);
    return code == ALUNO_OK && PQntuples(page->position) == 0
               ? aluno__error_set(error, ALUNO_REASON_STUDENT_NOT_FOUND, NULL)
               : code;
}

static void bind_position(struct query *query, const PGresult *position)
{
    query_text(query, ":name_folded", row_text(position, 0, NAME_FOLDED));
    query_text(query, ":name", row_text(position, 0, NAME));
    query_int(query, ":age", row_int(position, 0, AGE));
    query_int(query, ":create_time", row_int(position, 0, CREATE_TIME));
    query_int(query, ":id", row_int(position, 0, ID));
}

static struct query *begin_text(struct page *page, const char *sql, aluno_error *error)
{
    struct query *query = query_begin_text(page->session, sql);
    if (query == NULL)
        aluno__error_set(error, ALUNO_REASON_INTERNAL_ERROR, "a statement is too long");
    else
        conditions_bind(page->conditions, query);
    return query;
}

/* One row more than `limit` is selected: another page follows when it exists. */
static aluno_code hand_over(struct page *page, const PGresult *rows, aluno_error *error)
{
    aluno_student student;
    for (int i = 0; i < PQntuples(rows) && i < page->limit; i++) {
        const aluno_code code = row_student(rows, i, &student, error);
        if (code != ALUNO_OK)
            return code;
        if (i + 1 == page->limit && PQntuples(rows) > page->limit)
            *page->last = (struct store_position){student.id, strtoll(student.etag, NULL, 10)};
        page->out->add(page->out, &student);
    }
    return ALUNO_OK;
}

static aluno_code read_rows(struct page *page, aluno_error *error)
{
    char sql[STATEMENT_SIZE];
    PGresult *rows;
    const struct store_search *search = page->search;
    const bool goes_on = page->position != NULL;
    snprintf(sql, sizeof sql, "SELECT " STUDENT_SELECT " FROM student WHERE %s%s%s ORDER BY %s LIMIT :limit",
             page->conditions->sql, goes_on ? " AND " : "",
             goes_on ? keys[search->order][search->descending].after : "",
             keys[search->order][search->descending].order);
    struct query *query = begin_text(page, sql, error);
    if (query == NULL)
        return ALUNO_INTERNAL;
    if (goes_on)
        bind_position(query, page->position);
    query_int(query, ":day", search->day);
    query_int(query, ":limit", page->limit + 1);
    aluno_code code = query_run(query, &rows, error);
    if (code == ALUNO_OK)
        code = hand_over(page, rows, error);
    PQclear(rows);
    return code;
}

static aluno_code count(struct page *page, aluno_error *error)
{
    char sql[STATEMENT_SIZE];
    bool found;
    *page->total = 0;
    if (store_search_is_of_all(page->search) && page->search->scope == STORE_PRESENT)
        return query_number(query_begin(page->session, STATEMENT_COUNT_ALL), &found, page->total, error);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM student WHERE %s", page->conditions->sql);
    struct query *query = begin_text(page, sql, error);
    return query != NULL ? query_number(query, &found, page->total, error) : ALUNO_INTERNAL;
}

/* ---- the snapshot ---- */

/* PostgreSQL stops then, too. */
static aluno_code set_timeout(const struct page *page, aluno_error *error)
{
    char text[24];
    const int64_t deadline_ms = page->search->deadline_ms;
    if (deadline_ms == INT64_MAX)
        return ALUNO_OK;
    const int64_t left = deadline_ms - aluno__clock_ms();
    if (left <= 0)
        return aluno__error_set(error, ALUNO_REASON_DEADLINE_PASSED, NULL);
    page->session->head.deadline_ms = deadline_ms;
    snprintf(text, sizeof text, "%lld", (long long)left);
    struct query *query = query_begin(page->session, STATEMENT_TIMEOUT);
    query_text(query, ":ms", text);
    return query_defer(query, error);
}

static aluno_code read_page(struct page *page, const struct store_position *after, aluno_error *error)
{
    aluno_code code = set_timeout(page, error);
    if (code == ALUNO_OK)
        code = find_position(page, after, error);
    if (code == ALUNO_OK)
        code = count(page, error); /* before the page, which is handed over as soon as it is read */
    if (code == ALUNO_OK)
        code = read_rows(page, error);
    PQclear(page->position);
    page->position = NULL;
    return code;
}

static aluno_code read_snapshot(struct page *page, const struct store_position *after, aluno_error *error)
{
    struct store_session *session = page->session;
    if (session->is_change)
        return read_page(page, after, error);
    const bool was_connected = session->connection != NULL;
    session->abandoned = page->search->abandoned;
    if (session->in_transaction) { /* store_snapshot_open */
        const aluno_code code = read_page(page, after, error);
        session->abandoned = NULL;
        return code;
    }
    session_begin(session, STATEMENT_BEGIN_SNAPSHOT);
    const aluno_code code = read_page(page, after, error);
    session->abandoned = NULL;
    const bool is_lost = code != ALUNO_OK && session->failure == FAILURE_LOST;
    session_rollback(session);
    /* The connection may have been lost long ago. */
    return is_lost && was_connected && page->last->id == 0 ? read_snapshot(page, after, error) : code;
}

aluno_code postgres_student_search(struct store_session *session, const struct store_search *search,
                                   const struct store_position *after, int64_t limit, struct store_page *out,
                                   int64_t *total, struct store_position *last, aluno_error *error)
{
    struct conditions conditions;
    const struct store_position from = *after; /* may be *last */
    *last = (struct store_position){.id = 0};
    struct page page = {session, search, &conditions, NULL, limit, out, total, last};
    aluno_code code = conditions_make(&conditions, search, error);
    if (code == ALUNO_OK)
        code = read_snapshot(&page, &from, error);
    conditions_free(&conditions);
    return code;
}
