/* Allocation through the program's allocator. */
#include "memory.h"

#include <aluno/memory.h>

#include <stdlib.h>
#include <string.h>

static void *allocate_by_malloc(void *user, size_t size)
{
    (void)user;
    return malloc(size);
}

static void *reallocate_by_realloc(void *user, void *at, size_t size)
{
    (void)user;
    return realloc(at, size);
}

static void release_by_free(void *user, void *at)
{
    (void)user;
    free(at);
}

static const aluno_allocator standard = {allocate_by_malloc, reallocate_by_realloc, release_by_free, NULL};
static aluno_allocator chosen = {allocate_by_malloc, reallocate_by_realloc, release_by_free, NULL};

void aluno_set_allocator(const aluno_allocator *allocator)
{
    chosen = allocator != NULL ? *allocator : standard;
}

void *aluno__malloc(size_t size)
{
    return chosen.allocate(chosen.user, size);
}

void *aluno__calloc(size_t size)
{
    void *at = aluno__malloc(size);
    return at != NULL ? memset(at, 0, size) : NULL;
}

void *aluno__realloc(void *at, size_t size)
{
    return chosen.reallocate(chosen.user, at, size);
}

void aluno__free(void *at)
{
    chosen.release(chosen.user, at);
}

char *aluno__strdup(const char *text)
{
    return aluno__strndup(text, strlen(text));
}

char *aluno__strndup(const char *text, size_t length)
{
    char *copy = aluno__malloc(length + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}
