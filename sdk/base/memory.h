/* All memory of the library comes from here, so that a program can set an allocator (aluno/memory.h). */
#ifndef ALUNO_BASE_MEMORY_H
#define ALUNO_BASE_MEMORY_H

#include <stddef.h>

/* As malloc, calloc of one element, realloc, free, strdup and strndup; NULL when memory ran out. */
void *aluno__malloc(size_t size);
void *aluno__calloc(size_t size);
void *aluno__realloc(void *at, size_t size);
void aluno__free(void *at);
char *aluno__strdup(const char *text);
char *aluno__strndup(const char *text, size_t length);

#endif
