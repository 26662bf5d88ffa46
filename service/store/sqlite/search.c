/* Searches: pages of students that match, in some order.
 *
 * Pages are cut by key: a page starts after the position of the last student of the page before, so nothing
 * is skipped or repeated whatever is added, removed or changed meanwhile. A position is a student's id and
 * revision, from which its sort keys are looked up: callers need not be given names to hand back.
 *
 * A page of all students is read along the ids or the index of names. Any other page takes three steps: the
 * set of all matches (search_match.h), which gives their number too; of these the candidates for the page
 * (search_candidates.h); of these the page. */
#include "search_candidates.h"
#include "student.h"

#include "base/buffer.h"
#include "protocol/error.h"

#include <aluno/values.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* By the order, and whether it descends. */
static const enum statement chosen_pages[][2] = {
    [STORE_BY_ID] = {STATEMENT_CHOSEN_BY_ID, STATEMENT_CHOSEN_BY_ID_DESC},
    [STORE_BY_NAME] = {STATEMENT_CHOSEN_BY_NAME, STATEMENT_CHOSEN_BY_NAME_DESC},
    [STORE_BY_AGE] = {STATEMENT_CHOSEN_BY_AGE, STATEMENT_CHOSEN_BY_AGE_DESC},
    [STORE_BY_CREATE_TIME] = {STATEMENT_CHOSEN_BY_CREATE_TIME, STATEMENT_CHOSEN_BY_CREATE_TIME_DESC},
};
static const enum statement all_pages[][2] = {
    [STORE_BY_ID] = {STATEMENT_PAGE_BY_ID, STATEMENT_PAGE_BY_ID_DESC},
    [STORE_BY_NAME] = {STATEMENT_PAGE_BY_NAME, STATEMENT_PAGE_BY_NAME_DESC},
};
static aluno_code (*const candidates_by[])(struct candidates *candidates, aluno_error *error) = {
    [STORE_BY_ID] = candidates_by_id,
    [STORE_BY_NAME] = candidates_by_name,
    [STORE_BY_AGE] = candidates_by_age,
    [STORE_BY_CREATE_TIME] = candidates_by_time,
};

/* A page of all students in the order of ids is cut to so many ids: where most of them are removed, their set
 * shows the way. */
enum { ID_WINDOW = 1024 };

/* The input, the state and the output of a search for one page. */
struct page {
    struct store_session *session;
    const struct store_search *search;
    enum store_order order;
    const char *words;      /* folded, or NULL */
    sqlite3_stmt *position; /* as in struct candidates */
    int64_t after_id;       /* as in struct candidates */
    int64_t limit;          /* students that are still to be read */
    int64_t newest;         /* the last id */
    struct store_page *out;
    int64_t *total;
    struct store_position *last;
};

/* ---- positions ---- */

/* The sort keys of a position as parameters, by column of STATEMENT_POSITION. */
static const char *const sort_keys[POSITION_COLUMNS] = {":name_folded", ":name", ":age", ":create_time",
                                                        ":id"};

/* Binds a position before all students, or after them: a BLOB comes after every text. */
static void bind_extreme(sqlite3_stmt *statement, bool last)
{
    for (int i = 0; i < POSITION_COLUMNS; i++) {
        if (i > POSITION_NAME)
            bind_int(statement, sort_keys[i], last ? INT64_MAX : INT64_MIN);
        else if (last)
            bind_blob(statement, sort_keys[i], NULL, 0);
        else
            bind_text(statement, sort_keys[i], "");
    }
}

static void bind_position(sqlite3_stmt *statement, sqlite3_stmt *position)
{
    for (int i = 0; i < POSITION_COLUMNS; i++) {
        const int parameter = sqlite3_bind_parameter_index(statement, sort_keys[i]);
        if (parameter > 0)
            sqlite3_bind_value(statement, parameter, sqlite3_column_value(position, i));
    }
}

