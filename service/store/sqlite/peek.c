/* Looks into the database's file without a lock and without a change: a service may have it open. */
#include "file.h"
#include "protocol/error.h"
#include "schema.h"
#include "wal_match.h"

#include <sys/stat.h>

static aluno_code read_version(const char *path, int64_t *version, aluno_error *error)
{
    struct store_session *session;
    char problem[160] = "";
    aluno_code code = session_open(&session, path, SESSION_INSPECTS, error);
    if (code != ALUNO_OK)
        return code;
    if (!schema_read(session, store_migration_count, version, problem, sizeof problem))
        code = session_refuse(session, path, error);
    else if (*problem != '\0')
        code = aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--db %s: %s", path, problem);
    session_close(session);
    return code;
}

aluno_code sqlite_peek(const char *path, int64_t *version, int64_t *newest, aluno_error *error)
{
    struct stat facts;
    *version = 0;
    *newest = store_migration_count;
    aluno_code code = file_check(path, error);
    if (code != ALUNO_OK || stat(path, &facts) != 0 || facts.st_size == 0)
        return code;
    code = wal_match_check(path, error);
    return code == ALUNO_OK ? read_version(path, version, error) : code;
}
