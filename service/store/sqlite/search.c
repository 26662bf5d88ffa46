/* Searches: pages of students by what they match, in some order.
 *
 * Pages are cut by key: one goes on after the place of the last student of the page before, so nothing is
 * skipped or repeated whatever is added, removed or changed meanwhile. A place is told as a student's id and
 * revision, and looked up again: callers need not be given names to hand back. */
#include "student.h"

#include "protocol/error.h"

#include <aluno/values.h>

#include <stdlib.h>
#include <string.h>

/* ---- statements: ?1 to ?5 are the place to go on after, ?6 to ?11 what is searched for, ?12 the limit ----
 */

#define MATCHES                                                                                              \
    " FROM student WHERE (?6 OR delete_time IS NULL) AND (?7 IS NULL OR name_matches(name_folded, ?7))"      \
    " AND age BETWEEN ?8 AND ?9 AND (?10 IS NULL OR br_document = ?10)"                                      \
    " AND (?11 IS NULL OR email = ?11 COLLATE NOCASE)"
#define PAGE(place, order) "SELECT " STUDENT_COLUMNS MATCHES " AND " place " ORDER BY " order " LIMIT ?12"

/* By the order, and whether it descends. */
static const char *const page_sql[][2] = {
    [STORE_BY_ID] = {PAGE("id > ?5", "id"), PAGE("id < ?5", "id DESC")},
    [STORE_BY_NAME] = {PAGE("(name_folded, name, id) > (?1, ?2, ?5)", "name_folded, name, id"),
                       PAGE("(name_folded, name, id) < (?1, ?2, ?5)",
                            "name_folded DESC, name DESC, id DESC")},
    [STORE_BY_AGE] = {PAGE("(age, id) > (?3, ?5)", "age, id"),
                      PAGE("(age, id) < (?3, ?5)", "age DESC, id DESC")},
    [STORE_BY_CREATE_TIME] = {PAGE("(create_time, id) > (?4, ?5)", "create_time, id"),
                              PAGE("(create_time, id) < (?4, ?5)", "create_time DESC, id DESC")},
};

static const char count_sql[] = "SELECT count(*)" MATCHES;

static const char total_sql[] = "SELECT live FROM student_total";

/* The place of a student as of a revision. */
static const char place_sql[] =
    "SELECT coalesce(f.name_folded, s.name_folded), coalesce(f.name, s.name), coalesce(f.age, s.age), "
    "s.create_time,"
    " s.id FROM student s LEFT JOIN student_former_place f ON f.student_id = s.id AND f.revision >= ?2"
    " WHERE s.id = ?1 ORDER BY f.revision LIMIT 1";

enum { PLACE_TEXTS = 2, PLACE_COLUMNS = 5 };

/* Before all students, or after them: a BLOB comes after every text. */
static void bind_extreme(sqlite3_stmt *page, bool last)
{
    for (int i = 1; i <= PLACE_COLUMNS; i++) {
        if (i > PLACE_TEXTS)
            sqlite3_bind_int64(page, i, last ? INT64_MAX : INT64_MIN);
        else if (last)
            sqlite3_bind_zeroblob(page, i, 0);
        else
            sqlite3_bind_text(page, i, "", 0, SQLITE_STATIC);
    }
}

static aluno_code bind_place(store_session *session, sqlite3_stmt *page, const store_place *after,
                             aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    sqlite3_stmt *place = session_statement(session, place_sql);
    sqlite3_bind_int64(place, 1, after->id);
    sqlite3_bind_int64(place, 2, after->revision);
    const int result = sqlite3_step(place);
    if (result == SQLITE_DONE)
        code = aluno__error_set(error, ALUNO_REASON_STUDENT_NOT_FOUND, NULL);
    else if (result != SQLITE_ROW)
        code = session_fail(session, error);
    for (int i = 0; code == ALUNO_OK && i < PLACE_COLUMNS; i++)
        if (sqlite3_bind_value(page, i + 1, sqlite3_column_value(place, i)) != SQLITE_OK)
            code = session_fail(session, error);
    sqlite3_reset(place);
    return code;
}

/* Binds what is searched for; "" is anything. `words` are folded, or NULL. */
static void bind_search(sqlite3_stmt *statement, const store_search *search, const char *words)
{
    sqlite3_bind_int(statement, 6, search->scope == STORE_WITH_REMOVED);
    sqlite3_bind_text(statement, 7, words, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 8, search->age_min);
    sqlite3_bind_int64(statement, 9, search->age_max);
    sqlite3_bind_text(statement, 10, *search->br_document ? search->br_document : NULL, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 11, *search->email ? search->email : NULL, -1, SQLITE_STATIC);
}

