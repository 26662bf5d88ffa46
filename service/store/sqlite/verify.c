/* Verifies the database while it is in use: first the digest of each page of the file, in slices with pauses
 * between them and without a transaction; then the structure of each table with its indexes, and the count of
 * students, each in a snapshot of its own. A page in the write-ahead log is verified when it is in the file.
 */
#include "verify.h"

#include "page_file.h"
#include "session.h"

#include "base/clock.h"
#include "log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    SLICE_PAGES = 64,
    PAUSE_MS = 10,
    REPORTED_PAGES = 16, /* damaged ones that the log names */
};

struct verifying {
    struct store_session *session;
    struct place *place;
    int64_t table_ms;
    const atomic_bool *stop;
    struct store_verified *found;
};

static bool is_stopped(const struct verifying *run)
{
    return run->stop != NULL && atomic_load(run->stop);
}

/* ---- pages ---- */

static void report_page(const struct verifying *run, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, number);
    if (run->found->damaged_pages <= REPORTED_PAGES)
        log_line(LOG_ERROR, "A page of the database is damaged.", "page", text, NULL);
}

/* A page that does not fit its digest is read again while no checkpoint writes it. */
static bool is_sound(const struct verifying *run, sqlite3_file *file, int64_t number)
{
    if (page_file_verify(file, number))
        return true;
    place_hold(run->place);
    const bool sound = page_file_verify(file, number);
    place_release(run->place);
    return sound;
}

static void verify_pages(struct verifying *run)
{
    sqlite3_file *file = page_file_of(run->session->db);
    for (int64_t number = 1; number <= page_file_count(file) && !is_stopped(run); number++) {
        run->found->pages++;
        if (!is_sound(run, file, number)) {
            run->found->damaged_pages++;
            report_page(run, number);
        }
        if (number % SLICE_PAGES == 0)
            aluno__clock_sleep(PAUSE_MS);
    }
}

/* ---- tables ---- */

/* `what` is SQLite's: it names places, no values. */
static void report_table(struct verifying *run, const char *table, const char *what)
{
    run->found->damaged_tables++;
    log_line(LOG_ERROR, "A table of the database is damaged.", "table", table, "what", what, NULL);
}

static void verify_table(struct verifying *run, const char *table)
{
    char *sql = sqlite3_mprintf("PRAGMA integrity_check(%Q)", table);
    sqlite3_stmt *check = NULL;
    run->session->deadline_ms = aluno__clock_ms() + run->table_ms;
    if (sql == NULL || sqlite3_prepare_v2(run->session->db, sql, -1, &check, NULL) != SQLITE_OK)
        report_table(run, table, sqlite3_errmsg(run->session->db));
    else if (sqlite3_step(check) == SQLITE_ROW) {
        const char *what = (const char *)sqlite3_column_text(check, 0);
        if (what != NULL && strcmp(what, "ok") != 0)
            report_table(run, table, what);
    } else if (!session_is_late(run->session))
        report_table(run, table, sqlite3_errmsg(run->session->db));
    else
        run->found->unfinished_tables += !is_stopped(run);
    sqlite3_finalize(check);
    sqlite3_free(sql);
    run->session->deadline_ms = INT64_MAX;
}

static void verify_tables(struct verifying *run)
{
    sqlite3_stmt *tables = NULL;
    char name[64];
    int result = SQLITE_ERROR;
    if (sqlite3_prepare_v2(run->session->db,
                           "SELECT name FROM sqlite_schema WHERE type = 'table' AND name > :after"
                           " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name LIMIT 1",
                           -1, &tables, NULL) == SQLITE_OK)
        for (*name = '\0'; !is_stopped(run);) {
            bind_text(tables, ":after", name);
            result = sqlite3_step(tables);
            if (result != SQLITE_ROW)
                break;
            snprintf(name, sizeof name, "%s", (const char *)sqlite3_column_text(tables, 0));
            sqlite3_reset(tables);
            verify_table(run, name);
        }
    if (result != SQLITE_DONE && result != SQLITE_ROW && !is_stopped(run))
        report_table(run, "sqlite_schema", sqlite3_errmsg(run->session->db));
    sqlite3_finalize(tables);
}

/* ---- counts ---- */

/* The difference is read by one statement, since students are created meanwhile. */
static void verify_count(struct verifying *run)
{
    int64_t difference = 0;
    run->session->deadline_ms = aluno__clock_ms() + run->table_ms;
    const bool is_counted =
        session_number(run->session, "SELECT live FROM student_total", &run->found->students) &&
        session_number(run->session,
                       "SELECT live - (SELECT count(*) FROM student NOT INDEXED WHERE delete_time IS NULL)"
                       " FROM student_total",
                       &difference);
    if (is_counted && difference != 0)
        report_table(run, "student_total", "it counts another number of students than there are");
    else if (!is_counted && session_is_late(run->session))
        run->found->unfinished_tables += !is_stopped(run);
    else if (!is_counted)
        report_table(run, "student", sqlite3_errmsg(run->session->db));
}

aluno_code verify(const char *path, struct place *place, int64_t table_ms, const atomic_bool *stop,
                  struct store_verified *found, aluno_error *error)
{
    struct verifying run = {.place = place, .table_ms = table_ms, .stop = stop, .found = found};
    *found = (struct store_verified){0};
    const aluno_code code = session_open(&run.session, path, SESSION_READS, error);
    if (code != ALUNO_OK)
        return code;
    run.session->abandoned = stop;
    verify_pages(&run);
    if (!is_stopped(&run))
        verify_tables(&run);
    if (!is_stopped(&run))
        verify_count(&run);
    found->is_complete = !is_stopped(&run);
    session_close(run.session);
    return ALUNO_OK;
}
