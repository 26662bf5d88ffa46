/* Creates the schema, and brings an older one up to date. */
#include "migrate.h"

#include "backup.h"
#include "protocol/error.h"
#include "uuid.h"

#include <inttypes.h>
#include <stdio.h>

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
        const aluno_code code = store_back_up(session, path, facts.version, error);
        if (code != ALUNO_OK)
            return code;
    }
    return run_scripts(session, path, scripts, facts.version, count, error);
}
