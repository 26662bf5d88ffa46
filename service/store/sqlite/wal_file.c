/* For each page SQLite writes a frame's head and the page, two system calls. Here they gather in memory until
 * the commit, and are written at once. Only the connection that writes gathers anything: a reader's own file
 * of the log writes nothing.
 *
 * SQLite syncs the log at a commit, before the commit is visible, and at a checkpoint. Here a commit's sync
 * only writes what is gathered: the connection can run the next transaction while wal_file_sync makes the
 * last one durable. `PRAGMA checkpoint_fullfsync` distinguishes the two: a checkpoint's sync is a full one.
 *
 * Before a log begins, the database is given its salts (wal_match.h). */
#include "wal_file.h"

#include "page_file.h"
#include "wal_match.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    GATHERED_MAX =
        120 * 1024, /* SQLite's largest page is 64 KiB; its layer writes less than 128 KiB at once */
    SYNC_KIND = 0x0f,
};

struct wal_file {
    const sqlite3_io_methods *base;
    sqlite3_io_methods methods; /* the base's, except those below */
    sqlite3_file *database;
    uint8_t *gathered; /* NULL until the first write */
    int size;
    sqlite3_int64 at; /* where in the file they belong */
};

static struct wal_file *wal_file(sqlite3_file *file)
{
    return (struct wal_file *)((uintptr_t)file->pMethods - offsetof(struct wal_file, methods));
}

/* ---- the log's methods ---- */

static int flush(sqlite3_file *file)
{
    struct wal_file *log = wal_file(file);
    const int size = log->size;
    log->size = 0; /* what cannot be written is given up with its transaction */
    return size == 0 ? SQLITE_OK : log->base->xWrite(file, log->gathered, size, log->at);
}

/* The log that is in the file is replaced by one with this header. One that was truncated or removed before
 * can be there again after a loss of power, since neither is synced. */
static int stamp_database(sqlite3_file *file, const uint8_t *header)
{
    struct wal_file *log = wal_file(file);
    uint8_t before[WAL_HEADER] = {0};
    const int result = log->base->xRead(file, before, sizeof before, 0);
    if (result != SQLITE_OK && result != SQLITE_IOERR_SHORT_READ)
        return result;
    const struct page_stamp stamp = {
        wal_salts(header),
        result == SQLITE_OK ? wal_salts(before) : page_file_last_log(log->database),
    };
    return page_file_stamp(log->database, &stamp);
}

static int log_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
    struct wal_file *log = wal_file(file);
    const bool continues = log->size > 0 && at == log->at + log->size && size <= GATHERED_MAX - log->size;
    int result = continues ? SQLITE_OK : flush(file);
    if (result == SQLITE_OK && at == 0 && size == WAL_HEADER)
        result = stamp_database(file, bytes);
    if (result != SQLITE_OK)
        return result;
    if (log->gathered == NULL && (log->gathered = malloc(GATHERED_MAX)) == NULL)
        return SQLITE_IOERR_NOMEM;
    if (log->size == 0)
        log->at = at;
    memcpy(log->gathered + log->size, bytes, (size_t)size);
    log->size += size;
    return SQLITE_OK;
}

/* A flush that fails here is an I/O error, whatever it was. For SQLITE_FULL SQLite would undo the statement
 * that reads alone, and commit the transaction, part of which is not in the log. */
static int log_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 at)
{
    if (flush(file) != SQLITE_OK)
        return SQLITE_IOERR_WRITE;
    return wal_file(file)->base->xRead(file, bytes, size, at);
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    const int result = flush(file);
    return result == SQLITE_OK ? wal_file(file)->base->xTruncate(file, size) : result;
}

static int log_size(sqlite3_file *file, sqlite3_int64 *size)
{
    const int result = flush(file);
    return result == SQLITE_OK ? wal_file(file)->base->xFileSize(file, size) : result;
}

static int log_sync(sqlite3_file *file, int flags)
{
    const int result = flush(file);
    const bool is_commit = (flags & SYNC_KIND) == SQLITE_SYNC_NORMAL;
    return result == SQLITE_OK && !is_commit ? wal_file(file)->base->xSync(file, flags) : result;
}

static int log_close(sqlite3_file *file)
{
    struct wal_file *log = wal_file(file);
    const int flushed = flush(file), closed = log->base->xClose(file);
    free(log->gathered);
    return flushed != SQLITE_OK ? flushed : closed;
}

/* ---- the layer ---- */

size_t wal_file_size(void)
{
    return sizeof(struct wal_file);
}

void wal_file_begin(sqlite3_file *file, void *room, const char *name)
{
    struct wal_file *log = room;
    *log = (struct wal_file){
        .base = file->pMethods, .methods = *file->pMethods, .database = sqlite3_database_file_object(name)};
    log->methods.xWrite = log_write;
    log->methods.xRead = log_read;
    log->methods.xTruncate = log_truncate;
    log->methods.xFileSize = log_size;
    log->methods.xSync = log_sync;
    log->methods.xClose = log_close;
    file->pMethods = &log->methods;
}

sqlite3_file *wal_file_of(sqlite3 *db)
{
    sqlite3_file *log = NULL;
    sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    return log;
}

int wal_file_sync(sqlite3_file *log)
{
    return wal_file(log)->base->xSync(log, SQLITE_SYNC_NORMAL);
}
