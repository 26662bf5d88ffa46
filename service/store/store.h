/* The interface of a store of students. driver.c forwards to that of the database: sqlite/, postgres/.
 *
 * Reads run on any thread that has acquired a session. Changes run in transactions that are serialized: each
 * sees the effects of all changes before it and of none that runs at the same time. The store decides on
 * which thread, and how many it commits at once. A change is reported as done when it is durable; reads may
 * see it a moment before. */
#ifndef ALUNOD_STORE_H
#define ALUNOD_STORE_H

#include "base/buffer.h"

#include <aluno/error.h>

#include <stdatomic.h>

struct store;

/* A context for statements, used by one thread at a time. */
struct store_session;

struct distribution;
struct store_facts; /* database.h */

/* Opens the database that the option --db names, creating its schema or migrating an older one. `readers`:
 * how many threads may read at once. OPTION_INVALID, with the database and the remedy: it is none, has a
 * newer schema, is not permitted, in use or damaged. */
aluno_code store_open(struct store **out, const char *database, size_t readers, aluno_error *error);

/* Carries out the queued changes and closes. No session may be out. NULL is allowed. */
void store_close(struct store *store);

/* The version of the schema: how many migrations led to it. */
int store_schema_version(const struct store *store);

/* Borrows a read-only session; waits until one is free. Return it with store_session_release. */
struct store_session *store_session_acquire(struct store *store);
void store_session_release(struct store *store, struct store_session *session);

/* Sets the deadline (monotonic clock) of the call that the session works for, until its release or until its
 * change is made. It bounds the waits for another machine. */
void store_session_until(struct store_session *session, int64_t deadline_ms);

/* One change, embedded in the caller's own struct and owned by the caller until `done` is called. */
struct store_change {
    struct store_change *next; /* the store's */
    /* `apply` often returns false after it changed something: a dry run, a series of inserts. Such a change
     * is undone alone; for another one the store may have to undo the transaction. */
    bool is_tentative;
    /* Runs inside the transaction, on a thread of the store or of store_make. True: keep what it did; false:
     * undo it. It may run again, from the start, when the store had to undo the transaction. */
    bool (*apply)(struct store_change *change, struct store_session *session);
    /* Runs on such a thread, maybe at the same time as `apply` of a later change, once the change is
     * durable, or undone as `apply` returned.
     * `commit_error`: NULL, or why the commit failed, in which case nothing is kept. It may free the change.
     */
    void (*done)(struct store_change *change, const aluno_error *commit_error);
};

/* Queues a change. BUSY, and `done` not called, when too many wait already. */
aluno_code store_submit(struct store *store, struct store_change *change, aluno_error *error);

/* Makes a change on the calling thread, which waits for the disk, and calls `done` before it returns. False,
 * and nothing happens, when another change is on its way. */
bool store_make(struct store *store, struct store_change *change);

/* ---- condition ---- */

/* Whether changes can be made: ALUNO_OK, or why the last one failed. Reads go on. STORE_MOVED: the database's
 * file is not under its name. STORE_CORRUPT: damage was found, maybe by a read. Any thread, as below. */
aluno_code store_health(struct store *store, aluno_error *error);

/* Whether what a session reads decides if a change was made. UNAVAILABLE / STORE_UNSETTLED when a commit
 * failed that a crash might complete, until another one succeeds; STORE_MOVED. */
aluno_code store_certainty(struct store *store, aluno_error *error);

/* Whether a change is carried out, or waits. Any thread. */
bool store_is_changing(struct store *store);

/* Call it every second or so: compares the file with its name, reads the free space, and after a failure
 * attempts a commit. */
void store_tick(struct store *store);

/* The store's measures, for the metrics. */
struct store_measures {
    int64_t students; /* without the removed ones */
    int64_t changes_waiting;
    int64_t database_bytes, wal_bytes, disk_free_bytes; /* of its files, and free on their disk */
    struct distribution *commit_changes;                /* how many changes each commit made durable */
    struct distribution *sync_us;                       /* how long that took the disk */
};

/* Measures the store on a session: one statement, and the facts of the files. */
void store_measure(struct store *store, struct store_session *session, struct store_measures *out);

