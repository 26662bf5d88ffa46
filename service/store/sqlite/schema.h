/* The schema of a database: its versions, and the one that a file has. */
#ifndef ALUNOD_SQLITE_SCHEMA_H
#define ALUNOD_SQLITE_SCHEMA_H

#include "session.h"

/* The files migrations/NNNN_*.sql, in order: the i-th leads from version i to i + 1. embed.cmake writes them.
 */
extern const char *const store_migrations[];
extern const int store_migration_count;

/* Reads the version of the session's schema; 0: the database is empty. *problem receives why a program with
 * `count` migrations refuses it, "" when it does not. False when the database cannot be read. */
bool schema_read(struct store_session *session, int count, int64_t *version, char *problem, size_t size);

#endif
