/* Migrations, in one transaction that holds an advisory lock. */
#include "migrate.h"

#include "base/clock.h"
#include "log.h"
#include "protocol/error.h"

#include <inttypes.h>
#include <stdio.h>

enum { MIGRATE_MS = 60 * 60 * 1000 };

static aluno_code run_text(struct store_session *session, const char *sql, aluno_error *error)
{
    struct query *query = query_begin_text(session, sql);
    return query != NULL ? query_step(query, NULL, error)
                         : aluno__error_set(error, ALUNO_REASON_INTERNAL_ERROR, "a statement is too long");
}

aluno_code migrate_version(struct store_session *session, int64_t *version, aluno_error *error)
{
    int64_t tables = 0;
    bool found;
    *version = 0;
    aluno_code code = query_number(
        query_begin_text(session, "SELECT CAST(to_regclass('schema_version') IS NOT NULL AS int)"), &found,
        &tables, error);
    if (code == ALUNO_OK && tables > 0)
        code = query_number(query_begin_text(session, "SELECT version FROM schema_version"), &found, version,
                            error);
    return code;
}

/* A script has many statements, which only libpq's simple protocol takes: not in a pipeline. */
static aluno_code run_script(struct store_session *session, const char *script, aluno_error *error)
{
    PGconn *connection = session->connection;
    if (PQexitPipelineMode(connection) != 1 || PQsetnonblocking(connection, 0) != 0)
        return aluno__error_set(error, ALUNO_REASON_INTERNAL_ERROR, "a pipeline does not end");
    PGresult *result = PQexec(connection, script);
    aluno_code code = ALUNO_OK;
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        code = aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--db: its schema cannot be made: %s",
                                PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
    PQclear(result);
    PQsetnonblocking(connection, 1);
    PQenterPipelineMode(connection);
    return code;
}

static aluno_code run_scripts(struct store_session *session, int64_t from, aluno_error *error)
{
    char set[96];
    aluno_code code = ALUNO_OK;
    if (from == 0)
        code = run_text(session, "CREATE TABLE schema_version (version int NOT NULL)", error);
    if (from == 0 && code == ALUNO_OK)
        code = run_text(session, "INSERT INTO schema_version VALUES (0)", error);
    for (int64_t i = from; code == ALUNO_OK && i < postgres_migration_count; i++)
        code = run_script(session, postgres_migrations[i], error);
    snprintf(set, sizeof set, "UPDATE schema_version SET version = %d", postgres_migration_count);
    return code == ALUNO_OK ? run_text(session, set, error) : code;
}

static aluno_code migrate_locked(struct store_session *session, aluno_error *error)
{
    int64_t version = 0;
    aluno_code code = run_text(
        session, "SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true)",
        error);
    if (code == ALUNO_OK)
        code = run_text(session, "SELECT pg_advisory_xact_lock(hashtext('aluno.schema'))", error);
    if (code == ALUNO_OK)
        code = migrate_version(session, &version, error);
    if (code != ALUNO_OK || version == postgres_migration_count)
        return code;
    if (version > postgres_migration_count)
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                                "--db: has schema version %" PRId64
                                ", newer than this program's %d; use a newer alunod",
                                version, postgres_migration_count);
    code = run_scripts(session, version, error);
    if (code == ALUNO_OK && version == 0)
        log_line(LOG_WARN, "There was no database: an empty one was made.", "db", PQdb(session->connection),
                 NULL);
    return code;
}

aluno_code migrate(struct store_session *session, aluno_error *error)
{
    session_begin(session, STATEMENT_BEGIN);
    session->head.deadline_ms = aluno__clock_deadline(MIGRATE_MS);
    aluno_code code = migrate_locked(session, error);
    if (code == ALUNO_OK)
        code = session_commit(session, error);
    else
        session_rollback(session);
    session->head.deadline_ms = 0;
    return code;
}