/* ---- pages ---- */

/* Reads the rows of the page. One more than asked for is looked at, to know whether another page follows. */
static aluno_code read_rows(store_session *session, sqlite3_stmt *page, size_t limit,
                            aluno_list_students_reply *out, store_place *last, aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    size_t count = 0;
    int result;
    while (code == ALUNO_OK && (result = sqlite3_step(page)) == SQLITE_ROW && count < limit)
        code = student_read(page, &out->students.items[count++], error);
    if (code == ALUNO_OK && result != SQLITE_ROW && result != SQLITE_DONE)
        code = session_fail(session, error);
    if (code != ALUNO_OK)
        return code;
    out->has.students = true;
    out->students.count = count;
    *last = (store_place){.id = 0};
    if (result == SQLITE_ROW) {
        last->id = out->students.items[count - 1].id;
        last->revision = strtoll(out->students.items[count - 1].etag, NULL, 10);
    }
    return ALUNO_OK;
}

static aluno_code read_page(store_session *session, const store_search *search, const char *words,
                            const store_place *after, size_t limit, aluno_list_students_reply *out,
                            store_place *last, aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    sqlite3_stmt *page = session_statement(session, page_sql[search->order][search->descending]);
    bind_search(page, search, words);
    sqlite3_bind_int64(page, 12, (int64_t)limit + 1);
    if (after->id == 0)
        bind_extreme(page, search->descending);
    else
        code = bind_place(session, page, after, error);
    if (code == ALUNO_OK)
        code = read_rows(session, page, limit, out, last, error);
    sqlite3_reset(page);
    return code;
}

static bool is_everyone(const store_search *search)
{
    return *search->words == '\0' && *search->br_document == '\0' && *search->email == '\0' &&
           search->age_min <= 0 && search->age_max == INT64_MAX && search->scope == STORE_PRESENT;
}

/* How many match in all; of everyone the store keeps count. */
static aluno_code count_matches(store_session *session, const store_search *search, const char *words,
                                int64_t *total, aluno_error *error)
{
    sqlite3_stmt *count = session_statement(session, is_everyone(search) ? total_sql : count_sql);
    bind_search(count, search, words);
    const bool found = sqlite3_step(count) == SQLITE_ROW;
    *total = sqlite3_column_int64(count, 0);
    const aluno_code code = found ? ALUNO_OK : session_fail(session, error);
    sqlite3_reset(count);
    return code;
}

/* Page and count are of one snapshot. */
static aluno_code search_folded(store_session *session, const store_search *search, const char *words,
                                const store_place *after, size_t limit, aluno_list_students_reply *out,
                                store_place *last, aluno_error *error)
{
    aluno_code code = session_savepoint(session, error);
    if (code != ALUNO_OK)
        return code;
    session->until_ms = search->until_ms;
    code = read_page(session, search, words, after, limit, out, last, error);
    if (code == ALUNO_OK)
        code = count_matches(session, search, words, &out->total_size, error);
    session->until_ms = INT64_MAX; /* the savepoint must end */
    const aluno_code kept = session_keep(session, code == ALUNO_OK ? error : NULL);
    return code == ALUNO_OK ? kept : code;
}

aluno_code student_search(store_session *session, const store_search *search, const store_place *after,
                          int64_t limit, aluno_list_students_reply *out, store_place *last,
                          aluno_error *error)
{
    const size_t capacity = sizeof out->students.items / sizeof *out->students.items;
    char *words = *search->words ? aluno_fold(search->words) : NULL;
    if (*search->words && !words)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    aluno_clear(&aluno_list_students_reply_type, out);
    const aluno_code code =
        search_folded(session, search, words, after, limit < (int64_t)capacity ? (size_t)limit : capacity,
                      out, last, error);
    out->has.total_size = code == ALUNO_OK;
    free(words);
    return code;
}

/* ---- forgetting ---- */

static const char purge_sql[] =
    "DELETE FROM student_former_place WHERE (student_id, revision) IN"
    " (SELECT student_id, revision FROM student_former_place WHERE change_time < ?1 LIMIT ?2)";

aluno_code place_purge(store_session *session, int64_t before_ms, int64_t most, int64_t *forgotten,
                       aluno_error *error)
{
    sqlite3_stmt *purge = session_statement(session, purge_sql);
    sqlite3_bind_int64(purge, 1, before_ms);
    sqlite3_bind_int64(purge, 2, most);
    const aluno_code code = sqlite3_step(purge) == SQLITE_DONE ? ALUNO_OK : session_fail(session, error);
    *forgotten = code == ALUNO_OK ? sqlite3_changes64(session->db) : 0;
    sqlite3_reset(purge);
    return code;
}