/* The result of store_verify. */
struct store_verified {
    int64_t pages, damaged_pages;
    int64_t damaged_tables;    /* also when the count of students is wrong */
    int64_t unfinished_tables; /* too large to be verified without a bound on the write-ahead log */
    int64_t students;
    bool is_complete; /* it was not stopped */
};

/* Verifies the database while calls go on, slowly, on a thread of the caller's. Damage is logged and makes
 * store_health fail, until all is sound again. Ends early when *stop is true. OPTION_INVALID: the database
 * can no longer be opened. */
aluno_code store_verify(struct store *store, const atomic_bool *stop, struct store_verified *found,
                        aluno_error *error);

/* ---- backups; of a database that is not open: database.h ---- */

/* Copies the database, as it is at one moment, to the new file `file`; calls go on meanwhile. The copy is
 * verified, as by store_inspect, and on the disk when it gets that name. Until then it is `unfinished`, which
 * is replaced. Ends early when *stop is true. One call at a time. BACKUP_FAILED, with the file and the
 * problem; nothing is left then. */
aluno_code store_back_up(struct store *store, const char *unfinished, const char *file,
                         const atomic_bool *stop, struct store_facts *facts, aluno_error *error);

/* ---- the audit's records on their way to its segments; the store does not know what they are ---- */

/* Adds the record of a change, in the change's own transaction. */
aluno_code audit_record(struct store_session *session, const uint8_t *record, size_t size,
                        aluno_error *error);

/* Receives records in the order of their transactions. Embedded in the caller's own struct. */
struct store_audit_rows {
    void (*add)(struct store_audit_rows *rows, int64_t id, const void *record, size_t size);
};

/* Hands over the records whose id is above `after`, at most `limit`; an id is never given again. */
aluno_code audit_pending(struct store_session *session, int64_t after, int64_t limit,
                         struct store_audit_rows *rows, aluno_error *error);

/* *id receives the last id that a record has ever had; 0: none. */
aluno_code audit_last_change(struct store_session *session, int64_t *id, aluno_error *error);

/* Forgets the records up to that id. */
aluno_code audit_forget(struct store_session *session, int64_t up_to, aluno_error *error);

/* A place of the audit's chain. */
struct store_anchor {
    int64_t sequence; /* 0: before the first record */
    int64_t change;   /* id of the last change up to there */
    int64_t time_ms;
    uint8_t hash[32];
};

enum store_anchor_kind {
    STORE_ANCHOR_HEAD, /* the newest record */
    STORE_ANCHOR_START /* the last one that was removed, for its age */
};

/* Write an anchor, in a change; read one, all zeros when there is none. */
aluno_code audit_anchor_write(struct store_session *session, enum store_anchor_kind which,
                              const struct store_anchor *anchor, aluno_error *error);
aluno_code audit_anchor_read(struct store_session *session, enum store_anchor_kind which,
                             struct store_anchor *anchor, aluno_error *error);

/* ---- students; on the session of a change where they change something ---- */

/* A student has a birth_date or an age: one that has a birth date is stored and read without age, which
 * follows from it. */

/* Inserts a valid student: the fields that clients set. Reads it back into *out. ALREADY_EXISTS / CPF_TAKEN.
 * `now_ms`: Unix milliseconds. */
aluno_code student_insert(struct store_session *session, const aluno_student *student, int64_t now_ms,
                          aluno_student *out, aluno_error *error);

/* Which students a read finds. */
enum store_scope { STORE_PRESENT, STORE_WITH_REMOVED };

/* Reads a student. NOT_FOUND / STUDENT_NOT_FOUND. `br_document`: 11 digits. STORE_WITH_REMOVED: a removed
 * student is found only when no present one has that CPF, and of several the one removed last. */
aluno_code student_by_id(struct store_session *session, int64_t id, enum store_scope scope,
                         aluno_student *out, aluno_error *error);
aluno_code student_by_document(struct store_session *session, const char *br_document, enum store_scope scope,
                               aluno_student *out, aluno_error *error);

/* Reads students whom student_by_id of this session will be asked for: it then has each at hand once, until
 * store_session_release. For a store of another machine, which takes hardly longer for many than for one;
 * over others it does nothing. Not in a change. `count`: at most STORE_FETCH_MAX. */
