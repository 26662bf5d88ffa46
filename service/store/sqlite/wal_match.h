/* Whether a write-ahead log is of the database beside it.
 *
 * SQLite would play a log that a killed service left into whatever file has the database's name, also into a
 * backup that was copied there: nothing in a log names its database. So page 1 of the database has the salts
 * of the log that began last, and of the one before it (page_digest.h). They are written, durably, before a
 * log begins, which is when all of the log before is in the database.
 *
 * A database of before digests has no salts. DATABASE.lock remembers whether the database that was open last
 * had some: then the log is not of a file without. */
#ifndef ALUNOD_SQLITE_WAL_MATCH_H
#define ALUNOD_SQLITE_WAL_MATCH_H

#include "page_digest.h"

#include <aluno/error.h>

enum { WAL_HEADER = 32 }; /* bytes; sqlite.org/fileformat2.html#the_write_ahead_log */

/* The salts in a log's header. */
struct log_salts wal_salts(const uint8_t *header);

enum wal_match {
    WAL_NONE,     /* there is no log, or none that SQLite would play */
    WAL_FITS,     /* or the database has no digests, and so no salts to compare */
    WAL_OBSOLETE, /* all of it is in the database: a crash came just before the next log began */
    WAL_FOREIGN,
};

/* Compares a database with the log beside it. Closes descriptors of the database, so SQLite must not have it
 * open in this process. */
enum wal_match wal_match(const char *database);

/* Whether the database has digests; false when it is not there. Closes a descriptor of it, too. */
bool wal_match_has_digests(const char *database);

/* Remembers whether the logs of this database begin with its salts; `lock`: file_lock's. */
void wal_match_remember(int lock, bool has_digests);

/* Refuses a database whose log is foreign. OPTION_INVALID, with what to do. */
aluno_code wal_match_check(const char *database, aluno_error *error);

/* The same on a locked database, of which it removes an obsolete log. */
aluno_code wal_match_settle(const char *database, aluno_error *error);

#endif
