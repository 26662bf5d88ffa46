/* A connection to PostgreSQL: opened when it is first used, and again when it was lost. */
#ifndef ALUNOD_POSTGRES_SESSION_H
#define ALUNOD_POSTGRES_SESSION_H

#include "driver.h"
#include "result.h"
#include "statement.h"

/* A statement and its parameters' values. */
struct query {
    struct store_session *session;
    enum statement which;
    const struct statement_text *text;
    const char *values[PARAMETERS_MAX];
    int lengths[PARAMETERS_MAX], formats[PARAMETERS_MAX];
    char numbers[PARAMETERS_MAX][24];
};

enum { SESSION_WAIT_MS = 10000 }; /* for a result that no call's deadline bounds */

enum { EXPECTED_MAX = 256 }; /* their results fit into what the kernel keeps for a socket that is not read */

/* Students who were read before they are asked for: fetch.h. */
struct fetched {
    PGresult *rows;               /* NULL: none */
    int64_t ids[STORE_FETCH_MAX]; /* that are not asked for yet; 0: that was */
    size_t count;
};

struct store_session {
    struct store_head head;
    const char *uri;
    const char *name;             /* of the service, unless the URI has application_name */
    const atomic_bool *reachable; /* or NULL: else false, nothing is attempted */
    PGconn *connection;           /* in pipeline mode; NULL: none */
    bool is_prepared[STATEMENT_COUNT];
    struct expected {
        enum statement which;
        bool is_prepare;
    } expected[EXPECTED_MAX]; /* results of what was sent and is not read yet */
    int expected_count;
    struct query query;
    struct statement_text other;  /* of STATEMENT_OTHER */
    enum session_failure failure; /* in a transaction, or on a change's session: nothing is sent after it */
    aluno_reason reason;          /* of the failure */
    const atomic_bool *abandoned; /* or NULL: once true, a statement fails with CALL_CANCELLED */
    bool in_transaction, warned;  /* warned: by PostgreSQL, since the transaction began */
    bool begin_waits;             /* `begin` is sent with the transaction's first statement */
    enum statement begin;
    /* Of a change. */
    bool is_change, is_tentative;
    bool wrote, conflicted,
        replayed;     /* rows; a key of the ledger was taken meanwhile; its reply was read there */
    int64_t first_id; /* that a tentative change drew; 0: none */
    /* Of its transaction, which may have several changes. */
    int64_t feed_entries; /* that it has added to the feed */
    int64_t live_added;   /* to the count of students, when it commits */
    int64_t forgotten_ms; /* OPERATION_FORGOTTEN, once it was read */
    bool has_ids_lock, knows_forgotten;
    struct fetched fetched;
    int instance; /* the service's number in the table of that name */
};

void session_init(struct store_session *session, const struct store_head *head, const char *uri,
                  const char *name);
void session_disconnect(struct store_session *session);

/* Connects, unless it is connected. UNAVAILABLE / STORE_UNREACHABLE; `why`, if not NULL, receives the reason,
 * which may be libpq's own words; they have no password. */
aluno_code session_connect(struct store_session *session, char *why, size_t size, aluno_error *error);

/* ---- transactions ---- */

/* Begins one, with the next statement. */
void session_begin(struct store_session *session, enum statement begin);
/* Forgets what the change before it in the transaction did. */
void session_begin_change(struct store_session *session);
/* Fails as the transaction did, or as it has to: it is made again, if at all. */
aluno_code fail_session(struct store_session *session, enum session_failure failure, aluno_reason reason,
                        aluno_error *error);
aluno_code session_commit(struct store_session *session, aluno_error *error);
/* Undoes it; a connection on which that fails is closed. */
void session_rollback(struct store_session *session);

/* ---- statements ---- */

/* Begins a statement: bind its parameters, then run it. Texts and bytes are not copied. */
struct query *query_begin(struct store_session *session, enum statement which);
/* The same with SQL that is not kept prepared; NULL when it is too long. */
struct query *query_begin_text(struct store_session *session, const char *sql);

void query_int(struct query *query, const char *parameter, int64_t value);
void query_text(struct query *query, const char *parameter, const char *text);
void query_bytes(struct query *query, const char *parameter, const void *bytes, size_t size);

/* Sends a statement whose result nobody wants, with the next one. It reports its failure, if any. */
aluno_code query_defer(struct query *query, aluno_error *error);

/* Runs it; *rows receives its result, for PQclear. */
aluno_code query_run(struct query *query, PGresult **rows, aluno_error *error);

/* Runs it; *changed, if not NULL, receives how many rows it changed. */
aluno_code query_step(struct query *query, int64_t *changed, aluno_error *error);

/* Runs it; *number receives the first column of the first row; *found is false when there is none or it is
 * NULL. */
aluno_code query_number(struct query *query, bool *found, int64_t *number, aluno_error *error);

#endif