enum { STORE_FETCH_MAX = 32 };
aluno_code student_fetch(struct store_session *session, const int64_t *ids, size_t count, aluno_error *error);

/* Receives the students one by one, those of a page in their order. Embedded in the caller's own struct. */
struct store_page {
    /* *student is the store's, and holds the next one afterwards. It may be changed. */
    void (*add)(struct store_page *page, aluno_student *student);
};

/* Hands over students, at most `limit`: those of that name, ignoring case and accents; those whose CPF is in
 * a JSON array of texts of 11 digits. Removed ones are left out. */
aluno_code student_namesakes(struct store_session *session, const char *name, int64_t limit,
                             struct store_page *page, aluno_error *error);
aluno_code student_by_documents(struct store_session *session, const char *documents, int64_t limit,
                                struct store_page *page, aluno_error *error);

/* Hands over the students who have a CPF, at most `limit`, by id: removed ones, too. In a change these stay
 * as they are, and no other one gets the CPF, until it ends. */
aluno_code student_all_of_document(struct store_session *session, const char *br_document, int64_t limit,
                                   struct store_page *page, aluno_error *error);

/* Records of a student outside its row. Each of these adds to a list, the newest first; *more becomes
 * true when there is no room for all. */
struct store_history {
    size_t room, count; /* of the list */
    bool more;
};

/* Former names and ages, each until a change; caller and request id of each change, from the ledger. */
aluno_code student_former_values(struct store_session *session, int64_t id, aluno_former_value *items,
                                 struct store_history *history, aluno_error *error);
aluno_code student_ledger(struct store_session *session, int64_t id, aluno_ledger_entry *items,
                          struct store_history *history, aluno_error *error);

/* Hands over students who were removed before `before_ms`, at most `limit`. */
aluno_code student_removed_before(struct store_session *session, int64_t before_ms, int64_t limit,
                                  struct store_page *page, aluno_error *error);

/* Whether student_update with these would change a value of *present, as it was read. */
bool student_differs(const aluno_student *present, const aluno_student *changes,
                     const aluno_student_has *fields);

/* Gives a student that is not removed the values of *changes in the fields that *fields names, and reads it
 * back. A field that is named but not set in *changes is cleared. NOT_FOUND / STUDENT_NOT_FOUND,
 * ALREADY_EXISTS / CPF_TAKEN. */
aluno_code student_update(struct store_session *session, int64_t id, const aluno_student *changes,
                          const aluno_student_has *fields, int64_t now_ms, aluno_student *out,
                          aluno_error *error);

/* Marks a student as removed, which frees its CPF, and reads it back with delete_time. */
aluno_code student_remove(struct store_session *session, int64_t id, int64_t now_ms, aluno_student *out,
                          aluno_error *error);

/* Restores a removed student and reads it back. NOT_FOUND / STUDENT_NOT_FOUND when no removed student has
 * that id, ALREADY_EXISTS / CPF_TAKEN. */
aluno_code student_restore(struct store_session *session, int64_t id, int64_t now_ms, aluno_student *out,
                           aluno_error *error);

/* ---- the feed: each change of a student has a place in one order ----
 *
 * student_insert, _update, _remove, _restore and _erase add an entry in their own transaction. An
 * implementation guarantees:
 *
 * - feed_read returns entries in the order of their places, and when it has returned one, no entry with a
 *   smaller place is ever added. Where several services write, it holds back entries beyond a place that may
 *   still be committed.
 * - A change has a greater place than an earlier one of the same student, and than each that was done before
 *   it began.
 * - What is read after an entry, on the same session or another, includes the entry's change.
 * - No place is given twice, not even when the entries are purged. Places may have gaps.
 * - The feed of another database has another number. A restored backup goes on with the feed's number, and
 * may give a place anew to another change: who compares the whole entry notices it.
 * - Entries have no value of a student. */

enum feed_kind { FEED_CREATED = 1, FEED_UPDATED, FEED_REMOVED, FEED_RESTORED, FEED_ERASED };

struct feed_entry {
    int64_t place; /* from 1 on; 0: no entry */
    int64_t student_id;
    enum feed_kind kind;
    int64_t revision; /* of the student after the change; 0: erased */
    int64_t time_ms;  /* Unix milliseconds */
    bool is_identity; /* the CPF or the e-mail may have changed */
};

