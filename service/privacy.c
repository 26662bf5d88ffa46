/* Looks at modes. The mode of a database is also that of the log that SQLite makes for it. */
#include "privacy.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

static void check(const char *option, const char *path, void (*found)(const char *option, const char *path))
{
    struct stat facts;
    if (stat(path, &facts) == 0 && (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        found(option, path);
}

void privacy_check(const struct options *given, void (*found)(const char *option, const char *path))
{
    char log[PATH_MAX + 8];
    snprintf(log, sizeof log, "%s-wal", given->db);
    check("--db", given->db, found);
    check("--db", log, found);
    if (given->backup_dir != NULL)
        check("--backup-dir", given->backup_dir, found);
}
