/* Paths and what is synced. */
#include "path.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool path_sync(const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    const int result = fsync(fd), problem = errno;
    close(fd);
    errno = problem;
    return result == 0;
}

bool path_give_name(const char *unfinished, const char *file)
{
    if (rename(unfinished, file) != 0)
        return false;
    if (path_sync_folder(file))
        return true;
    const int problem = errno;
    unlink(file);
    errno = problem;
    return false;
}

bool path_copy_bytes(int from, int to)
{
    char bytes[1 << 16];
    ssize_t got;
    while ((got = read(from, bytes, sizeof bytes)) > 0)
        for (ssize_t at = 0, put; at < got; at += put)
            if ((put = write(to, bytes + at, (size_t)(got - at))) < 0)
                return false;
    return got == 0;
}

bool path_read_at(const char *path, int64_t at, void *bytes, size_t size)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    const ssize_t got = pread(fd, bytes, size, at);
    close(fd);
    return got == (ssize_t)size;
}

bool path_create_private(const char *path)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

bool path_folder(const char *path, char *folder, size_t size)
{
    char copy[PATH_MAX + 64];
    if (strlen(path) >= sizeof copy)
        return false;
    snprintf(copy, sizeof copy, "%s", path);
    return (size_t)snprintf(folder, size, "%s", dirname(copy)) < size;
}

const char *path_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

int path_check_folder(const char *path)
{
    char folder[PATH_MAX];
    if (!path_folder(path, folder, sizeof folder))
        return ENAMETOOLONG;
    return access(folder, W_OK | X_OK) == 0 ? 0 : errno;
}

/* Replaces the path of a symbolic link by its target's; false when it is no link. */
static bool follow_link(char path[PATH_MAX])
{
    char target[PATH_MAX], folder[PATH_MAX] = "";
    const ssize_t size = readlink(path, target, sizeof target - 1);
    if (size < 0)
        return false;
    target[size] = '\0';
    const bool is_relative = *target != '/';
    if (is_relative && !path_folder(path, folder, sizeof folder))
        return false;
    return snprintf(path, PATH_MAX, "%s%s%s", folder, is_relative ? "/" : "", target) < PATH_MAX;
}

/* Resolves a missing file by its folder. */
static char *resolve_missing(const char *path)
{
    char folder[PATH_MAX], *real = NULL, *resolved = NULL;
    if (path_folder(path, folder, sizeof folder))
        real = realpath(folder, NULL);
    if (real != NULL && asprintf(&resolved, "%s/%s", real, path_name(path)) < 0)
        resolved = NULL;
    free(real);
    return resolved;
}

char *path_resolve(const char *path)
{
    char at[PATH_MAX];
    char *real = realpath(path, NULL);
    if (real != NULL || errno != ENOENT)
        return real;
    snprintf(at, sizeof at, "%s", path); /* realpath refuses a longer one, and a circle of links */
    while (follow_link(at))
        continue;
    return resolve_missing(at);
}

bool path_sync_folder(const char *path)
{
    char folder[PATH_MAX + 64];
    if (path_folder(path, folder, sizeof folder))
        return path_sync(folder);
    errno = ENAMETOOLONG;
    return false;
}
