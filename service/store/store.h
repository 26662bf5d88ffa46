/* What a store of students does. SQLite does it here (and only in this folder); a second store would be
 * another folder behind the same header.
 *
 * Reads run on any thread that borrowed a session. Changes run one after another on the store's writer
 * thread: it takes all that waits, runs each inside a savepoint of one transaction, commits once, durably,
 * and only then tells each that it is done (group commit). */
#ifndef ALUNOD_STORE_H
#define ALUNOD_STORE_H

#include "base/buffer.h"

#include <aluno/error.h>

typedef struct store store;

/* A connection with its prepared statements, used by one thread at a time. */
typedef struct store_session store_session;

/* Opens the database file, creating or migrating it, and starts the writer. `readers`: how many threads may
 * read at once. Failures name the file and the remedy: not a database, a newer schema, no permission, in use
 * by another alunod, damaged. */
aluno_code store_open(store **out, const char *path, size_t readers, aluno_error *error);

/* Whether the file can be opened, or made where there is none. Opens and makes nothing. */
aluno_code store_check(const char *path, aluno_error *error);

/* Carries out what is queued, checkpoints the write-ahead log and closes. No session may be out. NULL is
 * allowed. */
void store_close(store *store);

/* The schema's version (PRAGMA user_version). */
int store_schema_version(const store *store);

/* Borrows a read-only session, waiting until one is free; give it back with store_session_release. */
store_session *store_session_acquire(store *store);
void store_session_release(store *store, store_session *session);

/* One change, embedded in the caller's own struct and owned by the caller until `done` is called. */
typedef struct store_change store_change;
struct store_change {
    store_change *next; /* the queue's */
    /* Runs on the writer thread inside a savepoint: ALUNO_OK keeps what it did, anything else undoes it. */
    aluno_code (*apply)(store_change *change, store_session *session);
    /* Runs on the writer thread once the change is durable (commit_error is NULL), or undone with its whole
     * batch (why; `applied` then means nothing). It may free the change. */
    void (*done)(store_change *change, const aluno_error *commit_error);
    aluno_code applied; /* what apply returned */
};

/* Queues a change. BUSY, and `done` not called, when too many wait already. */
aluno_code store_submit(store *store, store_change *change, aluno_error *error);

/* ---- students; on the writer's session where they change something ---- */

/* Inserts the student's name, age, br_document and email (all set, all valid) and reads it back into *out.
 * ALREADY_EXISTS / CPF_TAKEN. `now_ms`: Unix milliseconds. */
aluno_code student_insert(store_session *session, const aluno_student *student, int64_t now_ms,
                          aluno_student *out, aluno_error *error);

/* Which students a read finds. */
typedef enum store_scope { STORE_PRESENT, STORE_WITH_REMOVED } store_scope;

/* Reads a student. NOT_FOUND / STUDENT_NOT_FOUND. `br_document`: 11 digits; among removed students of that
 * CPF the last one is found, and only where no other has it. */
aluno_code student_by_id(store_session *session, int64_t id, store_scope scope, aluno_student *out,
                         aluno_error *error);
aluno_code student_by_document(store_session *session, const char *br_document, store_scope scope,
                               aluno_student *out, aluno_error *error);

/* Changes the set fields (name, age, br_document, email) of a student that is not removed and reads it back.
 */
aluno_code student_update(store_session *session, int64_t id, const aluno_student *changes, int64_t now_ms,
                          aluno_student *out, aluno_error *error);

/* Marks a student as removed, which frees its CPF, and reads it back with delete_time. */
aluno_code student_remove(store_session *session, int64_t id, int64_t now_ms, aluno_student *out,
                          aluno_error *error);

/* Takes a removed student back and reads it. NOT_FOUND / STUDENT_NOT_FOUND when none is removed under that
 * id, ALREADY_EXISTS / CPF_TAKEN. */
aluno_code student_restore(store_session *session, int64_t id, int64_t now_ms, aluno_student *out,
                           aluno_error *error);

/* ---- searches ---- */

typedef enum store_order { STORE_BY_ID, STORE_BY_NAME, STORE_BY_AGE, STORE_BY_CREATE_TIME } store_order;

/* Finds the students for whom all of it holds. Begin with STORE_SEARCH_ALL. */
typedef struct store_search {
    char words[257]; /* divided by spaces: each begins a word of the name, whatever its case and accents */
    char br_document[12]; /* 11 digits; "": any, here and below */
    char email[255];      /* whatever its case */
    int64_t age_min, age_max;
    store_scope scope;
    store_order order; /* names: without regard to case and accents, then with; in the end, by id */
    bool descending;
    int64_t until_ms; /* when its answer is no longer wanted, steady clock: it ends with DEADLINE_PASSED */
} store_search;

#define STORE_SEARCH_ALL                                                                                     \
    {                                                                                                        \
        .age_max = INT64_MAX, .until_ms = INT64_MAX                                                          \
    }

/* Where a page ended: at a student as the page showed it. */
typedef struct store_place {
    int64_t id; /* 0: nowhere */
    int64_t revision;
} store_place;

/* Reads at most `limit` (1–100) students of the search that come after the place, and total_size, into *out;
 * *last receives the place to go on after, nowhere when this was the last page. All from one snapshot.
 * NOT_FOUND when the place's student is none. */
aluno_code student_search(store_session *session, const store_search *search, const store_place *after,
                          int64_t limit, aluno_list_students_reply *out, store_place *last,
                          aluno_error *error);

/* Forgets where students were in lists before `before_ms`, at most `most` of them; *forgotten receives how
 * many. Places of pages read before that may then be found elsewhere. */
aluno_code place_purge(store_session *session, int64_t before_ms, int64_t most, int64_t *forgotten,
                       aluno_error *error);

/* ---- operations: which changes were made, so that each is made once ---- */

typedef struct store_operation {
    const char *caller;     /* the certificate's name: whose request id it is */
    const char *method;     /* wire name */
    const char *request_id; /* UUID */
    uint64_t digest;        /* of the request's message: tells a repeat from a reuse */
} store_operation;

/* Looks for the operation: ALUNO_OK with *found false (never seen) or true and its stored reply appended to
 * *reply; INVALID_ARGUMENT / REQUEST_ID_REUSED when the caller's id was used for another method or digest. */
aluno_code operation_find(store_session *session, const store_operation *operation, bool *found,
                          aluno__buffer *reply, aluno_error *error);

/* Records the operation with its reply's bytes, in the transaction of the change itself. */
aluno_code operation_record(store_session *session, const store_operation *operation, const uint8_t *reply,
                            size_t size, int64_t now_ms, aluno_error *error);

/* What the ledger holds under a caller's request id. */
typedef struct store_record {
    char method[64]; /* wire name */
    int64_t create_time;
    aluno__buffer reply; /* the caller's to free */
} store_record;

/* Reads it: ALUNO_OK with *found false, or true and *out filled in (whose reply is appended to). */
aluno_code operation_read(store_session *session, const char *caller, const char *request_id, bool *found,
                          store_record *out, aluno_error *error);

/* Forgets operations recorded before `before_ms`, at most `most` of them; *forgotten receives how many. */
aluno_code operation_purge(store_session *session, int64_t before_ms, int64_t most, int64_t *forgotten,
                           aluno_error *error);

#endif
