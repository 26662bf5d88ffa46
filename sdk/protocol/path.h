/* The path of the field being looked at, as violations name it: "student.name", "students[3].age". */
#ifndef ALUNO_PROTOCOL_PATH_H
#define ALUNO_PROTOCOL_PATH_H

#include <stddef.h>
#include <stdio.h>

typedef struct aluno_path {
    char text[97]; /* violation.field and its NUL; a longer path is cut */
    size_t length;
} aluno_path;

/* The path of a part (its name cut at `length` bytes) inside this one. A value: nothing to pop. */
static inline aluno_path aluno_path_part(const aluno_path *path, const char *name, size_t length)
{
    aluno_path part = {.length = 0};
    const int n = snprintf(part.text, sizeof part.text, "%s%s%.*s", path->text, path->length ? "." : "",
                           length < sizeof part.text ? (int)length : (int)sizeof part.text, name);
    part.length = n < 0 ? 0 : (size_t)n;
    return part;
}

/* The path of the i-th element of this list. */
static inline aluno_path aluno_path_item(const aluno_path *path, size_t i)
{
    aluno_path item = {.length = 0};
    const int n = snprintf(item.text, sizeof item.text, "%s[%zu]", path->text, i);
    item.length = n < 0 ? 0 : (size_t)n;
    return item;
}

#endif
