/* The path of a field, as violations name it: "student.name", "students[3].age". Paths are links of the
 * callers' stack, written as text only for a violation: most messages have none. */
#ifndef ALUNO_PROTOCOL_PATH_H
#define ALUNO_PROTOCOL_PATH_H

#include <aluno/error.h>

enum { ALUNO_PATH_SIZE = sizeof((aluno_violation *)0)->field }; /* a longer path is cut */

/* One step of a path; the steps before it must outlive it. */
typedef struct aluno__path {
    const struct aluno__path *outer; /* NULL: the message itself, which has no name */
    const char *name;                /* of a field; NULL: an element of the list that `outer` names */
    size_t length;                   /* of the name, unless a NUL ends it before */
    size_t index;                    /* of the element */
} aluno__path;

/* The path of a field inside this message. */
static inline aluno__path aluno__path_part(const aluno__path *path, const char *name, size_t length)
{
    return (aluno__path){.outer = path, .name = name, .length = length};
}

/* The same, of a NUL-terminated name. */
static inline aluno__path aluno__path_field(const aluno__path *path, const char *name)
{
    return aluno__path_part(path, name, ALUNO_PATH_SIZE);
}

/* The path of the i-th element of this list. */
static inline aluno__path aluno__path_item(const aluno__path *path, size_t i)
{
    return (aluno__path){.outer = path, .index = i};
}

/* The path of a key that names no field: the key where it is an identifier, else "?", since it may be
 * anything. */
aluno__path aluno__path_unknown(const aluno__path *path, const char *key, size_t length);

/* Writes the path and returns its length. */
size_t aluno__path_write(const aluno__path *path, char out[ALUNO_PATH_SIZE]);

/* Adds a violation of that field to the error, with a detail unless it is NULL or "". Returns
 * INVALID_ARGUMENT. error may be NULL. */
aluno_code aluno__path_violate(const aluno__path *path, aluno_error *error, aluno_reason reason,
                               const char *detail);

#endif
