/* A connection to SQLite: its settings, its statements, and the errors that SQLite's results become. */
#include "session.h"

#include "base/clock.h"
#include "file_layer.h"
#include "log.h"
#include "name_matches.h"
#include "page_file.h"
#include "protocol/error.h"
#include "student_age.h"
#include "store/student_columns.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BUSY_RETRY_MS = 500, /* when a caller that found the database busy may try again */
    CHECK_STEPS = 1000, /* how often a reader checks its deadline, in steps of SQLite's machine: some 50 µs */
};

static const char *const statement_sql[] = {
#define STATEMENT(name, text) [STATEMENT_##name] = text,
#include "statements.def"
};
_Static_assert(sizeof statement_sql / sizeof *statement_sql == STATEMENT_COUNT, "one text a statement");

/* Caches are bounded (KiB, hence negative): an idle service stays small. Only the writer checkpoints, because
 * some versions of SQLite lose commits when two connections commit or checkpoint at once
 * (sqlite.org/wal.html, "the WAL-reset bug"). */
static const char *const pragmas[] = {
    [SESSION_READS] = "PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -8192;"
                      "PRAGMA trusted_schema = OFF",
    [SESSION_WRITES] = "PRAGMA synchronous = FULL; PRAGMA checkpoint_fullfsync = ON;"
                       "PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = ON;"
                       "PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;"
                       "PRAGMA journal_size_limit = 33554432",
    [SESSION_COPIES] =
        "PRAGMA checkpoint_fullfsync = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -8192;"
        "PRAGMA trusted_schema = OFF",
    [SESSION_INSPECTS] = "PRAGMA query_only = ON; PRAGMA cache_size = -8192; PRAGMA trusted_schema = OFF",
};

static int count_commit(void *at, sqlite3 *db, const char *name, int frames)
{
    (void)db;
    (void)name;
    struct store_session *session = at;
    session->wal_frames = frames;
    session->commits++;
    condition_wrote(&session->condition);
    return SQLITE_OK;
}

static bool is_abandoned(const struct store_session *session)
{
    return session->abandoned != NULL && atomic_load_explicit(session->abandoned, memory_order_relaxed);
}

bool session_is_late(const struct store_session *session)
{
    return is_abandoned(session) || aluno__clock_ms() >= session->deadline_ms;
}

aluno_code session_fail_late(struct store_session *session, aluno_error *error)
{
    session->failure = is_abandoned(session) ? ALUNO_REASON_CALL_CANCELLED : ALUNO_REASON_DEADLINE_PASSED;
    return aluno__error_set(error, session->failure, NULL);
}

/* SQLite interrupts the running statement when this returns true. */
static int is_late(void *argument)
{
    return session_is_late(argument);
}

/* Writes the URI of a file that is read alone: without locks, without its write-ahead log. */
static bool write_immutable_uri(char *uri, size_t size, const char *path)
{
    size_t at = (size_t)snprintf(uri, size, *path == '/' ? "file://" : "file:");
    for (const char *c = path; *c != '\0' && at + 4 < size; c++)
        at += (size_t)snprintf(uri + at, size - at, strchr("%?#", *c) != NULL ? "%%%02X" : "%c", *c);
    const int added = snprintf(uri + at, size - at, "?immutable=1");
    return at + 4 < size && (size_t)added < size - at;
}

/* Readers are opened for writing and restricted by query_only: SQLITE_OPEN_READONLY would turn the process's
 * lock into a shared one and let in processes that do not see the index of the write-ahead log. */
static int open_database(struct store_session *session, const char *path, enum session_role role)
{
    char uri[3 * PATH_MAX];
    if (role != SESSION_INSPECTS)
        return sqlite3_open_v2(path, &session->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, file_layer());
    if (!write_immutable_uri(uri, sizeof uri, path))
        return SQLITE_CANTOPEN;
    return sqlite3_open_v2(uri, &session->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
                           file_layer());
}

aluno_code session_open(struct store_session **out, const char *path, enum session_role role,
                        aluno_error *error)
{
    struct store_session *session = calloc(1, sizeof *session);
    if (session == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);

    session->deadline_ms = INT64_MAX;
    if (open_database(session, path, role) != SQLITE_OK ||
        sqlite3_extended_result_codes(session->db, 1) != SQLITE_OK ||
        sqlite3_busy_timeout(session->db, SESSION_BUSY_MS) != SQLITE_OK ||
        name_matches_define(session->db) != SQLITE_OK || student_age_define(session->db) != SQLITE_OK ||
        page_file_request(session->db) != SQLITE_OK ||
        sqlite3_exec(session->db, pragmas[role], NULL, NULL, NULL) != SQLITE_OK) {
        const aluno_code code = session_refuse(session, path, error);
        session_close(session);
        return code;
    }
    session->is_writer = role == SESSION_WRITES;
    if (session->is_writer)
        sqlite3_wal_hook(session->db, count_commit, session);
    else
        sqlite3_progress_handler(session->db, CHECK_STEPS, is_late, session);
    *out = session;
    return ALUNO_OK;
}

