/* A connection to SQLite: how it is set up, its statements, and what SQLite's results mean. */
#include "session.h"

#include "base/clock.h"
#include "log.h"
#include "name_matches.h"
#include "protocol/error.h"

#include <assert.h>
#include <stdlib.h>

/* How long to wait for another program that holds the database's lock, milliseconds. */
#define BUSY_TIMEOUT_MS 2000

/* When a caller may try again that found the database busy, milliseconds. */
#define BUSY_RETRY_MS 500

/* How often a reader looks whether its answer is still wanted, in steps of SQLite's machine: some 50 µs. */
#define LATE_STEPS 1000

/* Caches are bounded (KiB, hence negative) so that an idle service stays small. Every checkpoint is the
 * writer's, for in some versions of SQLite commits may vanish when two connections commit or checkpoint
 * (sqlite.org/wal.html, "the WAL-reset bug"). */
static const char *const pragmas[] = {
    [SESSION_READS] = "PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -1024;"
                      "PRAGMA trusted_schema = OFF",
    [SESSION_WRITES] = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 0;"
                       "PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF",
};

/* SQLite's file layer for a database that one process alone opens: the index of the write-ahead log is in
 * this process's memory, so that a read takes no file lock (two system calls each, and a mutex of all
 * readers), and every other process is kept out. A reader is kept from writing by query_only alone: opened as
 * SQLITE_OPEN_READONLY it would turn the process's lock into a shared one and let others in, who know nothing
 * of that index. */
static const char vfs[] = "unix-excl";

static int remember_wal_frames(void *session, sqlite3 *db, const char *name, int frames)
{
    (void)db;
    (void)name;
    ((store_session *)session)->wal_frames = frames;
    return SQLITE_OK;
}

/* Whether SQLite is to give up the statement that it runs. */
static int is_late(void *session)
{
    return aluno__clock_ms() >= ((store_session *)session)->until_ms;
}

aluno_code session_open(store_session **out, const char *path, session_role role, aluno_error *error)
{
    store_session *session = calloc(1, sizeof *session);
    if (!session)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);

    session->until_ms = INT64_MAX;
    if (sqlite3_open_v2(path, &session->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, vfs) != SQLITE_OK ||
        sqlite3_extended_result_codes(session->db, 1) != SQLITE_OK ||
        sqlite3_busy_timeout(session->db, BUSY_TIMEOUT_MS) != SQLITE_OK ||
        name_matches_define(session->db) != SQLITE_OK ||
        sqlite3_exec(session->db, pragmas[role], NULL, NULL, NULL) != SQLITE_OK) {
        const aluno_code code = session_refuse(session, path, error);
        session_close(session);
        return code;
    }
    if (role == SESSION_WRITES)
        sqlite3_wal_hook(session->db, remember_wal_frames, session);
    else
        sqlite3_progress_handler(session->db, LATE_STEPS, is_late, session);
    *out = session;
    return ALUNO_OK;
}

void session_close(store_session *session)
{
    if (!session)
        return;
    for (size_t i = 0; i < session->prepared_count; i++)
        sqlite3_finalize(session->prepared[i].statement);
    sqlite3_close(session->db);
    free(session);
}

sqlite3_stmt *session_statement(store_session *session, const char *sql)
{
    for (size_t i = 0; i < session->prepared_count; i++)
        if (session->prepared[i].sql == sql)
            return session->prepared[i].statement;

    sqlite3_stmt *statement;
    assert(session->prepared_count < SESSION_STATEMENTS);
    if (sqlite3_prepare_v3(session->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        return NULL;
    session->prepared[session->prepared_count].sql = sql;
    session->prepared[session->prepared_count++].statement = statement;
    return statement;
}

aluno_code session_run(store_session *session, const char *sql, aluno_error *error)
{
    sqlite3_stmt *statement = session_statement(session, sql);
    const bool done = statement && sqlite3_step(statement) == SQLITE_DONE;
    const aluno_code code = done ? ALUNO_OK : session_fail(session, error);
    sqlite3_reset(statement);
    return code;
}

bool session_number(store_session *session, const char *sql, int64_t *number)
{
    sqlite3_stmt *statement = session_statement(session, sql);
    const bool found = statement && sqlite3_step(statement) == SQLITE_ROW;
    if (found)
        *number = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return found;
}

aluno_code session_savepoint(store_session *session, aluno_error *error)
{
    return session_run(session, "SAVEPOINT change", error);
}

aluno_code session_keep(store_session *session, aluno_error *error)
{
    return session_run(session, "RELEASE change", error);
}

aluno_code session_undo(store_session *session, aluno_error *error)
{
    const aluno_code code = session_run(session, "ROLLBACK TO change", error);
    return code == ALUNO_OK ? session_keep(session, error) : code;
}

static aluno_reason reason_of_result(sqlite3 *db)
{
    switch (sqlite3_errcode(db) & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ALUNO_REASON_STORE_BUSY;
    case SQLITE_FULL:
        return ALUNO_REASON_STORE_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ALUNO_REASON_STORE_CORRUPT;
    default:
        return ALUNO_REASON_INTERNAL_ERROR;
    }
}

aluno_code session_fail(store_session *session, aluno_error *error)
{
    if (sqlite3_errcode(session->db) == SQLITE_INTERRUPT)
        return aluno__error_set(error, session->failure = ALUNO_REASON_DEADLINE_PASSED, NULL);
    session->failure = reason_of_result(session->db);
    log_line(LOG_ERROR, "The database failed.", "reason", aluno_reason_of(session->failure)->name, "result",
             sqlite3_errstr(sqlite3_extended_errcode(session->db)), "detail", sqlite3_errmsg(session->db),
             NULL);

    const aluno_code code = aluno__error_set(error, session->failure, NULL);
    if (error && session->failure == ALUNO_REASON_STORE_BUSY)
        ALUNO_SET(*error, retry_after_ms, BUSY_RETRY_MS);
    return code;
}

aluno_code session_refuse(const store_session *session, const char *path, aluno_error *error)
{
    const char *problem;
    switch (sqlite3_errcode(session->db) & 0xff) {
    case SQLITE_NOTADB:
        problem = "is not a database; choose another file";
        break;
    case SQLITE_CORRUPT:
        problem = "is damaged; restore a backup";
        break;
    case SQLITE_BUSY:
        problem = "is in use by another program; stop it";
        break;
    default:
        problem = sqlite3_errmsg(session->db);
    }
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--db %s: %s", path, problem);
}
