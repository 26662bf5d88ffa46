/* A connection to SQLite with its prepared statements. */
#ifndef ALUNOD_SQLITE_SESSION_H
#define ALUNOD_SQLITE_SESSION_H

#include "condition.h"
#include "audit_outbox.h"
#include "driver.h"
#include "statements.h"

#include <sqlite3.h>
#include <stdatomic.h>

enum session_role {
    SESSION_READS,
    SESSION_WRITES,
    SESSION_COPIES,  /* reads, and writes another file */
    SESSION_INSPECTS /* reads a file that nothing changes, without its write-ahead log */
};

enum { SESSION_BUSY_MS = 2000 }; /* how long to wait for another program that locks the database */

/* The time up to which the ledger has forgotten request ids. */
struct forgotten {
    bool is_known;
    unsigned rollbacks; /* of the session, when it was read */
    int64_t time_ms;
};

struct store_session {
    struct store_head head;
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENT_COUNT]; /* prepared at first use; NULL: not yet */
    aluno_reason failure;                      /* set by session_fail */
    /* Not the writer: a running statement is interrupted at that time of the monotonic clock, or once true.
     */
    int64_t deadline_ms;
    const atomic_bool *abandoned; /* or NULL */
    atomic_bool *damaged;         /* or NULL; set when a statement finds damage */
    /* The writer's only. */
    bool is_writer;
    struct forgotten forgotten;
    struct condition condition;
    struct place *place;
    int wal_frames;  /* in the write-ahead log after the last commit */
    int64_t commits; /* that wrote to the log; durable after wal_file_sync */
    /* Students that the transaction added to the total, which it does not hold yet; at its savepoint. */
    int64_t live_added, live_added_before;
    struct audit_outbox outbox;   /* of the transaction, which does not hold it yet */
    unsigned rollbacks;           /* how often changes were undone */
    struct interned_names *names; /* made by interned.c at its first use */
    struct search_builder *builder;
    atomic_bool log_holds_erased;      /* the log may have what was erased: writer.c empties it */
    int64_t empty_after_ms;            /* monotonic clock: the next attempt */
    int64_t last_id, last_create_time; /* of the student inserted last */
    size_t feed_added;                 /* entries that the transaction added to the feed */
    store_feed_observer *on_feed;      /* or NULL */
    void *on_feed_user;
};

/* Opens a connection to a file that exists. Only the writer checkpoints. OPTION_INVALID. */
aluno_code session_open(struct store_session **out, const char *path, enum session_role role,
                        aluno_error *error);

/* NULL is allowed. */
void session_close(struct store_session *session);

/* Returns a prepared statement: bind its parameters, step it, reset it. NULL, on which sqlite3_step fails,
 * when it cannot be prepared. */
sqlite3_stmt *session_statement(struct store_session *session, enum statement which);

/* Bind a parameter by its name, such as ":id"; a statement without that parameter is left alone. Texts and
 * blobs are not copied: they must outlive the step. A NULL text is SQL's NULL. */
void bind_int(sqlite3_stmt *statement, const char *parameter, int64_t value);
void bind_text(sqlite3_stmt *statement, const char *parameter, const char *text);
void bind_blob(sqlite3_stmt *statement, const char *parameter, const uint8_t *bytes, size_t size);

/* Steps a statement that returns no row, and resets it. */
aluno_code session_step(struct store_session *session, sqlite3_stmt *statement, aluno_error *error);

/* Steps a statement that returns one row or none, and resets it. *number receives the row's first column;
 * *found is false, and *number stays, when there is no row. */
aluno_code session_step_number(struct store_session *session, sqlite3_stmt *statement, bool *found,
                               int64_t *number, aluno_error *error);

/* Whether a reader's deadline has passed, or nobody waits for it; and the failure for that. */
bool session_is_late(const struct store_session *session);
aluno_code session_fail_late(struct store_session *session, aluno_error *error);

/* Adds to the total of students. In a change. */
aluno_code session_add_to_total(struct store_session *session, int64_t added, aluno_error *error);

/* Writes the outbox into the transaction. In audit.c. */
aluno_code audit_flush(struct store_session *session, aluno_error *error);

/* Runs a statement without parameters that returns no row. */
aluno_code session_run(struct store_session *session, enum statement which, aluno_error *error);

/* Runs a DELETE with the parameters :before and :limit; *count receives the number of rows. */
aluno_code session_purge(struct store_session *session, enum statement which, int64_t before_ms,
                         int64_t limit, int64_t *count, aluno_error *error);

/* Runs `sql` once and stores the number in its first row and column; false when there is none. */
bool session_number(struct store_session *session, const char *sql, int64_t *number);

/* A savepoint. On a reader's session it is one snapshot for several reads. */
aluno_code savepoint_open(struct store_session *session, aluno_error *error);
aluno_code savepoint_release(struct store_session *session, aluno_error *error);
aluno_code savepoint_rollback(struct store_session *session, aluno_error *error);

/* Logs SQLite's last result on this session and maps it to an error for the caller. */
aluno_code session_fail(struct store_session *session, aluno_error *error);

/* Maps SQLite's last result to an error for the operator who gave the file `path` as --db. */
aluno_code session_refuse(const struct store_session *session, const char *path, aluno_error *error);

#endif
