/* Creates the schema, and brings an older one up to date. */
#include "migrate.h"

#include "log.h"
#include "protocol/error.h"
#include "uuid.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { APPLICATION_ID = 0x616c756e }; /* as in 0001_students.sql */

/* A file's own account of its schema, before anything is written to it. */
struct schema_facts {
    int64_t version, application, tables;
};

static bool read_facts(struct store_session *session, struct schema_facts *facts)
{
    return session_number(session, "PRAGMA application_id", &facts->application) &&
           session_number(session, "PRAGMA user_version", &facts->version) &&
           session_number(session, "SELECT count(*) FROM sqlite_schema", &facts->tables);
}

static bool is_ours(const struct schema_facts *facts)
{
    const bool is_new = facts->version == 0 && facts->application == 0 && facts->tables == 0;
    return is_new || (facts->version > 0 && facts->application == APPLICATION_ID);
}

/* Creates the file that the database is copied to. VACUUM INTO keeps the mode of an empty file that exists.
 */
static bool create_private(const char *path)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static bool vacuum_into(struct store_session *session, const char *path)
{
    sqlite3_stmt *vacuum = NULL;
    sqlite3_prepare_v2(session->db, "VACUUM INTO :path", -1, &vacuum, NULL);
    bind_text(vacuum, ":path", path);
    const bool done = sqlite3_step(vacuum) == SQLITE_DONE;
    sqlite3_finalize(vacuum);
    return done;
}

/* Copies the database to `path`.v<version>-<Unix time>.backup. */
static aluno_code back_up(struct store_session *session, const char *path, int64_t version,
                          aluno_error *error)
{
    char *copy = NULL;
    aluno_code code = ALUNO_OK;
    if (asprintf(&copy, "%s.v%" PRId64 "-%" PRId64 ".backup", path, version, (int64_t)time(NULL)) < 0)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (!create_private(copy)) {
        code = aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--db %s: cannot be backed up to %s: %s",
                                path, copy, strerror(errno));
    } else if (vacuum_into(session, copy)) {
        log_line(LOG_INFO, "Database backed up before its migration.", "file", copy, NULL);
    } else {
        code = session_refuse(session, path, error);
        unlink(copy);
    }
    free(copy);
    return code;
}

static aluno_code run_scripts(struct store_session *session, const char *path, const char *const scripts[],
                              int64_t from, int count, aluno_error *error)
{
    char set_version[64];
    snprintf(set_version, sizeof set_version, "PRAGMA user_version = %d", count);

    bool done = uuid_define(session->db) == SQLITE_OK &&
                sqlite3_exec(session->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK;
    for (int64_t i = from; done && i < count; i++)
        done = sqlite3_exec(session->db, scripts[i], NULL, NULL, NULL) == SQLITE_OK;
    done = done && sqlite3_exec(session->db, set_version, NULL, NULL, NULL) == SQLITE_OK &&
           sqlite3_exec(session->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    if (done)
        return ALUNO_OK;

    const aluno_code code = session_refuse(session, path, error);
    if (!sqlite3_get_autocommit(session->db))
        sqlite3_exec(session->db, "ROLLBACK", NULL, NULL, NULL);
    return code;
}

aluno_code store_migrate(struct store_session *session, const char *path, const char *const scripts[],
                         int count, aluno_error *error)
{
    struct schema_facts facts;
    if (!read_facts(session, &facts))
        return session_refuse(session, path, error);
    if (!is_ours(&facts))
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                                "--db %s: is a database of another program; choose another file", path);
    if (facts.version > count)
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                                "--db %s: has schema version %" PRId64
                                ", newer than this program's %d; use a newer alunod",
                                path, facts.version, count);
    if (facts.version == count)
        return ALUNO_OK;

    if (facts.version > 0) {
        const aluno_code code = back_up(session, path, facts.version, error);
        if (code != ALUNO_OK)
            return code;
    }
    return run_scripts(session, path, scripts, facts.version, count, error);
}
