/* A disk that fails: SQLite's file layer of the store, whose writes and syncs of the database and its log, or
 * else whose reads, are counted and fail with EIO from the n-th on. Include it in one file of a test. */
#ifndef ALUNO_TESTS_FAULT_VFS_H
#define ALUNO_TESTS_FAULT_VFS_H

#include "unit.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The next write or sync, or read, is number 1. */
static atomic_int fault_seen;
static atomic_int fault_first = 0; /* the first that fails; 0: none */
static atomic_int fault_count = 0; /* how many fail */
static atomic_bool fault_syncs;    /* syncs count, too; the store ends the process when its log's fails */
static atomic_bool fault_reads;    /* reads count, and nothing else */

struct fault_file {
    sqlite3_file base;
    sqlite3_file *real;
};

static sqlite3_vfs *fault_real;

static void fault_set(int first, int count)
{
    atomic_store(&fault_seen, 0);
    atomic_store(&fault_count, count);
    atomic_store(&fault_first, first);
}

static bool fault_is_due(void)
{
    const int number = atomic_fetch_add(&fault_seen, 1) + 1, first = atomic_load(&fault_first);
    return first > 0 && number >= first && number - first < atomic_load(&fault_count);
}

#define FAULT_REAL(file) (((struct fault_file *)(void *)(file))->real)
#define FAULT_PASS(name, parameters, arguments)                                                              \
    static int fault_##name parameters                                                                       \
    {                                                                                                        \
        sqlite3_file *real = FAULT_REAL(file);                                                               \
        return real->pMethods->name arguments;                                                               \
    }

FAULT_PASS(xTruncate, (sqlite3_file * file, sqlite3_int64 size), (real, size))
FAULT_PASS(xFileSize, (sqlite3_file * file, sqlite3_int64 *size), (real, size))
FAULT_PASS(xLock, (sqlite3_file * file, int level), (real, level))
FAULT_PASS(xUnlock, (sqlite3_file * file, int level), (real, level))
FAULT_PASS(xCheckReservedLock, (sqlite3_file * file, int *result), (real, result))
FAULT_PASS(xFileControl, (sqlite3_file * file, int what, void *argument), (real, what, argument))
FAULT_PASS(xSectorSize, (sqlite3_file * file), (real))
FAULT_PASS(xDeviceCharacteristics, (sqlite3_file * file), (real))
FAULT_PASS(xShmMap, (sqlite3_file * file, int page, int size, int extend, void volatile **to),
           (real, page, size, extend, to))
FAULT_PASS(xShmLock, (sqlite3_file * file, int at, int count, int flags), (real, at, count, flags))
FAULT_PASS(xShmUnmap, (sqlite3_file * file, int erase), (real, erase))

static void fault_xShmBarrier(sqlite3_file *file)
{
    FAULT_REAL(file)->pMethods->xShmBarrier(FAULT_REAL(file));
}

static int fault_xRead(sqlite3_file *file, void *to, int size, sqlite3_int64 at)
{
    if (atomic_load(&fault_reads) && fault_is_due())
        return SQLITE_IOERR_READ;
    return FAULT_REAL(file)->pMethods->xRead(FAULT_REAL(file), to, size, at);
}

/* The bytes are written all the same: a failed write may have done its work. */
static int fault_xWrite(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
    const int result = FAULT_REAL(file)->pMethods->xWrite(FAULT_REAL(file), bytes, size, at);
    return !atomic_load(&fault_reads) && fault_is_due() ? SQLITE_IOERR_WRITE : result;
}

static int fault_xSync(sqlite3_file *file, int flags)
{
    return atomic_load(&fault_syncs) && !atomic_load(&fault_reads) && fault_is_due()
               ? SQLITE_IOERR_FSYNC
               : FAULT_REAL(file)->pMethods->xSync(FAULT_REAL(file), flags);
}

static int fault_xClose(sqlite3_file *file)
{
    sqlite3_file *real = FAULT_REAL(file);
    const int result = real->pMethods->xClose(real);
    free(real);
    return result;
}

static int fault_xOpen(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    static const sqlite3_io_methods methods = {2,
                                               fault_xClose,
                                               fault_xRead,
                                               fault_xWrite,
                                               fault_xTruncate,
                                               fault_xSync,
                                               fault_xFileSize,
                                               fault_xLock,
                                               fault_xUnlock,
                                               fault_xCheckReservedLock,
                                               fault_xFileControl,
                                               fault_xSectorSize,
                                               fault_xDeviceCharacteristics,
                                               fault_xShmMap,
                                               fault_xShmLock,
                                               fault_xShmBarrier,
                                               fault_xShmUnmap,
                                               NULL,
                                               NULL};
    (void)vfs;
    sqlite3_file *real = calloc(1, (size_t)fault_real->szOsFile);
    const int result = fault_real->xOpen(fault_real, name, real, flags, out);
    file->pMethods = NULL;
    if (result != SQLITE_OK || real->pMethods == NULL) {
        free(real);
        return result;
    }
    FAULT_REAL(file) = real;
    file->pMethods = &methods;
    return SQLITE_OK;
}

/* Replaces the store's file layer for the whole process. Call it before the first store is opened. */
static void fault_install(void)
{
    static sqlite3_vfs vfs;
    sqlite3_initialize();
    fault_real = sqlite3_vfs_find("unix-excl");
    assert_non_null(fault_real);
    sqlite3_vfs_unregister(fault_real);
    vfs = *fault_real;
    vfs.pNext = NULL;
    vfs.szOsFile = sizeof(struct fault_file);
    vfs.xOpen = fault_xOpen;
    assert_int_equal(sqlite3_vfs_register(&vfs, 0), SQLITE_OK);
}

#endif
