/* The library's memory: malloc's, unless a program brings its own. */
#ifndef ALUNO_MEMORY_H
#define ALUNO_MEMORY_H

#include <aluno/version.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where memory comes from: functions that behave as the C library's, called from any thread. */
typedef struct aluno_allocator {
    void *(*allocate)(void *user, size_t size);             /* as malloc */
    void *(*reallocate)(void *user, void *at, size_t size); /* as realloc; `at` may be NULL */
    void (*release)(void *user, void *at);                  /* as free; `at` may be NULL */
    void *user;
} aluno_allocator;

/* Makes the library take its memory from there; NULL: from malloc again. Copied. Call it before anything else
 * of the library, or while nothing of it is in use: memory must go back where it came from. What nng, mbed
 * TLS and utf8proc take for themselves is not included: they offer no hook. */
ALUNO_API void aluno_set_allocator(const aluno_allocator *allocator);

#ifdef __cplusplus
}
#endif

#endif