void session_close(struct store_session *session)
{
    if (session == NULL)
        return;
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(session->statements[i]);
    sqlite3_close(session->db);
    free(session->names);
    audit_outbox_free(&session->outbox);
    free(session);
}

sqlite3_stmt *session_statement(struct store_session *session, enum statement which)
{
    sqlite3_stmt **statement = &session->statements[which];
    if (*statement == NULL)
        sqlite3_prepare_v3(session->db, statement_sql[which], -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
    return *statement;
}

void bind_int(sqlite3_stmt *statement, const char *parameter, int64_t value)
{
    const int index = sqlite3_bind_parameter_index(statement, parameter);
    if (index > 0)
        sqlite3_bind_int64(statement, index, value);
}

void bind_text(sqlite3_stmt *statement, const char *parameter, const char *text)
{
    const int index = sqlite3_bind_parameter_index(statement, parameter);
    if (index > 0)
        sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
}

void bind_blob(sqlite3_stmt *statement, const char *parameter, const uint8_t *bytes, size_t size)
{
    static const uint8_t empty[1];
    const int index = sqlite3_bind_parameter_index(statement, parameter);
    if (index > 0)
        sqlite3_bind_blob64(statement, index, size > 0 ? bytes : empty, size, SQLITE_STATIC);
}

aluno_code session_step(struct store_session *session, sqlite3_stmt *statement, aluno_error *error)
{
    const aluno_code code = sqlite3_step(statement) == SQLITE_DONE ? ALUNO_OK : session_fail(session, error);
    sqlite3_reset(statement);
    return code;
}

/* The failure is read before the column: reading a column that is not there is a failure of its own. */
aluno_code session_step_number(struct store_session *session, sqlite3_stmt *statement, bool *found,
                               int64_t *number, aluno_error *error)
{
    const int result = sqlite3_step(statement);
    const aluno_code code =
        result == SQLITE_ROW || result == SQLITE_DONE ? ALUNO_OK : session_fail(session, error);
    *found = result == SQLITE_ROW;
    if (*found)
        *number = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return code;
}

aluno_code session_add_to_total(struct store_session *session, int64_t added, aluno_error *error)
{
    sqlite3_stmt *add = session_statement(session, STATEMENT_TOTAL_ADD);
    bind_int(add, ":added", added);
    return session_step(session, add, error);
}

aluno_code session_run(struct store_session *session, enum statement which, aluno_error *error)
{
    return session_step(session, session_statement(session, which), error);
}

aluno_code session_purge(struct store_session *session, enum statement which, int64_t before_ms,
                         int64_t limit, int64_t *count, aluno_error *error)
{
    sqlite3_stmt *purge = session_statement(session, which);
    bind_int(purge, ":before", before_ms);
    bind_int(purge, ":limit", limit);
    const aluno_code code = session_step(session, purge, error);
    *count = code == ALUNO_OK ? sqlite3_changes64(session->db) : 0;
    return code;
}

bool session_number(struct store_session *session, const char *sql, int64_t *number)
{
    sqlite3_stmt *statement = NULL;
    const bool found = sqlite3_prepare_v2(session->db, sql, -1, &statement, NULL) == SQLITE_OK &&
                       sqlite3_step(statement) == SQLITE_ROW;
    if (found)
        *number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return found;
}

aluno_code savepoint_open(struct store_session *session, aluno_error *error)
{
    session->live_added_before = session->live_added;
    audit_outbox_mark(&session->outbox);
    return session_run(session, STATEMENT_SAVEPOINT_OPEN, error);
}

aluno_code savepoint_release(struct store_session *session, aluno_error *error)
{
    return session_run(session, STATEMENT_SAVEPOINT_RELEASE, error);
}

aluno_code savepoint_rollback(struct store_session *session, aluno_error *error)
{
    session->live_added = session->live_added_before;
    audit_outbox_go_back(&session->outbox);
    session->rollbacks++;
    const aluno_code code = session_run(session, STATEMENT_SAVEPOINT_ROLLBACK, error);
    return code == ALUNO_OK ? savepoint_release(session, error) : code;
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

aluno_code session_fail(struct store_session *session, aluno_error *error)
{
    if (sqlite3_errcode(session->db) == SQLITE_INTERRUPT)
        return session_fail_late(session, error);

    session->failure = reason_of_result(session->db);
    condition_fail(&session->condition, session->failure);
    if (session->failure == ALUNO_REASON_STORE_CORRUPT && session->damaged != NULL)
        atomic_store(session->damaged, true);
    log_line(LOG_ERROR, "The database failed.", "reason", aluno_reason_of(session->failure)->name, "result",
             sqlite3_errstr(sqlite3_extended_errcode(session->db)), "detail", sqlite3_errmsg(session->db),
             NULL);
    const aluno_code code = aluno__error_set(error, session->failure, NULL);
    if (error != NULL && session->failure == ALUNO_REASON_STORE_BUSY)
        ALUNO_SET(*error, retry_after_ms, BUSY_RETRY_MS);
    return code;
}

aluno_code session_refuse(const struct store_session *session, const char *path, aluno_error *error)
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
