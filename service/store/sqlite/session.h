/* A connection to the database with its prepared statements: the one door to SQLite. */
#ifndef ALUNOD_STORE_SESSION_H
#define ALUNOD_STORE_SESSION_H

#include "store/store.h"

#include <sqlite3.h>

/* How many different statements a session may hold. */
#define SESSION_STATEMENTS 32

typedef enum session_role { SESSION_READS, SESSION_WRITES } session_role;

struct store_session {
    sqlite3 *db;
    struct {
        const char *sql;
        sqlite3_stmt *statement;
    } prepared[SESSION_STATEMENTS];
    size_t prepared_count;
    aluno_reason failure; /* what session_fail said last */
    int64_t until_ms;     /* when a statement that runs is cut short, steady clock; INT64_MAX: never */
    int wal_frames; /* in the write-ahead log after the last commit; known to the writer's session only */
    store_session *next; /* in the store's list of free sessions */
};

/* Opens a connection to a file that exists. A reader's cannot write and does not checkpoint. OPTION_INVALID.
 */
aluno_code session_open(store_session **out, const char *path, session_role role, aluno_error *error);

/* NULL is allowed. */
void session_close(store_session *session);

/* The statement of that text, prepared at its first use and kept; `sql` must be a constant, for it is known
 * again by its address. Bind, step and reset it. NULL (on which sqlite3_step fails) when it cannot be
 * prepared. */
sqlite3_stmt *session_statement(store_session *session, const char *sql);

/* Runs a statement that takes and gives nothing. */
aluno_code session_run(store_session *session, const char *sql, aluno_error *error);

/* Runs a statement that gives one number; false when it does not. */
bool session_number(store_session *session, const char *sql, int64_t *number);

/* A savepoint: opened; kept; undone. On a reader's session it is one snapshot for several reads. */
aluno_code session_savepoint(store_session *session, aluno_error *error);
aluno_code session_keep(store_session *session, aluno_error *error);
aluno_code session_undo(store_session *session, aluno_error *error);

/* Says what SQLite's last result on this session means to a caller, and all of it to the log. */
aluno_code session_fail(store_session *session, aluno_error *error);

/* Says what SQLite's last result means to the operator who gave the file `path` as --db. */
aluno_code session_refuse(const store_session *session, const char *path, aluno_error *error);

#endif
