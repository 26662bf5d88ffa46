/* The copy has the names of an unfinished backup in the database's folder, so what a killed process leaves of
 * it is removed as that is in the folder of backups:
 *
 *     DATABASE.2026-….backup.unfinished         until it is verified
 *     DATABASE.2026-….backup.unfinished.plain   until it is encrypted */
#include "encrypted_backup.h"

#include "path.h"
#include "protocol/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the copy's names ---- */

/* The database's path, where it is and not a link to it, which the caller frees; and its folder. NULL on
 * failure. */
static char *find(const char *database, backup_file folder)
{
    char *const real = path_resolve(database);
    if (real != NULL && path_folder(real, folder, sizeof(backup_file)))
        return real;
    free(real);
    return NULL;
}

static bool write_names(struct encrypted_backup *out, const char *folder, const char *database,
                        int64_t began_ms)
{
    backup_file file;
    const struct backup backup = {.began_ms = began_ms};
    const int room = sizeof(backup_file);
    return backup_folder_names(folder, database, backup, file, out->unfinished) &&
           snprintf(out->unfinished, sizeof out->unfinished, "%s.unfinished", file) < room &&
           snprintf(out->plain, sizeof out->plain, "%s.plain", out->unfinished) < room;
}

bool encrypted_backup_begin(struct encrypted_backup *out, const char *database, int64_t began_ms)
{
    *out = (struct encrypted_backup){.entered = -1};
    backup_file folder;
    char *const real = find(database, folder);
    if (real == NULL)
        return false;
    out->entered = backup_folder_enter(folder, real);
    const bool is_named = write_names(out, folder, real, began_ms);
    free(real);
    return is_named && out->entered >= 0;
}

void encrypted_backup_end(struct encrypted_backup *copy)
{
    unlink(copy->unfinished);
    unlink(copy->plain);
    backup_folder_leave(copy->entered);
}

void encrypted_backup_clean(const char *database)
{
    backup_file folder;
    char *const real = find(database, folder);
    if (real != NULL)
        backup_folder_tidy(folder, real);
    free(real);
}

/* ---- encryption ---- */

static aluno_code refuse(const char *file, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_BACKUP_FAILED, "%s: %s", file, strerror(errno));
}

/* From the open copy to the open file, onto the disk. */
static aluno_code encrypt(const struct encryption_recipients *to, int from, int out, const char *file,
                          const atomic_bool *stop, int64_t *size, aluno_error *error)
{
    struct stat facts;
    const aluno_code code = encryption_write(to, from, out, file, stop, error);
    if (code != ALUNO_OK)
        return code;
    if (fsync(out) != 0 || fstat(out, &facts) != 0)
        return refuse(file, error);
    *size = facts.st_size;
    return ALUNO_OK;
}

static aluno_code write_file(const char *plain, const struct encryption_recipients *to,
                             const char *unfinished, const char *file, const atomic_bool *stop, int64_t *size,
                             aluno_error *error)
{
    unlink(unfinished);
    const int from = open(plain, O_RDONLY | O_CLOEXEC);
    const int out = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const aluno_code code = from >= 0 && out >= 0 ? encrypt(to, from, out, file, stop, size, error)
                                                  : refuse(from < 0 ? plain : unfinished, error);
    if (from >= 0)
        close(from);
    if (out >= 0)
        close(out);
    return code;
}

aluno_code encrypted_backup_write(const struct encrypted_backup *copy, const struct encryption_recipients *to,
                                  const char *unfinished, const char *file, const atomic_bool *stop,
                                  int64_t *size, aluno_error *error)
{
    aluno_code code = write_file(copy->plain, to, unfinished, file, stop, size, error);
    if (code == ALUNO_OK && !path_give_name(unfinished, file))
        code = refuse(file, error);
    if (code != ALUNO_OK)
        unlink(unfinished);
    return code;
}
