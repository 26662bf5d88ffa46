/* The database's file and the lock on it. */
#include "file.h"

#include "driver.h"
#include "path.h"

#include "base/clock.h"
#include "log.h"
#include "protocol/error.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { WAIT_MS = 30000, WAIT_STEP_MS = 50 };

static aluno_code refuse_file(const char *path, int problem, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--db %s: cannot be opened: %s", path,
                            strerror(problem));
}

static aluno_code check_access(const char *path, aluno_error *error)
{
    struct stat facts;
    if (stat(path, &facts) == 0 && !S_ISREG(facts.st_mode))
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--db %s: is not a file", path);
    if (access(path, R_OK | W_OK) != 0 && errno != ENOENT)
        return refuse_file(path, errno, error);
    const int problem = path_check_folder(path);
    return problem == 0 ? ALUNO_OK : refuse_file(path, problem, error);
}

/* restore.c ended between its first and its last step. */
static aluno_code check_restored(const char *path, aluno_error *error)
{
    char *restoring = NULL;
    aluno_code code = ALUNO_OK;
    if (asprintf(&restoring, "%s.restoring", path) < 0)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (access(restoring, F_OK) == 0)
        code = aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                                "--db %s: its restore was interrupted; run it again: alunod restore %s", path,
                                restoring);
    free(restoring);
    return code;
}

static aluno_code check(const char *path, aluno_error *error)
{
    const aluno_code code = check_access(path, error);
    return code == ALUNO_OK ? check_restored(path, error) : code;
}

aluno_code file_resolve(char **real, const char *path, aluno_error *error)
{
    *real = path_resolve(path);
    return *real != NULL ? ALUNO_OK : refuse_file(path, errno, error);
}

aluno_code file_check(const char *path, aluno_error *error)
{
    char *real;
    aluno_code code = file_resolve(&real, path, error);
    if (code == ALUNO_OK)
        code = check(real, error);
    free(real);
    return code;
}

aluno_code file_prepare(const char *path, aluno_error *error)
{
    const aluno_code code = check(path, error);
    if (code != ALUNO_OK || access(path, F_OK) == 0)
        return code;
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return refuse_file(path, errno, error);
    close(fd);
    return ALUNO_OK;
}

aluno_code file_check_room(const char *place, const char *name, int64_t needed, aluno_error *error)
{
    struct statvfs disk;
    if (statvfs(place, &disk) != 0)
        return aluno__error_set(error, ALUNO_REASON_BACKUP_FAILED, "%s: %s", name, strerror(errno));
    const int64_t room = (int64_t)(disk.f_bavail * disk.f_frsize);
    if (room > needed + needed / 8)
        return ALUNO_OK;
    return aluno__error_set(error, ALUNO_REASON_BACKUP_FAILED,
                            "%s: its disk has %" PRId64 " MiB free, and the database has %" PRId64 " MiB",
                            name, room >> 20, needed >> 20);
}

bool file_give_to_owner(int fd, const char *path)
{
    char folder[PATH_MAX];
    struct stat owner;
    if (geteuid() != 0)
        return true;
    return (stat(path, &owner) == 0 ||
            (path_folder(path, folder, sizeof folder) && stat(folder, &owner) == 0)) &&
           fchown(fd, owner.st_uid, owner.st_gid) == 0;
}

/* ---- the locks ---- */

static aluno_code refuse_lock(const char *path, const char *lock, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--db %s: %s cannot be opened: %s", path,
                            lock, strerror(errno));
}

static aluno_code refuse_use(const char *path, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                            "--db %s: is in use by another alunod; stop that one or choose another file",
                            path);
}

/* Bytes that are locked, of the lock's file unless said otherwise, whether it has them or not. */
enum lock_byte {
    BYTE_WRITING,  /* for writing: the database's file is written; for reading: it must stand still */
    BYTE_COMMAND,  /* for reading: a command has the database, or attempts to get it, and will end soon */
    BYTE_DATABASE, /* of the database itself, not one of those that SQLite locks: a service has it */
};