struct feed_state {
    int64_t feed;   /* its number, 0 to 2^32 - 1 */
    int64_t purged; /* the greatest place that was purged; 0: none */
    int64_t erased; /* place of the last erasure, one that is held back, too; 0 where one service writes */
    struct feed_entry last;
};

aluno_code feed_read_state(struct store_session *session, struct feed_state *state, aluno_error *error);

/* Receives entries in their order; false: no more. Embedded in the caller's own struct. It may use the
 * session. */
struct feed_rows {
    bool (*add)(struct feed_rows *rows, const struct feed_entry *entry);
};

/* Hands over at most `limit` entries whose place is greater than `after`. */
aluno_code feed_read(struct store_session *session, int64_t after, int64_t limit, struct feed_rows *rows,
                     aluno_error *error);

/* Forgets the entries of before `before_ms`, at most `limit`, in their order; *count receives how many. */
aluno_code feed_purge(struct store_session *session, int64_t before_ms, int64_t limit, int64_t *count,
                      aluno_error *error);

/* Called when the feed has grown by so many entries and their changes are durable, on a thread of the store's
 * or of store_make. It must return at once. A call may come late, or twice for one change; the last change
 * has at least one. Where several services write, it is called for the others' changes too. */
typedef void store_feed_observer(void *user, size_t entries);

/* Sets the observer; before the first change. While *waiting is 0 nobody waits for the changes of other
 * services, and it may not be called for them. */
void store_observe_feed(struct store *store, store_feed_observer *on_feed, void *user,
                        const atomic_size_t *waiting);

/* Reads on this session are of one snapshot from one to the other. Not in a change. */
aluno_code store_snapshot_open(struct store_session *session, aluno_error *error);
aluno_code store_snapshot_close(struct store_session *session, aluno_error *error);

/* ---- searches ---- */

enum store_order { STORE_BY_ID, STORE_BY_NAME, STORE_BY_AGE, STORE_BY_CREATE_TIME };

enum {
    STORE_SEARCH_WORDS = 8, /* words beyond these make a search slow */
    STORE_WITHIN = '*'      /* before a word; such a search reads everyone whom its other conditions leave */
};

/* Conditions, all of which must hold. Begin with STORE_SEARCH_ALL. */
struct store_search {
    /* Divided by spaces; each begins a word of the name, ignoring case and accents, or is anywhere in the
     * name when it is marked with STORE_WITHIN. */
    char words[257];
    char br_document[12]; /* 11 digits, or fewer that a CPF has side by side; "": any, here and below */
    char email[255];      /* ignoring case */
    int64_t age_min, age_max;
    int64_t day; /* protocol/day.h; ages that follow from birth dates are those of this day */
    enum store_scope scope;
    enum store_order order; /* names: first ignoring case and accents, then not; ties: by id */
    bool descending;
    int64_t deadline_ms;          /* monotonic clock: the search fails with DEADLINE_PASSED then */
    const atomic_bool *abandoned; /* or NULL: once true, the search fails with CALL_CANCELLED */
};

#define STORE_SEARCH_ALL                                                                                     \
    {                                                                                                        \
        .age_max = INT64_MAX, .deadline_ms = INT64_MAX                                                       \
    }

/* Whether it has no condition but the scope. */
bool store_search_is_of_all(const struct store_search *search);

/* Where a page ended: at a student, as the page showed it. */
struct store_position {
    int64_t id; /* 0: nowhere */
    int64_t revision;
};

/* Reads at most `limit` (1 or more) students that come after *after into *page; *total receives how many
 * match in all, exactly, *last the position to go on after, nowhere when this was the last page. All from one
 * snapshot. NOT_FOUND when no student has the id of *after. */
aluno_code student_search(struct store_session *session, const struct store_search *search,
                          const struct store_position *after, int64_t limit, struct store_page *page,
                          int64_t *total, struct store_position *last, aluno_error *error);

/* Whether a student fits a search. `before`: 0, or a revision, which means with the name and the age that the
 * student had before it, as long as position_purge has not forgotten them. */
aluno_code student_matches(struct store_session *session, const struct store_search *search, int64_t id,
                           int64_t before, bool *matches, aluno_error *error);

