/* Creates the schema, and brings an older one up to date. */
#include "migrate.h"

#include "backup.h"
#include "log.h"
#include "protocol/error.h"
#include "reply_parts.h"
#include "uuid.h"

#include <stdio.h>

static aluno_code run_scripts(struct store_session *session, const char *path, const char *const scripts[],
                              int64_t from, int count, aluno_error *error)
{
    char set_version[64];
    snprintf(set_version, sizeof set_version, "PRAGMA user_version = %d", count);

    bool done = uuid_define(session->db) == SQLITE_OK && reply_parts_define(session->db) == SQLITE_OK &&
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
    int64_t version;
    char problem[160];
    if (!schema_read(session, count, &version, problem, sizeof problem))
        return session_refuse(session, path, error);
    if (*problem != '\0')
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--db %s: %s", path, problem);
    if (version == count)
        return ALUNO_OK;
    if (version > 0) {
        const aluno_code code = backup_before_migration(session, path, version, error);
        if (code != ALUNO_OK)
            return code;
    }
    const aluno_code code = run_scripts(session, path, scripts, version, count, error);
    if (code == ALUNO_OK && version == 0)
        log_line(LOG_WARN, "There was no database: an empty one was made.", "db", path, NULL);
    return code;
}
