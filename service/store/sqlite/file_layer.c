/* Registers the layer over one of SQLite's own. */
#include "file_layer.h"

#include "page_file.h"
#include "wal_file.h"

#include <pthread.h>
#include <stddef.h>

/* SQLite's layer for a database that only one process opens. The index of the write-ahead log is in this
 * process's memory, so a read takes no file lock (two system calls and a mutex shared by all readers), and
 * other processes are kept out. */
static const char base_name[] = "unix-excl";

static sqlite3_vfs *base_layer, layer;
static const char layer_name[] = "aluno-excl";

static int room_at; /* in each file: after the base layer's own struct, room for the methods here */

static int align(int size)
{
    const int unit = (int)_Alignof(max_align_t);
    return (size + unit - 1) / unit * unit;
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *given)
{
    (void)vfs;
    const int result = base_layer->xOpen(base_layer, name, file, flags, given);
    void *at = (char *)file + room_at;
    if (result == SQLITE_OK && (flags & SQLITE_OPEN_WAL) != 0)
        wal_file_begin(file, at, name);
    else if (result == SQLITE_OK && (flags & SQLITE_OPEN_MAIN_DB) != 0)
        page_file_begin(file, at, name);
    return result;
}

static void define_layer(void)
{
    base_layer = sqlite3_vfs_find(base_name);
    if (base_layer == NULL)
        return;
    layer = *base_layer;
    layer.zName = layer_name;
    room_at = align(base_layer->szOsFile);
    layer.szOsFile = room_at + (int)(page_file_size() > wal_file_size() ? page_file_size() : wal_file_size());
    layer.xOpen = open_file;
    sqlite3_vfs_register(&layer, 0);
}

const char *file_layer(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, define_layer);
    return layer_name;
}
