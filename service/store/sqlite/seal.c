/* Gives the pages of a database the digests of what they have now: another program, which knows of none,
 * changed them. A crash meanwhile leaves pages as they were, and the command is run again. */
#include "file.h"
#include "inspect.h"
#include "page_digest.h"

#include "protocol/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static aluno_code refuse(const char *path, const char *problem, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--db %s: %s", path, problem);
}

/* Seals the pages that lack their digest; *count receives how many. */
static bool seal_pages(int fd, int size, int64_t *count)
{
    uint8_t page[PAGE_LARGEST];
    ssize_t got;
    for (int64_t number = 1; (got = pread(fd, page, (size_t)size, (number - 1) * size)) == size; number++) {
        if (page_is_sound(page, size, number))
            continue;
        page_seal(page, size, number);
        if (pwrite(fd, page + size - PAGE_DIGEST, PAGE_DIGEST, number * size - PAGE_DIGEST) != PAGE_DIGEST)
            return false;
        (*count)++;
    }
    return got >= 0 && fsync(fd) == 0;
}

static aluno_code seal_file(const char *path, int64_t *count, aluno_error *error)
{
    uint8_t header[PAGE_HEADER];
    aluno_code code = ALUNO_OK;
    const int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return refuse(path, strerror(errno), error);
    const int size =
        pread(fd, header, sizeof header, 0) == sizeof header ? page_size_with_digests(header) : 0;
    if (size == 0)
        code = refuse(path, "has no digests; the next start of the service makes them", error);
    else if (!seal_pages(fd, size, count))
        code = refuse(path, strerror(errno), error);
    close(fd);
    return code;
}

/* The log's pages would come after those that are sealed. */
static aluno_code check_log(const char *path, aluno_error *error)
{
    return inspect_log(path, NULL) == ALUNO_OK
               ? ALUNO_OK
               : refuse(path, "has a write-ahead log beside it; open and close it with sqlite3 first", error);
}

aluno_code sqlite_seal(const char *database, int64_t *count, struct store_facts *facts, aluno_error *error)
{
    int lock = -1;
    char *path;
    *count = 0;
    aluno_code code = file_resolve(&path, database, error);
    if (code == ALUNO_OK)
        code = file_lock(&lock, path, FILE_COMMAND, error);
    if (code == ALUNO_OK)
        code = check_log(path, error);
    if (code == ALUNO_OK)
        code = seal_file(path, count, error);
    if (code == ALUNO_OK)
        code = inspect_file(path, path, NULL, facts, error);
    if (lock >= 0)
        close(lock);
    free(path);
    return code;
}
