/* Names, lists and locks. */
#include "folder.h"

#include "path.h"
#include "protocol/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIGITS = 20 };
static const char ending[] = ".audit";

aluno_code audit_fail(const char *path, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_AUDIT_UNAVAILABLE, "%s: %s", path, strerror(errno));
}

void audit_segment_path(audit_path path, const char *folder, int64_t first)
{
    snprintf(path, sizeof(audit_path), "%s/%0*" PRId64 "%s", folder, DIGITS, first, ending);
}

/* The first sequence of a segment's name; 0 for another name. */
static int64_t first_of(const char *name)
{
    if (strspn(name, "0123456789") != DIGITS || strcmp(name + DIGITS, ending) != 0)
        return 0;
    return strtoll(name, NULL, 10);
}

static bool add(struct audit_list *list, int64_t first)
{
    if (list->count == list->room) {
        const size_t room = list->room * 2 + 16;
        int64_t *more = realloc(list->first, room * sizeof *more);
        if (more == NULL)
            return false;
        list->first = more;
        list->room = room;
    }
    list->first[list->count++] = first;
    return true;
}

static int compare(const void *a, const void *b)
{
    const int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
    return (one > other) - (one < other);
}

aluno_code audit_list_read(struct audit_list *list, const char *folder, aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    DIR *names = opendir(folder);
    list->count = 0;
    if (names == NULL)
        return errno == ENOENT ? ALUNO_OK : audit_fail(folder, error);
    for (struct dirent *entry; code == ALUNO_OK && (entry = readdir(names)) != NULL;) {
        const int64_t first = first_of(entry->d_name);
        if (first > 0 && !add(list, first))
            code = aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    }
    closedir(names);
    if (list->count > 0)
        qsort(list->first, list->count, sizeof *list->first, compare);
    return code;
}

void audit_list_free(struct audit_list *list)
{
    free(list->first);
    *list = (struct audit_list){0};
}

bool audit_give_to_owner(int fd, const char *path)
{
    audit_path folder;
    struct stat owner;
    if (geteuid() != 0)
        return true;
    return path_folder(path, folder, sizeof folder) && stat(folder, &owner) == 0 &&
           fchown(fd, owner.st_uid, owner.st_gid) == 0;
}

static aluno_code refuse(const char *folder, const char *problem, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--audit-dir %s: %s", folder, problem);
}

aluno_code audit_folder_open(const char *folder, int *lock, aluno_error *error)
{
    const bool is_new = mkdir(folder, 0700) == 0;
    if (!is_new && errno != EEXIST)
        return refuse(folder, strerror(errno), error);
    *lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*lock < 0 || access(folder, W_OK | X_OK) != 0 || (is_new && !audit_give_to_owner(*lock, folder)))
        return refuse(folder, strerror(errno), error);
    if (flock(*lock, LOCK_EX | LOCK_NB) != 0)
        return refuse(folder, "is in use by another alunod; stop that one or choose another folder", error);
    return ALUNO_OK;
}
