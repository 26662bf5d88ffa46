/* SQLite's file layer of the store: page_file.h for the database, wal_file.h for its write-ahead log. */
#ifndef ALUNOD_SQLITE_FILE_LAYER_H
#define ALUNOD_SQLITE_FILE_LAYER_H

#include <sqlite3.h>

/* Registers the layer and returns its name for sqlite3_open_v2, which fails when there is none of that name.
 */
const char *file_layer(void);

#endif
