/* The path of a field, as violations name it. */
#include "path.h"

#include "error.h"

#include <stdio.h>

aluno__path aluno__path_unknown(const aluno__path *path, const char *key, size_t length)
{
    static const char identifier[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    bool plain = length > 0 && length <= 40;
    for (size_t i = 0; plain && i < length; i++)
        plain = key[i] != '\0' && strchr(identifier, key[i]) != NULL;
    return plain ? aluno__path_part(path, key, length) : aluno__path_part(path, "?", 1);
}

size_t aluno__path_write(const aluno__path *path, char out[ALUNO_PATH_SIZE])
{
    out[0] = '\0';
    if (path->outer == NULL)
        return 0;
    const size_t at = aluno__path_write(path->outer, out), room = ALUNO_PATH_SIZE - at;
    const int n = path->name == NULL ? snprintf(out + at, room, "[%zu]", path->index)
                                     : snprintf(out + at, room, "%s%.*s", at > 0 ? "." : "",
                                                (int)(path->length < room ? path->length : room), path->name);
    const size_t length = n < 0 ? 0 : (size_t)n;
    return at + (length < room ? length : room - 1);
}

aluno_code aluno__path_violate(const aluno__path *path, aluno_error *error, aluno_reason reason,
                               const char *detail)
{
    char field[ALUNO_PATH_SIZE];
    aluno__path_write(path, field);
    return aluno_error_add_violation(error, field, reason, detail == NULL || *detail == '\0' ? NULL : detail);
}
