/* The room for digests can only be reserved by writing each page anew. A verified copy in the same folder
 * takes the database's name in one step, so a crash leaves the one or the other:
 *
 *     DATABASE.upgrade.unfinished   the copy, until it is verified and on the disk
 *     DATABASE.upgrade              the same, until it is the database */
#include "upgrade.h"

#include "backup.h"
#include "file.h"
#include "log.h"
#include "path.h"
#include "protocol/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* backup_database closes the only connection, which moves the log into the database and removes it. */
static aluno_code make_copy(const char *path, const char *copy, aluno_error *error)
{
    char unfinished[PATH_MAX + 32], log[PATH_MAX + 8];
    struct store_facts facts;
    snprintf(unfinished, sizeof unfinished, "%s.upgrade.unfinished", path);
    snprintf(log, sizeof log, "%s-wal", path);
    const aluno_code code = backup_database(path, unfinished, copy, NULL, &facts, error);
    if (code == ALUNO_OK && access(log, F_OK) == 0)
        return aluno__error_set(error, ALUNO_REASON_BACKUP_FAILED, "%s: is in use", log);
    return code;
}

static aluno_code replace(const char *path, const char *copy, aluno_error *error)
{
    const int fd = open(copy, O_RDONLY | O_CLOEXEC);
    const bool done = fd >= 0 && file_give_to_owner(fd, path) && rename(copy, path) == 0;
    const int problem = errno;
    if (fd >= 0)
        close(fd);
    if (!done)
        return aluno__error_set(error, ALUNO_REASON_BACKUP_FAILED, "%s: %s", copy, strerror(problem));
    path_sync_folder(path); /* after a crash the old file is as good */
    return ALUNO_OK;
}

void upgrade_to_digests(const char *path)
{
    char copy[PATH_MAX + 16];
    aluno_error error;
    snprintf(copy, sizeof copy, "%s.upgrade", path);
    aluno_code code = make_copy(path, copy, &error);
    if (code == ALUNO_OK)
        code = replace(path, copy, &error);
    if (code == ALUNO_OK) {
        log_line(LOG_INFO, "The database's pages have digests now.", "db", path, NULL);
        return;
    }
    unlink(copy);
    log_line(LOG_WARN, "The database's pages have no digests: damage by its disk may not be noticed.", "db",
             path, "why", aluno__error_words(&error), NULL);
}
