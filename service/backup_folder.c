/* Makes the folder; names and removes backups. */
#include "backup_folder.h"

#include "log.h"
#include "moment.h"
#include "path.h"
#include "protocol/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const endings[] = {[false] = ".backup", [true] = ".backup.age"};

static aluno_code refuse_folder(const char *folder, int problem, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--backup-dir %s: cannot be used: %s", folder,
                            strerror(problem));
}

static int check_folder(const char *folder)
{
    struct stat found;
    if (stat(folder, &found) != 0)
        return errno;
    if (!S_ISDIR(found.st_mode))
        return ENOTDIR;
    return access(folder, R_OK | W_OK | X_OK) == 0 ? 0 : errno;
}

aluno_code backup_folder_check(const char *folder, bool *exists, aluno_error *error)
{
    int problem = check_folder(folder);
    *exists = problem != ENOENT;
    if (!*exists)
        problem = path_check_folder(folder);
    return problem == 0 ? ALUNO_OK : refuse_folder(folder, problem, error);
}

aluno_code backup_folder_make(const char *folder, aluno_error *error)
{
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return refuse_folder(folder, errno, error);
    const int problem = check_folder(folder);
    return problem == 0 ? ALUNO_OK : refuse_folder(folder, problem, error);
}

static int write_name(backup_file file, const char *folder, const char *database, struct backup backup)
{
    char moment[MOMENT_SIZE];
    moment_write(moment, backup.began_ms);
    return snprintf(file, sizeof(backup_file), "%s/%s.%s%s", folder, path_name(database), moment,
                    endings[backup.is_encrypted]);
}

bool backup_folder_names(const char *folder, const char *database, struct backup backup, backup_file file,
                         backup_file unfinished)
{
    const int size = write_name(file, folder, database, backup);
    snprintf(unfinished, sizeof(backup_file), "%s/%s.backup.unfinished", folder, path_name(database));
    return size > 0 && (size_t)size < sizeof(backup_file);
}

/* Returns the ending after the moment in the name of a backup's file, and stores the moment. NULL: no backup
 * of the database. */
static const char *ending_of(const char *name, const char *base, int64_t *began_ms)
{
    const size_t length = strlen(base);
    const bool is_of_backup =
        strncmp(name, base, length) == 0 && name[length] == '.' && moment_read(name + length + 1, began_ms);
    return is_of_backup ? name + length + MOMENT_SIZE : NULL;
}

static bool is_backup(const char *name, const char *base, struct backup *out)
{
    const char *const ending = ending_of(name, base, &out->began_ms);
    out->is_encrypted = ending != NULL && strcmp(ending, endings[true]) == 0;
    return ending != NULL && (out->is_encrypted || strcmp(ending, endings[false]) == 0);
}

static bool is_unfinished(const char *name, const char *base)
{
    static const char *const beginnings[] = {".backup.unfinished", ".backup.age.unfinished"};
    int64_t began_ms;
    const char *const ending = ending_of(name, base, &began_ms);
    return ending != NULL && (strncmp(ending, beginnings[0], strlen(beginnings[0])) == 0 ||
                              strncmp(ending, beginnings[1], strlen(beginnings[1])) == 0);
}

static void remove_unfinished(const char *folder, const char *base)
{
    DIR *names = opendir(folder);
    for (struct dirent *entry; names != NULL && (entry = readdir(names)) != NULL;)
        if (is_unfinished(entry->d_name, base) && unlinkat(dirfd(names), entry->d_name, 0) == 0)
            log_line(LOG_INFO, "An unfinished backup was removed.", "folder", folder, "file", entry->d_name,
                     NULL);
    if (names != NULL)
        closedir(names);
}

void backup_folder_leave(int entered)
{
    if (entered >= 0)
        close(entered);
}

/* Another backup has the folder alone for a moment. Another program may have it for as long as it likes: the
 * script that started the service, say, so the wait has a bound. */
static void lock_shared(int fd)
{
    enum { ATTEMPTS = 100, PAUSE_MS = 10 };
    for (int i = 0; i < ATTEMPTS && flock(fd, LOCK_SH | LOCK_NB) != 0; i++)
        poll(NULL, 0, PAUSE_MS);
}

/* Opens the folder, and tidies it up if nobody has it locked. A backup has a shared lock. */
static int open_tidied(const char *folder, const char *database)
{
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        remove_unfinished(folder, path_name(database));
    return fd;
}

int backup_folder_enter(const char *folder, const char *database)
{
    const int fd = open_tidied(folder, database);
    if (fd >= 0)
        lock_shared(fd);
    return fd;
}

void backup_folder_tidy(const char *folder, const char *database)
{
    backup_folder_leave(open_tidied(folder, database));
}

/* The backups, the newest first; the caller frees them. */
static struct backup *list(const char *folder, const char *base, size_t *count)
{
    struct backup *backups = NULL, each;
    size_t room = 0;
    *count = 0;
    DIR *names = opendir(folder);
    for (struct dirent *entry; names != NULL && (entry = readdir(names)) != NULL;) {
        if (!is_backup(entry->d_name, base, &each))
            continue;
        if (*count == room) {
            struct backup *more = realloc(backups, (room = room * 2 + 16) * sizeof *backups);
            if (more == NULL)
                break;
            backups = more;
        }
        backups[(*count)++] = each;
    }
    if (names != NULL)
        closedir(names);
    return backups;
}

static int compare_newest_first(const void *a, const void *b)
{
    const int64_t left = ((const struct backup *)a)->began_ms, right = ((const struct backup *)b)->began_ms;
    return (left < right) - (left > right);
}

int64_t backup_folder_newest(const char *folder, const char *database)
{
    size_t count;
    int64_t newest = 0;
    struct backup *backups = list(folder, path_name(database), &count);
    for (size_t i = 0; i < count; i++)
        if (backups[i].began_ms > newest)
            newest = backups[i].began_ms;
    free(backups);
    return newest;
}

size_t backup_folder_prune(const char *folder, const char *database, int64_t made_ms, size_t keep)
{
    size_t count, removed = 0, later = 0;
    struct backup *backups = list(folder, path_name(database), &count);
    if (backups == NULL)
        return 0;
    if (count > keep)
        qsort(backups, count, sizeof *backups, compare_newest_first);
    while (later < count && backups[later].began_ms > made_ms)
        later++;
    for (size_t i = keep; i < count; i++) {
        backup_file file;
        write_name(file, folder, database, backups[(later + i) % count]); /* the later ones come last */
        removed += unlink(file) == 0;
    }
    free(backups);
    return removed;
}
