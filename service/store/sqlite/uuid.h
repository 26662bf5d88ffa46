/* UUIDs as 16 bytes. */
#ifndef ALUNOD_SQLITE_UUID_H
#define ALUNOD_SQLITE_UUID_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

enum { UUID_SIZE = 16, UUID_TEXT_SIZE = 37 };

/* Converts the 36 characters of a UUID; false when the text is none. */
bool uuid_parse(const char *text, uint8_t out[UUID_SIZE]);

/* Writes the text of a UUID. */
void uuid_write(const uint8_t bytes[UUID_SIZE], char out[UUID_TEXT_SIZE]);

/* Defines the SQL function uuid_bytes(text): a BLOB, or NULL when the text is no UUID. Returns SQLite's
 * result. */
int uuid_define(sqlite3 *db);

#endif
