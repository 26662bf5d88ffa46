/* Finds copies by their names. */
#include "old_copies.h"

#include "backups.h"
#include "path.h"
#include "store/store.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct old_copies {
    aluno_old_copy *items;
    size_t room, count;
};

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

static void add(struct old_copies *list, const char *folder, const char *name, const struct stat *facts)
{
    if (list->count == list->room)
        return;
    aluno_old_copy *copy = &list->items[list->count++];
    aluno_clear(&aluno_old_copy_type, copy);
    copy->has.file = snprintf(copy->file, sizeof copy->file, "%s/%s", folder, name) > 0;
    ALUNO_SET(*copy, time, (int64_t)facts->st_mtim.tv_sec * 1000 + facts->st_mtim.tv_nsec / 1000000);
}

static void add_folder(struct old_copies *list, const char *folder, const char *database)
{
    DIR *names = opendir(folder);
    struct stat facts;
    for (struct dirent *entry; names != NULL && (entry = readdir(names)) != NULL;)
        if (is_copy(entry->d_name, path_name(database)) &&
            fstatat(dirfd(names), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(facts.st_mode))
            add(list, folder, entry->d_name, &facts);
    if (names != NULL)
        closedir(names);
}

size_t old_copies_list(const struct service *service, aluno_old_copy *items, size_t room)
{
    char folder[PATH_MAX];
    struct old_copies list = {items, room, 0};
    const char *database = store_path(service->store);
    if (*database == '\0') /* PostgreSQL's: its copies are elsewhere */
        return 0;
    path_folder(database, folder, sizeof folder);
    add_folder(&list, folder, database);
    if (service->backups != NULL && strcmp(backups_folder(service->backups), folder) != 0)
        add_folder(&list, backups_folder(service->backups), database);
    return list.count;
}
