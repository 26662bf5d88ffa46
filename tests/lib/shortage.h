/* A system that refuses: the n-th request of the service or the SDK for memory, a thread or a file fails. The
 * linker replaces the functions below (--wrap, tests/CMakeLists.txt); SQLite's memory counts on demand.
 * Requests of nng and mbed TLS themselves succeed. Include it in one file of a test. */
#ifndef ALUNO_TESTS_SHORTAGE_H
#define ALUNO_TESTS_SHORTAGE_H

#include "unit.h"

#include "nng/api.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static atomic_int shortage_left; /* requests until the one that fails; 0 and less: none does */
static atomic_bool shortage_of_sqlite;

/* The n-th request from now on fails. */
static inline void shortage_begin(int n)
{
    atomic_store(&shortage_left, n);
}

/* Nothing fails until shortage_begin, which takes what is returned. */
static inline int shortage_pause(void)
{
    return atomic_exchange(&shortage_left, 0);
}

/* Nothing fails from now on. Returns whether something did. */
static inline bool shortage_end(void)
{
    return atomic_exchange(&shortage_left, 0) <= 0;
}

static inline bool shortage_is_due(void)
{
    return atomic_load(&shortage_left) > 0 && atomic_fetch_sub(&shortage_left, 1) == 1;
}

/* ---- functions of the C library ---- */

#define SHORTAGE(type, name, parameters, arguments, problem, refused)                                        \
    type __real_##name parameters;                                                                           \
    type __wrap_##name parameters;                                                                           \
    type __wrap_##name parameters                                                                            \
    {                                                                                                        \
        if (!shortage_is_due())                                                                              \
            return __real_##name arguments;                                                                  \
        errno = problem;                                                                                     \
        return refused;                                                                                      \
    }

SHORTAGE(void *, malloc, (size_t size), (size), ENOMEM, NULL)
SHORTAGE(void *, calloc, (size_t count, size_t size), (count, size), ENOMEM, NULL)
SHORTAGE(void *, realloc, (void *at, size_t size), (at, size), ENOMEM, NULL)
SHORTAGE(char *, strdup, (const char *text), (text), ENOMEM, NULL)
SHORTAGE(FILE *, open_memstream, (char **text, size_t *size), (text, size), ENOMEM, NULL)
SHORTAGE(int, pthread_create,
         (pthread_t * thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument),
         (thread, attributes, run, argument), EAGAIN, EAGAIN)
SHORTAGE(DIR *, opendir, (const char *path), (path), EMFILE, NULL)
SHORTAGE(int, mkdir, (const char *path, mode_t mode), (path, mode), EIO, -1)
SHORTAGE(int, fsync, (int fd), (fd), EIO, -1)
SHORTAGE(int, rename, (const char *from, const char *to), (from, to), EIO, -1)
SHORTAGE(int, statvfs, (const char *path, struct statvfs *found), (path, found), EIO, -1)

SHORTAGE(int, nng_rep0_open, (nng_socket * socket), (socket), 0, NNG_ENOMEM)
SHORTAGE(int, nng_ctx_open, (nng_ctx * context, nng_socket socket), (context, socket), 0, NNG_ENOMEM)
SHORTAGE(int, nng_aio_alloc, (nng_aio * *aio, void (*done)(void *), void *argument), (aio, done, argument), 0,
         NNG_ENOMEM)
SHORTAGE(int, nng_listener_create, (nng_listener * listener, nng_socket socket, const char *url),
         (listener, socket, url), 0, NNG_ENOMEM)
SHORTAGE(int, nng_listener_set_bool, (nng_listener listener, const char *name, bool value),
         (listener, name, value), 0, NNG_ENOMEM)
SHORTAGE(int, nng_listener_start, (nng_listener listener, int flags), (listener, flags), 0, NNG_ENOMEM)
SHORTAGE(int, nng_socket_set_size, (nng_socket socket, const char *name, size_t value), (socket, name, value),
         0, NNG_ENOMEM)
SHORTAGE(int, nng_pipe_notify, (nng_socket socket, nng_pipe_ev event, nng_pipe_cb callback, void *argument),
         (socket, event, callback, argument), 0, NNG_ENOMEM)

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    if (!shortage_is_due())
        return __real_open(path, flags, mode);
    errno = EMFILE;
    return -1;
}

int __wrap_asprintf(char **text, const char *format, ...);
__attribute__((format(printf, 2, 3))) int __wrap_asprintf(char **text, const char *format, ...)
{
    if (shortage_is_due())
        return -1;
    va_list arguments;
    va_start(arguments, format);
    const int size = vasprintf(text, format, arguments);
    va_end(arguments);
    return size;
}

/* ---- SQLite's memory ---- */

static sqlite3_mem_methods shortage_memory;

static void *shortage_xMalloc(int size)
{
    return atomic_load(&shortage_of_sqlite) && shortage_is_due() ? NULL : shortage_memory.xMalloc(size);
}

static void *shortage_xRealloc(void *at, int size)
{
    return atomic_load(&shortage_of_sqlite) && shortage_is_due() ? NULL : shortage_memory.xRealloc(at, size);
}

/* Call it before SQLite is used. */
static inline void shortage_install(void)
{
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &shortage_memory), SQLITE_OK);
    sqlite3_mem_methods memory = shortage_memory;
    memory.xMalloc = shortage_xMalloc;
    memory.xRealloc = shortage_xRealloc;
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &memory), SQLITE_OK);
}

#endif
