/* A disk that fails: SQLite's file layer of the store, whose writes and syncs of the database and its log, or
 * else whose reads, are counted and fail with EIO from the n-th on. Include it in one file of a test. */
#ifndef ALUNO_TESTS_FAULT_VFS_H
#define ALUNO_TESTS_FAULT_VFS_H

#include "layered_file.h"

#include <stdatomic.h>
#include <stdbool.h>

/* The next write or sync, or read, is number 1. */
static atomic_int fault_seen;
static atomic_int fault_first = 0; /* the first that fails; 0: none */
static atomic_int fault_count = 0; /* how many fail */
static atomic_bool fault_syncs;    /* syncs count, too; the store ends the process when its log's fails */
static atomic_bool fault_reads;    /* reads count, and nothing else */

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

static int fault_xRead(sqlite3_file *file, void *to, int size, sqlite3_int64 at)
{
    if (atomic_load(&fault_reads) && fault_is_due())
        return SQLITE_IOERR_READ;
    return layered_xRead(file, to, size, at);
}

/* The bytes are written all the same: a failed write may have done its work. */
static int fault_xWrite(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
    const int result = layered_xWrite(file, bytes, size, at);
    return !atomic_load(&fault_reads) && fault_is_due() ? SQLITE_IOERR_WRITE : result;
}

static int fault_xSync(sqlite3_file *file, int flags)
{
    return atomic_load(&fault_syncs) && !atomic_load(&fault_reads) && fault_is_due()
               ? SQLITE_IOERR_FSYNC
               : layered_xSync(file, flags);
}

/* Replaces the store's file layer for the whole process. Call it before the first store is opened. */
static void fault_install(void)
{
    layered_methods.xRead = fault_xRead;
    layered_methods.xWrite = fault_xWrite;
    layered_methods.xSync = fault_xSync;
    layered_install();
}

#endif
