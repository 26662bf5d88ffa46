/* Puts a copy in the database's place. A start is refused from the first step that changes the database's
 * files to the last one, as long as DATABASE.restoring exists:
 *
 *     DATABASE.restore.unfinished   the copy, until it is verified and on the disk
 *     DATABASE.erased               gets the tombstones of what was there, before the exchange
 *     DATABASE.restoring            the same, until it is the database
 *     DATABASE.replaced-<time>      what was there, with its -wal */
#include "restore.h"

#include "erased_merge.h"
#include "file.h"
#include "inspect.h"
#include "path.h"

#include "base/clock.h"
#include "moment.h"
#include "protocol/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef char restore_path[PATH_MAX + 64];

struct restore {
    const char *database;
    store_write_copy *write;
    void *user; /* of write */
    restore_path log, unfinished, restoring, aside, aside_log;
};

static aluno_code refuse(const char *path, const char *action, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_BACKUP_FAILED, "%s: %s: %s", path, action, strerror(errno));
}

static void set_paths(struct restore *restore, const char *database)
{
    char moment[MOMENT_SIZE];
    moment_write(moment, aluno__clock_unix_ms());
    restore->database = database;
    snprintf(restore->log, sizeof restore->log, "%s-wal", database);
    snprintf(restore->unfinished, sizeof restore->unfinished, "%s.restore.unfinished", database);
    snprintf(restore->restoring, sizeof restore->restoring, "%s.restoring", database);
    snprintf(restore->aside, sizeof restore->aside, "%s.replaced-%s", database, moment);
    snprintf(restore->aside_log, sizeof restore->aside_log, "%s.replaced-%s-wal", database, moment);
}

/* ---- the copy ---- */

/* Copies the file as it is: the store_write_copy of a backup that is not encrypted. */
static aluno_code copy_file(void *unused, const char *file, int to, aluno_error *error)
{
    (void)unused;
    aluno_code code = inspect_log(file, error);
    if (code != ALUNO_OK)
        return code;
    const int from = open(file, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return refuse(file, "cannot be read", error);
    if (!path_copy_bytes(from, to))
        code = refuse(file, "cannot be copied", error);
    close(from);
    return code;
}

static aluno_code write_copy(const struct restore *restore, const char *file, aluno_error *error)
{
    unlink(restore->unfinished);
    const int to = open(restore->unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (to < 0)
        return refuse(restore->unfinished, "cannot be written", error);
    aluno_code code = restore->write(restore->user, file, to, error);
    if (code == ALUNO_OK && (!file_give_to_owner(to, restore->database) || fsync(to) != 0))
        code = refuse(restore->unfinished, "cannot be written", error);
    close(to);
    return code;
}

static aluno_code make_copy(const struct restore *restore, const char *file, struct store_facts *facts,
                            aluno_error *error)
{
    aluno_code code = write_copy(restore, file, error);
    if (code == ALUNO_OK)
        code = inspect_file(restore->unfinished, file, NULL, facts, error);
    return code;
}

/* ---- the exchange ---- */

/* Renames a file that may be missing. */
static bool set_aside(const char *path, const char *aside)
{
    return rename(path, aside) == 0 || errno == ENOENT;
}

static aluno_code exchange(const struct restore *restore, aluno_error *error)
{
    restore_path index;
    snprintf(index, sizeof index, "%s-shm", restore->database);
    if (rename(restore->unfinished, restore->restoring) != 0 || !path_sync_folder(restore->database))
        return refuse(restore->restoring, "cannot be written", error);
    if (!set_aside(restore->log, restore->aside_log) || !set_aside(restore->database, restore->aside))
        return refuse(restore->database, "cannot be set aside", error);
    unlink(index);
    if (!path_sync_folder(restore->database) || rename(restore->restoring, restore->database) != 0 ||
        !path_sync_folder(restore->database))
        return refuse(restore->database, "cannot be written", error);
    return ALUNO_OK;
}

static aluno_code restore_locked(struct restore *restore, const char *file, char *aside, size_t size,
                                 struct store_facts *facts, aluno_error *error)
{
    aluno_code code = make_copy(restore, file, facts, error);
    if (code == ALUNO_OK)
        code = erased_merge(restore->database, error);
    if (code == ALUNO_OK)
        code = exchange(restore, error);
    if (code != ALUNO_OK)
        unlink(restore->unfinished);
    snprintf(aside, size, "%s", access(restore->aside, F_OK) == 0 ? restore->aside : "");
    return code;
}

aluno_code sqlite_restore_by(const char *database, const char *file, store_write_copy *write, void *user,
                             char *aside, size_t size, struct store_facts *facts, aluno_error *error)
{
    struct restore restore = {.write = write, .user = user};
    int lock = -1;
    char *real;
    aluno_code code = file_resolve(&real, database, error);
    if (code == ALUNO_OK)
        code = file_lock(&lock, real, FILE_COMMAND, error);
    if (code == ALUNO_OK) {
        set_paths(&restore, real);
        code = restore_locked(&restore, file, aside, size, facts, error);
    }
    if (lock >= 0)
        close(lock);
    free(real);
    return code;
}

void restore_forget(const char *database)
{
    struct restore restore;
    set_paths(&restore, database);
    unlink(restore.unfinished);
}

aluno_code sqlite_restore(const char *database, const char *file, char *aside, size_t size,
                          struct store_facts *facts, aluno_error *error)
{
    return sqlite_restore_by(database, file, copy_file, NULL, aside, size, facts, error);
}