/* Locks of an open file description: the kernel frees those of a killed process. */
static bool set_lock(int fd, int how, enum lock_byte byte, short kind)
{
    struct flock lock = {.l_type = kind, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    return fcntl(fd, how, &lock) == 0;
}

bool file_begin_write(int lock)
{
    return set_lock(lock, F_OFD_SETLK, BYTE_WRITING, F_WRLCK);
}

void file_end_write(int lock)
{
    set_lock(lock, F_OFD_SETLK, BYTE_WRITING, F_UNLCK);
}

static bool is_of_command(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = BYTE_COMMAND, .l_len = 1};
    return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

static bool take(int fd)
{
    return flock(fd, LOCK_EX | LOCK_NB) == 0;
}

/* Whether waiting for a command is of no use. */
static bool take_from_command(int fd)
{
    return take(fd) || !is_of_command(fd);
}

/* Attempts until one succeeds: a command takes some seconds. */
static bool wait_for_command(bool (*attempt)(int fd), int fd, const char *path)
{
    for (int waited = 0; !attempt(fd); waited += WAIT_STEP_MS) {
        if (waited == 0)
            log_line(LOG_INFO, "Waiting for a command of alunod that uses the database.", "file", path, NULL);
        if (waited >= WAIT_MS)
            return false;
        aluno__clock_sleep(WAIT_STEP_MS);
    }
    return true;
}

static aluno_code lock_all(int fd, const char *path, aluno_error *error)
{
    const bool is_free = wait_for_command(take_from_command, fd, path);
    if (is_free && !take(fd))
        return refuse_use(path, error);
    if (!is_free || !wait_for_command(file_begin_write, fd, path))
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                                "--db %s: is in use by alunod backup, check, restore or seal; end that one",
                                path);
    file_give_to_owner(fd, path); /* one that cannot be given away still locks */
    return ALUNO_OK;
}

/* The lock is on a file of its own: closing any descriptor of the database would drop SQLite's locks on it.
 * Root may open it first, in a folder where the service's user can place a link. */
static int open_lock(const char *path, int flags, char name[PATH_MAX + 8])
{
    snprintf(name, PATH_MAX + 8, "%s.lock", path);
    return open(name, flags | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0600);
}

aluno_code file_claim(int *fd, const char *path, aluno_error *error)
{
    *fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
    if (*fd < 0)
        return refuse_file(path, errno, error);
    return set_lock(*fd, F_OFD_SETLK, BYTE_DATABASE, F_WRLCK) ? ALUNO_OK : refuse_use(path, error);
}

/* A restore may have no database yet. */
static aluno_code check_claim(const char *path, aluno_error *error)
{
    int fd;
    if (access(path, F_OK) != 0)
        return ALUNO_OK;
    const aluno_code code = file_claim(&fd, path, error);
    if (fd >= 0)
        close(fd);
    return code;
}

aluno_code file_lock(int *fd, const char *path, enum file_user user, aluno_error *error)
{
    char name[PATH_MAX + 8];
    *fd = open_lock(path, O_RDWR | O_CREAT, name);
    if (*fd < 0 || (user == FILE_COMMAND && !set_lock(*fd, F_OFD_SETLK, BYTE_COMMAND, F_RDLCK)))
        return refuse_lock(path, name, error);
    const aluno_code code = lock_all(*fd, path, error);
    return code == ALUNO_OK && user == FILE_COMMAND ? check_claim(path, error) : code;
}

/* ---- while a service runs ---- */

bool file_is_in_use(const char *path)
{
    char name[PATH_MAX + 8];
    const int fd = open_lock(path, O_RDONLY, name);
    const bool is_in_use = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0;
    if (fd >= 0)
        close(fd);
    return is_in_use;
}

aluno_code file_hold(int *fd, const char *path, aluno_error *error)
{
    char name[PATH_MAX + 8];
    *fd = open_lock(path, O_RDONLY, name);
    return *fd >= 0 && set_lock(*fd, F_OFD_SETLKW, BYTE_WRITING, F_RDLCK) ? ALUNO_OK
                                                                          : refuse_lock(path, name, error);
}
