/* The library's memory: malloc's, unless a program sets its own allocator. Implemented by sdk/base/memory.c.
 */
#ifndef ALUNO_MEMORY_H
#define ALUNO_MEMORY_H

#include <aluno/version.h>

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An allocator: functions that behave as the C library's, called from any thread. */
typedef struct aluno_allocator {
    void *(*allocate)(void *user, size_t size);             /* as malloc */
    void *(*reallocate)(void *user, void *at, size_t size); /* as realloc; `at` may be NULL */
    void (*release)(void *user, void *at);                  /* as free; `at` may be NULL */
    void *user;
} aluno_allocator;

/* Sets the allocator of the library, which copies it; NULL restores malloc. Call it before any other function
 * of the library, or while nothing of it is in use: memory must return to the allocator that it came from.
 * nng, mbed TLS, utf8proc and jansson keep to malloc. */
ALUNO_API void aluno_set_allocator(const aluno_allocator *allocator);

#ifdef __cplusplus
}
#endif

#endif
