/* The path of the field being looked at, as violations name it: "student.name", "students[3].age". It is put
 * into words only where one is to be told, for most messages have none. */
#ifndef ALUNO_PROTOCOL_PATH_H
#define ALUNO_PROTOCOL_PATH_H

#include <stddef.h>
#include <stdio.h>

enum { ALUNO_PATH_SIZE = 97 }; /* violation.field and its NUL; a longer path is cut */

/* One step of it; the steps before it must outlive it. */
typedef struct aluno__path {
    const struct aluno__path *outer; /* NULL: the message itself, which has no name */
    const char *name;                /* of a field; NULL: an element of the list that `outer` names */
    size_t length;                   /* of the name */
    size_t index;                    /* of the element */
} aluno__path;

/* The path of a field inside this message. */
static inline aluno__path aluno__path_part(const aluno__path *path, const char *name, size_t length)
{
    return (aluno__path){.outer = path, .name = name, .length = length};
}

/* The path of the i-th element of this list. */
static inline aluno__path aluno__path_item(const aluno__path *path, size_t i)
{
    return (aluno__path){.outer = path, .index = i};
}

/* Writes the path and returns its length. */
static inline size_t aluno__path_write(const aluno__path *path, char out[ALUNO_PATH_SIZE])
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

#endif
