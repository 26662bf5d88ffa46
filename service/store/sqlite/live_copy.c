/* A running service keeps the index of its write-ahead log in its own memory, which makes each read cheaper
 * (file_layer.c), so SQLite in this process cannot read the database. The database's file and the log are
 * enough together, as after a crash. While this process holds the lock, the service moves nothing from the
 * log into the database's file, which does not change. The log only grows, with one exception: if all of it
 * is in the database already, the next commit writes it from its start again. A copy made meanwhile has
 * frames of both logs. The log's header shows this: when it has changed, the log is copied again, which
 * happens once at most, since the new log cannot be moved while the lock is held. */
#include "live_copy.h"

#include "file.h"
#include "path.h"
#include "protocol/error.h"
#include "wal_match.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef char log_path[PATH_MAX + 72];

static aluno_code refuse(const char *path, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_BACKUP_FAILED, "%s: %s", path, strerror(errno));
}

static bool copy_file(const char *from, const char *to)
{
    const int in = open(from, O_RDONLY | O_CLOEXEC),
              out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    const bool done = in >= 0 && out >= 0 && path_copy_bytes(in, out);
    const int problem = errno;
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    errno = problem;
    return done;
}

/* The log's header; zeros when there is none. */
static void read_header(const char *log, uint8_t header[WAL_HEADER])
{
    if (!path_read_at(log, 0, header, WAL_HEADER))
        memset(header, 0, WAL_HEADER);
}

static aluno_code copy_log(const char *database, const char *copy, aluno_error *error)
{
    log_path log, to;
    uint8_t before[WAL_HEADER], after[WAL_HEADER];
    snprintf(log, sizeof log, "%s-wal", database);
    snprintf(to, sizeof to, "%s-wal", copy);
    do {
        read_header(log, before);
        if (!copy_file(log, to) && access(log, F_OK) == 0)
            return refuse(to, error);
        read_header(log, after);
    } while (memcmp(before, after, sizeof before) != 0);
    return ALUNO_OK;
}

static int64_t size_of(const char *path, const char *ending)
{
    log_path name;
    struct stat found;
    snprintf(name, sizeof name, "%s%s", path, ending);
    return stat(name, &found) == 0 ? found.st_size : 0;
}

/* Creates an empty file, whose place has to have room for both. */
static aluno_code make_room(const char *database, const char *copy, aluno_error *error)
{
    live_copy_remove(copy);
    if (!path_create_private(copy))
        return refuse(copy, error);
    return file_check_room(copy, copy, size_of(database, "") + size_of(database, "-wal"), error);
}

aluno_code live_copy(const char *database, const char *copy, aluno_error *error)
{
    int lock = -1;
    aluno_code code = make_room(database, copy, error);
    if (code == ALUNO_OK)
        code = file_hold(&lock, database, error);
    if (code == ALUNO_OK && !copy_file(database, copy))
        code = refuse(copy, error);
    if (code == ALUNO_OK)
        code = copy_log(database, copy, error);
    if (lock >= 0)
        close(lock);
    return code;
}

void live_copy_remove(const char *copy)
{
    log_path log;
    snprintf(log, sizeof log, "%s-wal", copy);
    unlink(log);
    unlink(copy);
}
