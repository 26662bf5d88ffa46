/* The database's file and the lock on it. */
#include "file.h"
#include "path.h"

#include "protocol/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

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

aluno_code store_check(const char *path, aluno_error *error)
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

/* The lock is on a file of its own: closing any descriptor of the database would drop SQLite's locks on it.
 * Root may open it first, in a folder where the service's user can place a link. */
aluno_code file_lock(int *fd, const char *path, aluno_error *error)
{
    char *name = NULL;
    if (asprintf(&name, "%s.lock", path) < 0)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    aluno_code code = ALUNO_OK;
    *fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0600);
    if (*fd < 0)
        code = aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--db %s: %s cannot be opened: %s", path,
                                name, strerror(errno));
    else if (flock(*fd, LOCK_EX | LOCK_NB) != 0)
        code = aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                                "--db %s: is in use by another alunod; stop that one or choose another file",
                                path);
    else
        file_give_to_owner(*fd, path); /* one that cannot be given away still locks */
    free(name);
    return code;
}
