/* Text written into a buffer of fixed size; its length counts on when it is full, as snprintf's does. */
#ifndef ALUNO_BASE_TEXT_H
#define ALUNO_BASE_TEXT_H

#include <stddef.h>

typedef struct aluno__text {
    char *at;
    size_t size;   /* of the buffer; 0: nothing is written */
    size_t length; /* that the whole text has */
} aluno__text;

void aluno__text_append(aluno__text *out, const char *bytes, size_t length);

/* Appends NUL-terminated texts, up to a NULL. */
void aluno__text_append_all(aluno__text *out, ...);

/* Ends the text with a NUL, cutting it before a character that does not fit whole. Returns its length. */
size_t aluno__text_end(aluno__text *out);

#endif
