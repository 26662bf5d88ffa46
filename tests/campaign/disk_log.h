/* A disk that remembers: SQLite's file layer of the store, which records each write, truncation, sync and
 * removal of the database and its log, with the bytes. From the record disk_image.h makes the disk that a
 * loss of power may leave. Include it in one file of a program. */
#ifndef ALUNO_TESTS_DISK_LOG_H
#define ALUNO_TESTS_DISK_LOG_H

#include "layered_file.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum disk_event_kind { DISK_WRITE, DISK_TRUNCATE, DISK_SYNC, DISK_REMOVE, DISK_SYNC_FOLDER };
enum { DISK_FILES = 4 };

struct disk_event {
    enum disk_event_kind kind;
    size_t file; /* index of disk_log.names */
    int64_t at, size;
    uint8_t *bytes;
};

static struct {
    pthread_mutex_t lock;
    struct disk_event *events;
    size_t count, room;
    bool is_off; /* nothing more is recorded */
    char *names[DISK_FILES];
    bool is_new[DISK_FILES]; /* a log or journal whose first sync is to come: SQLite syncs the folder, too */
} disk_log = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* How many events there have been. */
static size_t disk_log_count(void)
{
    pthread_mutex_lock(&disk_log.lock);
    const size_t count = disk_log.count;
    pthread_mutex_unlock(&disk_log.lock);
    return count;
}

static size_t disk_file_named(const char *name)
{
    size_t i = 0;
    if (disk_log.is_off)
        return 0;
    pthread_mutex_lock(&disk_log.lock);
    while (i < DISK_FILES && disk_log.names[i] != NULL && strcmp(disk_log.names[i], name) != 0)
        i++;
    assert_true(i < DISK_FILES);
    if (disk_log.names[i] == NULL)
        disk_log.names[i] = strdup(name);
    pthread_mutex_unlock(&disk_log.lock);
    return i;
}

static void disk_add(enum disk_event_kind kind, size_t file, int64_t at, int64_t size, const void *bytes)
{
    struct disk_event event = {kind, file, at, size, NULL};
    if (disk_log.is_off)
        return;
    if (bytes != NULL) {
        event.bytes = malloc((size_t)size);
        assert_non_null(event.bytes);
        memcpy(event.bytes, bytes, (size_t)size);
    }
    pthread_mutex_lock(&disk_log.lock);
    if (disk_log.count == disk_log.room) {
        disk_log.room = 2 * disk_log.room + 1024;
        disk_log.events = realloc(disk_log.events, disk_log.room * sizeof *disk_log.events);
        assert_non_null(disk_log.events);
    }
    disk_log.events[disk_log.count++] = event;
    pthread_mutex_unlock(&disk_log.lock);
}

/* Recorded before it happens: what follows a write comes after it in the record. */
static int disk_xWrite(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
    disk_add(DISK_WRITE, LAYERED(file)->number, at, size, bytes);
    return layered_xWrite(file, bytes, size, at);
}

static int disk_xTruncate(sqlite3_file *file, sqlite3_int64 size)
{
    disk_add(DISK_TRUNCATE, LAYERED(file)->number, 0, size, NULL);
    return layered_xTruncate(file, size);
}

/* Recorded when it is done, with the number of events that it has made durable: those before it began. */
static int disk_xSync(sqlite3_file *file, int flags)
{
    const size_t number = LAYERED(file)->number, before = disk_log_count();
    const int result = layered_xSync(file, flags);
    if (result != SQLITE_OK)
        return result;
    disk_add(DISK_SYNC, number, (int64_t)before, 0, NULL);
    if (disk_log.is_new[number])
        disk_add(DISK_SYNC_FOLDER, number, (int64_t)before, 0, NULL);
    disk_log.is_new[number] = false;
    return result;
}

static int disk_xDelete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    const size_t number = disk_file_named(name);
    disk_add(DISK_REMOVE, number, 0, 0, NULL);
    const int result = layered_base->xDelete(layered_base, name, sync);
    if (result == SQLITE_OK && sync)
        disk_add(DISK_SYNC_FOLDER, number, (int64_t)disk_log_count(), 0, NULL);
    return result;
}

static int disk_xOpen(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    const int result = layered_xOpen(vfs, name, file, flags, out);
    if (result != SQLITE_OK)
        return result;
    const size_t number = disk_file_named(name != NULL ? name : "");
    LAYERED(file)->number = number;
    disk_log.is_new[number] = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
    return result;
}

/* Replaces the store's file layer for the whole process. Call it before the first store is opened. */
static void disk_log_install(void)
{
    layered_methods.xWrite = disk_xWrite;
    layered_methods.xTruncate = disk_xTruncate;
    layered_methods.xSync = disk_xSync;
    sqlite3_vfs *vfs = layered_install();
    vfs->xOpen = disk_xOpen;
    vfs->xDelete = disk_xDelete;
}

#endif
