/* Copies the database with VACUUM INTO, which neither renames nor syncs. */
#include "backup.h"

#include "log.h"
#include "protocol/error.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef char backup_path[PATH_MAX + 64];

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

/* Makes a file's bytes, or a folder's names, survive a loss of power. */
static bool sync_path(const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const bool is_synced = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return is_synced;
}

static bool finish(const char *unfinished, const char *copy)
{
    backup_path folder;
    snprintf(folder, sizeof folder, "%s", copy);
    return sync_path(unfinished) && rename(unfinished, copy) == 0 && sync_path(dirname(folder));
}

static aluno_code refuse(const char *path, const char *copy, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--db %s: cannot be backed up to %s: %s",
                            path, copy, strerror(errno));
}

aluno_code store_back_up(struct store_session *session, const char *path, int64_t version, aluno_error *error)
{
    backup_path copy, unfinished;
    snprintf(copy, sizeof copy, "%s.v%" PRId64 "-%" PRId64 ".backup", path, version, (int64_t)time(NULL));
    snprintf(unfinished, sizeof unfinished, "%s.backup.unfinished", path);

    unlink(unfinished);
    if (!create_private(unfinished))
        return refuse(path, unfinished, error);
    aluno_code code = ALUNO_OK;
    if (!vacuum_into(session, unfinished))
        code = session_refuse(session, path, error);
    else if (!finish(unfinished, copy))
        code = refuse(path, copy, error);
    if (code == ALUNO_OK)
        log_line(LOG_INFO, "Database backed up before its migration.", "file", copy, NULL);
    else
        unlink(unfinished);
    return code;
}
