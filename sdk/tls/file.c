/* Reads PEM files. */
#include "file.h"

#include "protocol/error.h"
#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { FILE_MAX = 16 * 1024 * 1024 }; /* a long revocation list; beyond it the path is a mistake */

static aluno_code fail_file(aluno_error *error, const char *option, const char *path, const char *what)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "%s %s: %s", option, path, what);
}

static const char *words_of(int number)
{
    switch (number) {
    case ENOENT:
        return "no such file";
    case EACCES:
        return "permission denied";
    default:
        return "can not be read";
    }
}

static aluno_code read_stream(tls_file *out, FILE *stream, const char *option, const char *path,
                              aluno_error *error)
{
    struct stat facts;
    if (fstat(fileno(stream), &facts) != 0 || !S_ISREG(facts.st_mode))
        return fail_file(error, option, path, "not a regular file");
    if (facts.st_size > FILE_MAX)
        return fail_file(error, option, path, "larger than 16 MiB");
    const size_t size = (size_t)facts.st_size;
    out->text = aluno__malloc(size + 1);
    if (out->text == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    out->size = size + 1;
    memset(out->text, 0, out->size);
    if (fread(out->text, 1, size, stream) != size)
        return fail_file(error, option, path, "can not be read");
    if (strstr((const char *)out->text, "-----BEGIN ") == NULL)
        return fail_file(error, option, path, "not a PEM file");
    return ALUNO_OK;
}

aluno_code tls_file_read(tls_file *out, const char *option, const char *path, aluno_error *error)
{
    *out = (tls_file){0};
    if (path == NULL || *path == '\0')
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "%s: a file is required", option);
    FILE *stream = fopen(path, "rbe");
    if (stream == NULL)
        return fail_file(error, option, path, words_of(errno));
    setvbuf(stream, NULL, _IONBF, 0); /* no copy of a key stays in a buffer */
    const aluno_code code = read_stream(out, stream, option, path, error);
    fclose(stream);
    if (code != ALUNO_OK)
        tls_file_wipe(out);
    return code;
}

void tls_file_wipe(tls_file *file)
{
    if (file->text != NULL)
        explicit_bzero(file->text, file->size);
    aluno__free(file->text);
    *file = (tls_file){0};
}
