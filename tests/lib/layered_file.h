/* A file layer over SQLite's, in the place of the store's: each method passes on, unless a test replaces it
 * in layered_methods. Include it in one file of a program. */
#ifndef ALUNO_TESTS_LAYERED_FILE_H
#define ALUNO_TESTS_LAYERED_FILE_H

#include "unit.h"

#include <sqlite3.h>
#include <stdlib.h>

struct layered_file {
    sqlite3_file base;
    sqlite3_file *real;
    size_t number; /* the test's */
};

static sqlite3_vfs *layered_base;

#define LAYERED(file)      ((struct layered_file *)(void *)(file))
#define LAYERED_REAL(file) (LAYERED(file)->real)
#define LAYERED_PASS(name, parameters, arguments)                                                            \
    static int layered_##name parameters                                                                     \
    {                                                                                                        \
        sqlite3_file *real = LAYERED_REAL(file);                                                             \
        return real->pMethods->name arguments;                                                               \
    }

LAYERED_PASS(xRead, (sqlite3_file * file, void *to, int size, sqlite3_int64 at), (real, to, size, at))
LAYERED_PASS(xWrite, (sqlite3_file * file, const void *bytes, int size, sqlite3_int64 at),
             (real, bytes, size, at))
LAYERED_PASS(xTruncate, (sqlite3_file * file, sqlite3_int64 size), (real, size))
LAYERED_PASS(xSync, (sqlite3_file * file, int flags), (real, flags))
LAYERED_PASS(xFileSize, (sqlite3_file * file, sqlite3_int64 *size), (real, size))
LAYERED_PASS(xLock, (sqlite3_file * file, int level), (real, level))
LAYERED_PASS(xUnlock, (sqlite3_file * file, int level), (real, level))
LAYERED_PASS(xCheckReservedLock, (sqlite3_file * file, int *result), (real, result))
LAYERED_PASS(xFileControl, (sqlite3_file * file, int what, void *argument), (real, what, argument))
LAYERED_PASS(xSectorSize, (sqlite3_file * file), (real))
LAYERED_PASS(xDeviceCharacteristics, (sqlite3_file * file), (real))
LAYERED_PASS(xShmMap, (sqlite3_file * file, int page, int size, int extend, void volatile **to),
             (real, page, size, extend, to))
LAYERED_PASS(xShmLock, (sqlite3_file * file, int at, int count, int flags), (real, at, count, flags))
LAYERED_PASS(xShmUnmap, (sqlite3_file * file, int erase), (real, erase))

static void layered_xShmBarrier(sqlite3_file *file)
{
    LAYERED_REAL(file)->pMethods->xShmBarrier(LAYERED_REAL(file));
}

static int layered_xClose(sqlite3_file *file)
{
    sqlite3_file *real = LAYERED_REAL(file);
    const int result = real->pMethods->xClose(real);
    free(real);
    return result;
}

static sqlite3_io_methods layered_methods = {.iVersion = 2,
                                             .xClose = layered_xClose,
                                             .xRead = layered_xRead,
                                             .xWrite = layered_xWrite,
                                             .xTruncate = layered_xTruncate,
                                             .xSync = layered_xSync,
                                             .xFileSize = layered_xFileSize,
                                             .xLock = layered_xLock,
                                             .xUnlock = layered_xUnlock,
                                             .xCheckReservedLock = layered_xCheckReservedLock,
                                             .xFileControl = layered_xFileControl,
                                             .xSectorSize = layered_xSectorSize,
                                             .xDeviceCharacteristics = layered_xDeviceCharacteristics,
                                             .xShmMap = layered_xShmMap,
                                             .xShmLock = layered_xShmLock,
                                             .xShmBarrier = layered_xShmBarrier,
                                             .xShmUnmap = layered_xShmUnmap};

static int layered_xOpen(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    (void)vfs;
    sqlite3_file *real = calloc(1, (size_t)layered_base->szOsFile);
    const int result = layered_base->xOpen(layered_base, name, real, flags, out);
    file->pMethods = NULL;
    if (result != SQLITE_OK || real->pMethods == NULL) {
        free(real);
        return result;
    }
    LAYERED_REAL(file) = real;
    file->pMethods = &layered_methods;
    return SQLITE_OK;
}

/* Replaces the store's file layer for the whole process. Call it before the first store is opened. Returns
 * the new one, whose methods may be replaced, too. */
static sqlite3_vfs *layered_install(void)
{
    static sqlite3_vfs vfs;
    sqlite3_initialize();
    layered_base = sqlite3_vfs_find("unix-excl");
    assert_non_null(layered_base);
    sqlite3_vfs_unregister(layered_base);
    vfs = *layered_base;
    vfs.pNext = NULL;
    vfs.szOsFile = sizeof(struct layered_file);
    vfs.xOpen = layered_xOpen;
    assert_int_equal(sqlite3_vfs_register(&vfs, 0), SQLITE_OK);
    return &vfs;
}

#endif