/* Finds the sort keys of the student after which the page begins. */
static aluno_code find_position(struct page *page, const struct store_position *after, aluno_error *error)
{
    page->after_id = page->search->descending ? INT64_MAX : 0;
    if (after->id == 0)
        return ALUNO_OK;
    page->after_id = after->id;
    sqlite3_stmt *position = session_statement(page->session, STATEMENT_POSITION);
    bind_int(position, ":id", after->id);
    bind_int(position, ":revision", after->revision);
    bind_int(position, ":day", page->search->day);
    const int result = sqlite3_step(position);
    if (result == SQLITE_ROW) {
        page->position = position;
        return ALUNO_OK;
    }
    const aluno_code code = result == SQLITE_DONE
                                ? aluno__error_set(error, ALUNO_REASON_STUDENT_NOT_FOUND, NULL)
                                : session_fail(page->session, error);
    sqlite3_reset(position);
    return code;
}

/* ---- rows ---- */

/* Hands the rows over to page->out. The statement selects one row more than `limit`: another page follows
 * when it exists. */
static aluno_code read_rows(struct page *page, sqlite3_stmt *rows, aluno_error *error)
{
    aluno_student student = {.id = 0};
    int result;
    bind_int(rows, ":limit", page->limit + 1);
    for (; (result = sqlite3_step(rows)) == SQLITE_ROW && page->limit > 0; page->limit--) {
        const aluno_code code = student_read(rows, &student, error);
        if (code != ALUNO_OK)
            return code;
        page->out->add(page->out, &student);
    }
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        return session_fail(page->session, error);
    if (result == SQLITE_ROW) {
        page->last->id = student.id;
        page->last->revision = strtoll(student.etag, NULL, 10);
    }
    return ALUNO_OK;
}

/* Binds where the page begins, and reads it. */
static aluno_code read_page_of(struct page *page, sqlite3_stmt *rows, aluno_error *error)
{
    if (page->position != NULL)
        bind_position(rows, page->position);
    else
        bind_extreme(rows, page->search->descending);
    bind_int(rows, ":day", page->search->day);
    if (page->order == STORE_BY_ID)
        bind_int(rows, ":id", page->after_id);
    const aluno_code code = read_rows(page, rows, error);
    sqlite3_reset(rows);
    return code;
}

/* Reads the page from candidates. */
static aluno_code read_chosen(struct page *page, const int64_t *ids, size_t count, aluno_error *error)
{
    char text[24];
    aluno__buffer array = {0};
    aluno__buffer_append(&array, "[", 1);
    for (size_t i = 0; i < count; i++) {
        const int length = snprintf(text, sizeof text, "%s%" PRId64, i > 0 ? "," : "", ids[i]);
        aluno__buffer_append(&array, text, (size_t)length);
    }
    aluno__buffer_append(&array, "]", 2);
    aluno_code code = ALUNO_OK;
    if (array.failed) {
        code = aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    } else {
        sqlite3_stmt *statement =
            session_statement(page->session, chosen_pages[page->order][page->search->descending]);
        bind_text(statement, ":ids", (const char *)array.data);
        code = read_page_of(page, statement, error);
    }
    aluno__buffer_free(&array);
    return code;
}

/* ---- pages of all students ---- */

/* Reads the number that the statement always has. */
static aluno_code read_number(struct store_session *session, enum statement which, int64_t *number,
                              aluno_error *error)
{
    bool found;
    *number = 0;
    const aluno_code code =
        session_step_number(session, session_statement(session, which), &found, number, error);
    return code != ALUNO_OK || found ? code : session_fail(session, error);
}

/* Reads the page; in the order of ids up to the end of a window, after which the rest is to be read when it
 * is not *complete. */
static aluno_code read_all(struct page *page, bool *complete, aluno_error *error)
{
    const bool descending = page->search->descending;
    int64_t stop = 0;
    *complete = true;
    sqlite3_stmt *rows = session_statement(page->session, all_pages[page->order][descending]);
    if (page->order == STORE_BY_ID) {
        const aluno_code code = read_number(page->session, STATEMENT_SEGMENT_LAST, &page->newest, error);
        if (code != ALUNO_OK)
            return code;
        if (page->after_id > page->newest)
            page->after_id = page->newest + 1;
        stop = descending ? page->after_id - ID_WINDOW : page->after_id + ID_WINDOW;
        bind_int(rows, ":stop", stop);
    }
    bind_int(rows, ":with_removed", page->search->scope == STORE_WITH_REMOVED);
    const aluno_code code = read_page_of(page, rows, error);
    if (page->order == STORE_BY_ID && page->last->id == 0 && (descending ? stop > 1 : stop < page->newest)) {
        *complete = false;
        page->after_id = stop;
    }
    return code;
}

