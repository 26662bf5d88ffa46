/* Verifies a file that no process changes: SQLite's integrity check, the total of students, the schema, and a
 * trial of every statement. */
#include "inspect.h"

#include "file.h"
#include "live_copy.h"
#include "protocol/error.h"
#include "schema.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static aluno_code refuse(const char *file, const char *problem, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_BACKUP_FAILED, "%s: %s", file, problem);
}

/* One text; "" when there is none. */
static void read_text(struct store_session *session, const char *sql, char *text, size_t size)
{
    sqlite3_stmt *statement = NULL;
    *text = '\0';
    if (sqlite3_prepare_v2(session->db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        snprintf(text, size, "%s", (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
}

static aluno_code check_integrity(struct store_session *session, const char *file, aluno_error *error)
{
    char result[160];
    read_text(session, "PRAGMA integrity_check(1)", result, sizeof result);
    if (strcmp(result, "ok") == 0)
        return ALUNO_OK;
    return aluno__error_set(error, ALUNO_REASON_BACKUP_FAILED, "%s: is damaged: %s", file,
                            *result != '\0' ? result : sqlite3_errmsg(session->db));
}

static aluno_code check_total(struct store_session *session, const char *file, struct store_facts *facts,
                              aluno_error *error)
{
    int64_t total = 0;
    if (!session_number(session, "SELECT live FROM student_total", &total) ||
        !session_number(session, "SELECT count(*) FROM student WHERE delete_time IS NULL", &facts->students))
        return refuse(file, sqlite3_errmsg(session->db), error);
    if (total == facts->students)
        return ALUNO_OK;
    return aluno__error_set(error, ALUNO_REASON_BACKUP_FAILED,
                            "%s: is damaged: it counts %" PRId64 " students and has %" PRId64, file, total,
                            facts->students);
}

/* An older schema would be migrated, so its statements differ. */
static aluno_code check_statements(struct store_session *session, const char *file,
                                   const struct store_facts *facts, aluno_error *error)
{
    if (facts->schema_version < store_migration_count)
        return ALUNO_OK;
    for (int i = 0; i < STATEMENT_COUNT; i++)
        if (session_statement(session, (enum statement)i) == NULL)
            return refuse(file, sqlite3_errmsg(session->db), error);
    return ALUNO_OK;
}

static aluno_code inspect(struct store_session *session, const char *file, struct store_facts *facts,
                          aluno_error *error)
{
    char problem[160];
    if (!schema_read(session, store_migration_count, &facts->schema_version, problem, sizeof problem))
        return refuse(file, sqlite3_errmsg(session->db), error);
    if (*problem != '\0' || facts->schema_version == 0)
        return refuse(file, *problem != '\0' ? problem : "has no students' tables", error);
    aluno_code code = check_integrity(session, file, error);
    if (code == ALUNO_OK)
        code = check_total(session, file, facts, error);
    if (code == ALUNO_OK)
        code = check_statements(session, file, facts, error);
    return code;
}

aluno_code inspect_file(const char *file, const char *name, const atomic_bool *stop,
                        struct store_facts *facts, aluno_error *error)
{
    struct store_session *session;
    struct stat found;
    *facts = (struct store_facts){0};
    if (stat(file, &found) != 0)
        return refuse(name, strerror(errno), error);
    if (session_open(&session, file, SESSION_INSPECTS, error) != ALUNO_OK)
        return refuse(name, "is not a database", error);
    session->abandoned = stop;
    facts->size = found.st_size;
    const aluno_code code = inspect(session, name, facts, error);
    session_close(session);
    return code;
}

static bool has_log(const char *file)
{
    char log[PATH_MAX + 40];
    struct stat found;
    snprintf(log, sizeof log, "%s-wal", file);
    return stat(log, &found) == 0 && found.st_size > 0;
}

/* A copy of a running database is a file and its log, which may not fit each other. */
aluno_code inspect_log(const char *file, aluno_error *error)
{
    return has_log(file) ? refuse(file, "has a write-ahead log beside it, so it is no finished backup", error)
                         : ALUNO_OK;
}

/* Opening the copy and closing it moves its log into it. A failure of that shows in the log, which stays. */
static aluno_code inspect_live(const char *path, struct store_facts *facts, aluno_error *error)
{
    char copy[PATH_MAX + 32];
    struct store_session *session;
    snprintf(copy, sizeof copy, "%s.check.unfinished", path);
    aluno_code code = live_copy(path, copy, error);
    if (code == ALUNO_OK)
        code = session_open(&session, copy, SESSION_COPIES, error);
    if (code == ALUNO_OK) {
        session_close(session);
        code = has_log(copy) ? refuse(copy, "its write-ahead log cannot be moved into it", error)
                             : inspect_file(copy, path, NULL, facts, error);
    }
    live_copy_remove(copy);
    return code;
}

aluno_code sqlite_inspect(const char *file, struct store_facts *facts, aluno_error *error)
{
    char *path = realpath(file, NULL);
    aluno_code code = ALUNO_OK;
    if (path != NULL && file_is_in_use(path))
        code = inspect_live(path, facts, error);
    else if ((code = inspect_log(file, error)) == ALUNO_OK)
        code = inspect_file(file, file, NULL, facts, error);
    free(path);
    return code;
}
