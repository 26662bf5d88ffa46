/* Finds copies by their names. */
#include "old_copies.h"

#include "path.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool ends_with(const char *text, const char *ending)
{
    const size_t length = strlen(text), size = strlen(ending);
    return length >= size && strcmp(text + length - size, ending) == 0;
}

/* aluno.db.20260801T030000Z.backup[.age], aluno.db.v8-1785000000.backup,
 * aluno.db.replaced-20260801T030000Z[-wal], and unfinished ones. */
static bool is_copy(const char *name, const char *base)
{
    const size_t length = strlen(base);
    if (strncmp(name, base, length) != 0 || name[length] != '.')
        return false;
    return ends_with(name, ".backup") || ends_with(name, ".backup.age") || ends_with(name, ".unfinished") ||
           strncmp(name + length, ".replaced-", strlen(".replaced-")) == 0;
}

static void add(aluno_erasure *out, const char *folder, const char *name, const struct stat *facts)
{
    if (out->old_copies.count == sizeof out->old_copies.items / sizeof *out->old_copies.items)
        return;
    aluno_old_copy *copy = &out->old_copies.items[out->old_copies.count++];
    aluno_clear(&aluno_old_copy_type, copy);
    copy->has.file = snprintf(copy->file, sizeof copy->file, "%s/%s", folder, name) > 0;
    ALUNO_SET(*copy, time, (int64_t)facts->st_mtim.tv_sec * 1000 + facts->st_mtim.tv_nsec / 1000000);
    out->has.old_copies = true;
}

void old_copies_add(aluno_erasure *out, const char *folder, const char *database)
{
    DIR *names = opendir(folder);
    struct stat facts;
    for (struct dirent *entry; names != NULL && (entry = readdir(names)) != NULL;)
        if (is_copy(entry->d_name, path_name(database)) &&
            fstatat(dirfd(names), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(facts.st_mode))
            add(out, folder, entry->d_name, &facts);
    if (names != NULL)
        closedir(names);
}
