/* The database's file in SQLite's file layer: each page carries a digest, which is compared when it is read.
 */
#ifndef ALUNOD_SQLITE_PAGE_FILE_H
#define ALUNOD_SQLITE_PAGE_FILE_H

#include "page_digest.h"

#include <sqlite3.h>

/* Takes over the methods of a file that was opened, and keeps what it needs at `room`, which has
 * page_file_size bytes. That and `name` outlive the file. */
void page_file_begin(sqlite3_file *file, void *room, const char *name);
size_t page_file_size(void);

/* Lets new pages, and those that VACUUM writes, have digests. Before the first statement of a connection. */
int page_file_request(sqlite3 *db);

/* Whether the pages of the connection's database have digests; after its first statement. */
bool page_file_has_digests(sqlite3 *db);

/* The database's file of a connection, for these: how many pages it has; whether a page has its digest, is
 * not in use or has no digest. */
sqlite3_file *page_file_of(sqlite3 *db);
int64_t page_file_count(sqlite3_file *file);
bool page_file_verify(sqlite3_file *file, int64_t number);

/* Remembers, durably, that the log with the salts stamp->log begins. stamp->log_before: those of the log that
 * is in its file now, all of which is in the database. */
int page_file_stamp(sqlite3_file *file, const struct page_stamp *stamp);

/* The salts of the log that was stamped last; zeros: none was. */
struct log_salts page_file_last_log(sqlite3_file *file);

/* Grows whenever page_file_stamp writes to a file: before it and after it. */
unsigned page_file_stamps(void);

#endif
