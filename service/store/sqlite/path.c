/* Paths and what is synced. */
#include "path.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
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

bool path_folder(const char *path, char *folder, unsigned long size)
{
    char copy[PATH_MAX + 64];
    if (strlen(path) >= sizeof copy)
        return false;
    snprintf(copy, sizeof copy, "%s", path);
    return (unsigned long)snprintf(folder, size, "%s", dirname(copy)) < size;
}

bool path_sync_folder(const char *path)
{
    char folder[PATH_MAX + 64];
    if (path_folder(path, folder, sizeof folder))
        return path_sync(folder);
    errno = ENAMETOOLONG;
    return false;
}