/* Forgets the positions that students had before `before_ms`, at most `limit`; *count receives how many. A
 * page that goes on after one of them goes on after the student's next known position. */
aluno_code position_purge(struct store_session *session, int64_t before_ms, int64_t limit, int64_t *count,
                          aluno_error *error);

/* ---- erasing ---- */

/* The record that stays of a student who was erased: no personal data. After a restore another student may
 * get the id, but not the same create_time. */
struct store_tombstone {
    int64_t id, create_time; /* the student's */
    int64_t erase_time;      /* Unix milliseconds */
    const char *caller;      /* the name of the certificate; "": the service itself */
    const char *reason;
};

/* Counts of rows erased outside the table of students: former positions, and entries of the ledger, which
 * stay but lose their hashes. */
struct store_erased {
    int64_t positions, operations;
};

/* Erases a student, removed or not, from every table and index, and adds its tombstone. Adds to *erased what
 * went. The log has the pages as they were until store_empty_log. NOT_FOUND / STUDENT_NOT_FOUND. */
aluno_code student_erase(struct store_session *session, const struct store_tombstone *tombstone,
                         struct store_erased *erased, aluno_error *error);

/* Empties the write-ahead log, if it may have what was erased. Waits for readers of older snapshots, and a
 * backup, until deadline_ms (monotonic clock); changes go on meanwhile. False: it could not be emptied yet,
 * and store_tick goes on trying. Not in a change. */
bool store_empty_log(struct store *store, int64_t deadline_ms);

/* The file of the database: absolute, the store's. "": it is none. */
const char *store_path(const struct store *store);

/* ---- operations: the ledger of changes, so that each is made once ---- */

struct store_operation {
    const char *caller;     /* the certificate's name: whose request id it is */
    const char *method;     /* wire name */
    const char *request_id; /* UUID */
    uint64_t digest;        /* of the request's message: distinguishes a retry from reuse of the id */
    int64_t since_ms;       /* the caller's name was another's before, Unix milliseconds */
};

/* The ledger's form of a reply: the ids of its students, which are consecutive, and a hash of it, so that no
 * value of theirs is kept; or all of it. */
struct store_reply {
    int64_t student, count; /* the first student's id, and how many there are; 0: none */
    uint64_t hash;          /* of what was replied of them */
    const uint8_t *bytes;   /* the rest */
    size_t size;
};

/* The ledger's record of a request id. */
struct store_record {
    char method[64]; /* wire name; "": the operation was cancelled */
    int64_t create_time;
    int64_t student, count; /* as in store_reply */
    uint64_t hash;
    aluno__buffer bytes; /* the caller frees it */
};

/* Looks the operation up. ALUNO_OK with *found false, or true and *out filled in (its bytes are appended to).
 * INVALID_ARGUMENT / REQUEST_ID_REUSED when the id was used for another method or digest, or before since_ms.
 * CANCELLED / REQUEST_CANCELLED. */
aluno_code operation_find(struct store_session *session, const struct store_operation *operation, bool *found,
                          struct store_record *out, aluno_error *error);

/* Records the operation with its reply, in the transaction of the change itself. ALREADY_EXISTS, with *error
 * left alone and nothing recorded, when the caller's request id is recorded. */
aluno_code operation_record(struct store_session *session, const struct store_operation *operation,
                            const struct store_reply *reply, int64_t now_ms, aluno_error *error);

/* Reads a record, as operation_find. */
aluno_code operation_read(struct store_session *session, const char *caller, const char *request_id,
                          bool *found, struct store_record *out, aluno_error *error);

/* Records that the operation was cancelled: one that is not recorded. */
aluno_code operation_cancel(struct store_session *session, const char *caller, const char *request_id,
                            int64_t now_ms, aluno_error *error);

/* Whether a record of the request id may have been purged: *forgotten is true when the id's own time, which
 * ids of version 7 have, is not after that of every id purged so far. */
aluno_code operation_may_be_forgotten(struct store_session *session, const char *request_id, bool *forgotten,
                                      aluno_error *error);

/* Forgets operations recorded before `before_ms`, at most `limit`; *count receives how many. */
aluno_code operation_purge(struct store_session *session, int64_t before_ms, int64_t limit, int64_t *count,
                           aluno_error *error);

#endif
