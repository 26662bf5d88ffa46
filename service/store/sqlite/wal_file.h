/* SQLite's file layer, with a write-ahead log that is written and synced by the commit, not by the page. */
#ifndef ALUNOD_SQLITE_WAL_FILE_H
#define ALUNOD_SQLITE_WAL_FILE_H

#include <sqlite3.h>

/* Registers the layer and returns its name for sqlite3_open_v2, which fails when there is none of that name.
 */
const char *wal_file_layer(void);

/* The open write-ahead log of a connection. Between transactions of the connection only. */
sqlite3_file *wal_file_of(sqlite3 *db);

/* Makes durable what the connection has committed. On any thread, also while the connection is in use.
 * SQLITE_OK, or the failure, after which nobody knows what the disk has. */
int wal_file_sync(sqlite3_file *log);

#endif
