/* Copies the database with VACUUM INTO, which reads one snapshot while the writer goes on, and which neither
 * renames nor syncs. */
#include "backup.h"

#include "file.h"
#include "inspect.h"
#include "live_copy.h"
#include "log.h"
#include "path.h"
#include "protocol/error.h"
#include "wal_match.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef char backup_path[PATH_MAX + 64];

static aluno_code refuse(const char *file, const char *problem, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_BACKUP_FAILED, "%s: %s", file, problem);
}

static aluno_code check_room(struct store_session *session, const char *unfinished, const char *file,
                             aluno_error *error)
{
    int64_t pages = 0, page_size = 0;
    if (!session_number(session, "PRAGMA page_count", &pages) ||
        !session_number(session, "PRAGMA page_size", &page_size))
        return refuse(file, sqlite3_errmsg(session->db), error);
    return file_check_room(unfinished, file, pages * page_size, error);
}

static aluno_code vacuum_into(struct store_session *session, const char *unfinished, const char *file,
                              aluno_error *error)
{
    sqlite3_stmt *vacuum = NULL;
    aluno_code code = ALUNO_OK;
    sqlite3_prepare_v2(session->db, "VACUUM INTO :path", -1, &vacuum, NULL);
    bind_text(vacuum, ":path", unfinished);
    if (sqlite3_step(vacuum) != SQLITE_DONE)
        code = refuse(file, sqlite3_errmsg(session->db), error);
    sqlite3_finalize(vacuum);
    return code;
}

static aluno_code copy(struct store_session *session, const char *unfinished, const char *file,
                       struct store_facts *facts, aluno_error *error)
{
    aluno_code code = check_room(session, unfinished, file, error);
    if (code == ALUNO_OK)
        code = vacuum_into(session, unfinished, file, error);
    if (code == ALUNO_OK && !path_sync(unfinished))
        code = refuse(file, strerror(errno), error);
    if (code == ALUNO_OK)
        code = inspect_file(unfinished, file, session->abandoned, facts, error);
    if (code == ALUNO_OK && !path_give_name(unfinished, file))
        code = refuse(file, strerror(errno), error);
    return code;
}

aluno_code backup_write(struct store_session *session, const char *unfinished, const char *file,
                        struct store_facts *facts, aluno_error *error)
{
    unlink(unfinished);
    if (!path_create_private(unfinished)) /* VACUUM INTO keeps the mode of an empty file that exists */
        return refuse(unfinished, strerror(errno), error);
    const aluno_code code = copy(session, unfinished, file, facts, error);
    if (code != ALUNO_OK)
        unlink(unfinished);
    return code;
}

aluno_code backup_database(const char *path, const char *unfinished, const char *file,
                           const atomic_bool *stop, struct store_facts *facts, aluno_error *error)
{
    struct store_session *session;
    aluno_code code = session_open(&session, path, SESSION_COPIES, error);
    if (code != ALUNO_OK)
        return code;
    session->abandoned = stop;
    code = backup_write(session, unfinished, file, facts, error);
    session_close(session);
    return code;
}

static aluno_code back_up_closed(const char *path, const char *unfinished, const char *file,
                                 struct store_facts *facts, aluno_error *error)
{
    int lock = -1;
    aluno_code code = file_lock(&lock, path, FILE_COMMAND, error);
    if (code == ALUNO_OK)
        code = wal_match_settle(path, error);
    if (code == ALUNO_OK)
        code = backup_database(path, unfinished, file, NULL, facts, error);
    if (lock >= 0)
        close(lock);
    return code;
}

static aluno_code back_up_open(const char *path, const char *unfinished, const char *file,
                               struct store_facts *facts, aluno_error *error)
{
    backup_path raw;
    snprintf(raw, sizeof raw, "%s.raw", unfinished);
    aluno_code code = live_copy(path, raw, error);
    if (code == ALUNO_OK)
        code = backup_database(raw, unfinished, file, NULL, facts, error);
    live_copy_remove(raw);
    return code;
}

aluno_code sqlite_back_up_file(const char *database, const char *unfinished, const char *file,
                               struct store_facts *facts, aluno_error *error)
{
    char *path = realpath(database, NULL);
    if (path == NULL)
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--db %s: cannot be opened: %s", database,
                                strerror(errno));
    aluno_code code = file_check(path, error);
    if (code == ALUNO_OK)
        code = file_is_in_use(path) ? back_up_open(path, unfinished, file, facts, error)
                                    : back_up_closed(path, unfinished, file, facts, error);
    free(path);
    return code;
}

aluno_code backup_before_migration(struct store_session *session, const char *path, int64_t version,
                                   aluno_error *error)
{
    backup_path file, unfinished;
    struct store_facts facts;
    aluno_error problem;
    snprintf(file, sizeof file, "%s.v%" PRId64 "-%" PRId64 ".backup", path, version, (int64_t)time(NULL));
    snprintf(unfinished, sizeof unfinished, "%s.backup.unfinished", path);
    if (backup_write(session, unfinished, file, &facts, &problem) != ALUNO_OK)
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--db %s: cannot be backed up to %s",
                                path, problem.detail);
    log_line(LOG_INFO, "Database backed up before its migration.", "file", file, NULL);
    return ALUNO_OK;
}