/* ---- pages of matches ---- */

/* Finds the matches, whose number is the total, and reads the page unless it is `complete`. */
static aluno_code read_matches(struct page *page, bool complete, aluno_error *error)
{
    struct matches matches = {0};
    struct candidates candidates = {
        .session = page->session,
        .matches = &matches,
        .position = page->position,
        .day = page->search->day,
        .after_id = page->after_id,
        .descending = page->search->descending,
        .wanted = (size_t)page->limit + 1,
    };
    aluno_code code = matches_find(page->session, page->search, page->words, &matches, error);
    if (code == ALUNO_OK && !complete)
        code = candidates_by[page->order](&candidates, error);
    if (code == ALUNO_OK && !complete)
        code = read_chosen(page, candidates.ids, candidates.count, error);
    *page->total = matches.total;
    free(candidates.ids);
    matches_free(&matches);
    return code;
}

/* Unless the clock has been set back, the order of times is that of ids. */
static aluno_code choose_order(struct page *page, aluno_error *error)
{
    page->order = page->search->order;
    if (page->order != STORE_BY_CREATE_TIME)
        return ALUNO_OK;
    bool is_set_back;
    int64_t student;
    sqlite3_stmt *steps = session_statement(page->session, STATEMENT_CLOCK_STEPS);
    const aluno_code code = session_step_number(page->session, steps, &is_set_back, &student, error);
    if (!is_set_back)
        page->order = STORE_BY_ID;
    return code;
}

static aluno_code read_page(struct page *page, aluno_error *error)
{
    bool complete = false;
    aluno_code code = choose_order(page, error);
    if (code != ALUNO_OK)
        return code;
    const bool in_order = page->order == STORE_BY_ID || page->order == STORE_BY_NAME;
    if (store_search_is_of_all(page->search) && in_order)
        code = read_all(page, &complete, error);
    if (code != ALUNO_OK)
        return code;
    if (complete && page->search->scope == STORE_PRESENT)
        return read_number(page->session, STATEMENT_COUNT_ALL, page->total, error);
    return read_matches(page, complete, error);
}

/* Reads page and count from one snapshot. */
static aluno_code read_snapshot(struct page *page, const struct store_position *after, aluno_error *error)
{
    struct store_session *session = page->session;
    aluno_code code = savepoint_open(session, error);
    if (code != ALUNO_OK)
        return code;
    session->deadline_ms = page->search->deadline_ms;
    session->abandoned = page->search->abandoned;
    code = find_position(page, after, error);
    if (code == ALUNO_OK)
        code = read_page(page, error);
    session->deadline_ms = INT64_MAX; /* the release must not be interrupted */
    session->abandoned = NULL;
    if (page->position != NULL)
        sqlite3_reset(page->position);
    const aluno_code released = savepoint_release(session, code == ALUNO_OK ? error : NULL);
    return code == ALUNO_OK ? released : code;
}

aluno_code sqlite_student_search(struct store_session *session, const struct store_search *search,
                                 const struct store_position *after, int64_t limit, struct store_page *out,
                                 int64_t *total, struct store_position *last, aluno_error *error)
{
    char *words = *search->words != '\0' ? aluno_fold(search->words) : NULL;
    if (*search->words != '\0' && words == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    const struct store_position from = *after; /* may be *last */
    *last = (struct store_position){.id = 0};
    struct page page = {
        .session = session,
        .search = search,
        .words = words,
        .limit = limit,
        .out = out,
        .total = total,
        .last = last,
    };
    const aluno_code code = read_snapshot(&page, &from, error);
    free(words);
    return code;
}

aluno_code sqlite_position_purge(struct store_session *session, int64_t before_ms, int64_t limit,
                                 int64_t *count, aluno_error *error)
{
    return session_purge(session, STATEMENT_POSITION_PURGE, before_ms, limit, count, error);
}
