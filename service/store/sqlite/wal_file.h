/* The write-ahead log in SQLite's file layer: it is written and synced by the commit, not by the page. */
#ifndef ALUNOD_SQLITE_WAL_FILE_H
#define ALUNOD_SQLITE_WAL_FILE_H

#include <sqlite3.h>
#include <stddef.h>

/* Takes over the methods of a log that was opened under the name that SQLite gave, and keeps what it needs at
 * `room`, which has wal_file_size bytes and outlives the file. */
void wal_file_begin(sqlite3_file *file, void *room, const char *name);
size_t wal_file_size(void);

/* The open write-ahead log of a connection. Between transactions of the connection only. */
sqlite3_file *wal_file_of(sqlite3 *db);

/* Makes durable what the connection has committed. On any thread, also while the connection is in use.
 * SQLITE_OK, or the failure, after which nobody knows what the disk has. */
int wal_file_sync(sqlite3_file *log);

#endif
