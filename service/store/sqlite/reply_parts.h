/* For the migration of the ledger: what is kept of the replies that older versions kept whole. */
#ifndef ALUNOD_SQLITE_REPLY_PARTS_H
#define ALUNOD_SQLITE_REPLY_PARTS_H

#include <sqlite3.h>

/* Defines the SQL function reply_parts(method, reply). It returns a JSON object with the students' first id,
 * their count, the hash of what was replied of them, and at which byte the rest begins; or NULL when the
 * reply has no students whose ids follow one another. Returns SQLite's result. */
int reply_parts_define(sqlite3 *db);

#endif
