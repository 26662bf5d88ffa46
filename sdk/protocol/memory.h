/* The one place that memory comes from, so that a program can bring its own (aluno/memory.h). */
#ifndef ALUNO_PROTOCOL_MEMORY_H
#define ALUNO_PROTOCOL_MEMORY_H

#include <stddef.h>

/* As malloc, calloc of one element, realloc, free, strdup and strndup; NULL when memory ran out. */
void *aluno_allocate(size_t size);
void *aluno_allocate_zeroed(size_t size);
void *aluno_reallocate(void *at, size_t size);
void aluno_release(void *at);
char *aluno_duplicate(const char *text);
char *aluno_duplicate_part(const char *text, size_t length);

#endif
