/* Opening and closing the store: its file, its schema, the writer and the readers' sessions. */
#include "backup.h"
#include "erase_again.h"
#include "erased_file.h"
#include "file.h"
#include "migrate.h"
#include "page_file.h"
#include "place.h"
#include "restore.h"
#include "search_builder.h"
#include "search_index.h"
#include "session.h"
#include "upgrade.h"
#include "verify.h"
#include "wal_match.h"
#include "writer.h"

#include "protocol/error.h"
#include "store/session_pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

struct store {
    struct store_head head;
    char *path;                    /* absolute, without symbolic links */
    int lock_file, claim;          /* file_lock, file_claim */
    struct store_session *writing; /* the writer's session */
    struct store_writer *writer;
    struct store_change probe; /* while is_probing */
    atomic_bool is_probing;
    atomic_bool damaged; /* a session found damage */
    struct session_pool readers;
};

static aluno_code open_migrated(struct store *s, const char *path, aluno_error *error)
{
    aluno_code code = session_open(&s->writing, path, SESSION_WRITES, error);
    if (code == ALUNO_OK)
        code = store_migrate(s->writing, path, store_migrations, store_migration_count, error);
    if (code == ALUNO_OK)
        session_run(s->writing, STATEMENT_TOTAL_RECOUNT, NULL); /* rows may have been changed by hand */
    return code;
}

/* No connection is open. */
static aluno_code claim(struct store *s, const char *path, aluno_error *error)
{
    if (s->claim >= 0)
        close(s->claim);
    return file_claim(&s->claim, path, error);
}

/* A connection whose pages have digests, if they can. */
static aluno_code open_current(struct store *s, const char *path, aluno_error *error)
{
    aluno_code code = open_migrated(s, path, error);
    if (code != ALUNO_OK || page_file_has_digests(s->writing->db))
        return code;
    session_close(s->writing);
    s->writing = NULL;
    upgrade_to_digests(path);
    code = claim(s, path, error); /* it may be another file */
    return code == ALUNO_OK ? open_migrated(s, path, error) : code;
}

/* The checkpoint that a loss of power interrupted may have left a page half written. The log still has it;
 * and what was erased before a crash. */
static void finish_checkpoint(struct store_session *session)
{
    if (sqlite3_wal_checkpoint_v2(session->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK)
        session_fail(session, NULL);
}

static aluno_code open_writer(struct store *s, const char *path, aluno_error *error)
{
    aluno_code code = open_current(s, path, error);
    if (code != ALUNO_OK)
        return code;
    s->writing->head = s->head;
    s->writing->damaged = &s->damaged;
    if (sqlite3_exec(s->writing->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL) != SQLITE_OK)
        return session_refuse(s->writing, path, error);
    code = erase_again(s->writing, error);
    if (code != ALUNO_OK)
        return code;
    if (!erased_file_write(s->writing))
        atomic_store(&s->writing->log_holds_erased, true); /* it is written later */
    finish_checkpoint(s->writing);
    search_index_complete(s->writing);
    s->writing->builder = search_builder_new();
    if (s->writing->builder == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    s->writing->place = place_new(path, s->lock_file);
    if (s->writing->place == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    wal_match_remember(s->lock_file, page_file_has_digests(s->writing->db));
    code = writer_start(&s->writer, s->writing, error);
    if (code == ALUNO_OK)
        search_builder_set_writer(s->writing->builder, s->writer);
    return code;
}

static aluno_code open_readers(struct store *s, const char *path, size_t readers, aluno_error *error)
{
    for (size_t i = 0; i < readers; i++) {
        struct store_session *session = NULL;
        const aluno_code code = session_open(&session, path, SESSION_READS, error);
        if (code != ALUNO_OK)
            return code;
        session->head = s->head;
        session->damaged = &s->damaged;
        sqlite_session_release(s, session);
    }
    return ALUNO_OK;
}

static aluno_code open_all(struct store *s, const char *path, size_t readers, aluno_error *error)
{
    aluno_code code = file_lock(&s->lock_file, path, FILE_SERVICE, error);
    if (code == ALUNO_OK)
        code = claim(s, path, error);
    if (code == ALUNO_OK) {
        restore_forget(path);
        code = wal_match_settle(path, error);
    }
    if (code == ALUNO_OK && !wal_match_has_digests(path)) /* after a crash its log is its own */
        wal_match_remember(s->lock_file, false);
    if (code == ALUNO_OK)
        code = open_writer(s, path, error);
    if (code == ALUNO_OK)
        code = open_readers(s, path, readers, error);
    if (code == ALUNO_OK)
        file_end_write(s->lock_file);
    return code;
}

aluno_code sqlite_open(struct store **out, const struct store_driver *driver, const char *path,
                       size_t readers, aluno_error *error)
{
    /* A symbolic link would lead to another lock for the same file, and SQLite reads "file:…" as a URI. */
    char *real;
    struct store *s = NULL;
    aluno_code code = file_resolve(&real, path, error);
    if (code == ALUNO_OK)
        code = file_prepare(real, error);
    if (code == ALUNO_OK && (s = calloc(1, sizeof *s)) == NULL)
        code = aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (code != ALUNO_OK) {
        free(real);
        return code;
    }
    s->head.driver = driver;
    s->path = real;
    s->lock_file = s->claim = -1;
    session_pool_init(&s->readers);
    /* SQLite's memory statistics would cost a lock that all threads share. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    code = open_all(s, real, readers, error);
    if (code == ALUNO_OK)
        *out = s;
    else
        sqlite_close(s);
    return code;
}

/* The last connection moves the log into the database and removes it. Where place_begin_write refuses that
 * the log stays, as after a crash; the next start reads it. */
static void settle_log(struct store *s)
{
    if (!place_begin_write(s->writing->place)) {
        sqlite3_db_config(s->writing->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        return;
    }
    place_release(s->writing->place); /* the file's lock stays until it is closed */
    if (sqlite3_wal_checkpoint_v2(s->writing->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK)
        session_fail(s->writing, NULL);
}

void sqlite_close(struct store *s)
{
    if (s == NULL)
        return;
    if (s->writer != NULL) {
        search_builder_stop(s->writing->builder);
        writer_stop(s->writer);
        settle_log(s);
    }
    for (struct store_session *session; (session = session_pool_pop(&s->readers)) != NULL;)
        session_close(session);
    if (s->writing != NULL) {
        search_builder_free(s->writing->builder);
        place_free(s->writing->place);
    }
    session_close(s->writing);
    if (s->claim >= 0)
        close(s->claim);
    if (s->lock_file >= 0)
        close(s->lock_file);
    session_pool_destroy(&s->readers);
    free(s->path);
    free(s);
}

void sqlite_observe_feed(struct store *s, store_feed_observer *on_feed, void *user,
                         const atomic_size_t *waiting)
{
    (void)waiting; /* there are no other services */
    s->writing->on_feed = on_feed;
    s->writing->on_feed_user = user;
}

int sqlite_schema_version(const struct store *s)
{
    (void)s;
    return store_migration_count;
}

struct store_session *sqlite_session_acquire(struct store *s)
{
    return session_pool_take(&s->readers);
}

void sqlite_session_release(struct store *s, struct store_session *session)
{
    session_pool_give(&s->readers, session);
}

aluno_code sqlite_submit(struct store *s, struct store_change *change, aluno_error *error)
{
    return writer_submit(s->writer, change, error);
}

bool sqlite_empty_log(struct store *s, int64_t deadline_ms)
{
    return writer_empty_log(s->writer, deadline_ms);
}

const char *sqlite_path(const struct store *s)
{
    return s->path;
}

bool sqlite_is_changing(struct store *s)
{
    return writer_is_busy(s->writer);
}

bool sqlite_make(struct store *s, struct store_change *change)
{
    return writer_make(s->writer, change);
}

aluno_code sqlite_back_up(struct store *s, const char *unfinished, const char *file, const atomic_bool *stop,
                          struct store_facts *facts, aluno_error *error)
{
    return backup_database(s->path, unfinished, file, stop, facts, error);
}

void sqlite_measure(struct store *s, struct store_session *session, struct store_measures *out)
{
    bool found;
    *out = (struct store_measures){0};
    session_step_number(session, session_statement(session, STATEMENT_COUNT_ALL), &found, &out->students,
                        NULL);
    writer_measure(s->writer, out);
    place_measure(s->writing->place, &out->database_bytes, &out->wal_bytes, &out->disk_free_bytes);
}

aluno_code sqlite_verify(struct store *s, const atomic_bool *stop, struct store_verified *found,
                         aluno_error *error)
{
    const aluno_code code = verify(s->path, s->writing->place, VERIFY_TABLE_MS, stop, found, error);
    if (code == ALUNO_OK && found->is_complete)
        atomic_store(&s->damaged, found->damaged_pages > 0 || found->damaged_tables > 0);
    if (code != ALUNO_OK && aluno_error_is(error, ALUNO_REASON_OPTION_INVALID))
        atomic_store(&s->damaged, true); /* its first page is read when it is opened */
    return code;
}

/* ---- condition ---- */

/* SQLite writes no page whose bytes stay the same. */
static bool apply_probe(struct store_change *probe, struct store_session *session)
{
    (void)probe;
    return session_add_to_total(session, 1, NULL) == ALUNO_OK &&
           session_add_to_total(session, -1, NULL) == ALUNO_OK;
}

static void finish_probe(struct store_change *probe, const aluno_error *commit_error)
{
    struct store *s = (struct store *)(void *)((char *)probe - offsetof(struct store, probe));
    (void)commit_error;
    atomic_store(&s->is_probing, false);
}

/* Commits a page as it is: without changes nobody would notice that they succeed again. */
static void probe(struct store *s)
{
    if (atomic_exchange(&s->is_probing, true))
        return;
    s->probe = (struct store_change){.apply = apply_probe, .done = finish_probe};
    if (writer_submit(s->writer, &s->probe, NULL) != ALUNO_OK)
        atomic_store(&s->is_probing, false);
}

void sqlite_tick(struct store *s)
{
    place_watch_space(s->writing->place);
    writer_tick(s->writer);
    if (place_check(s->writing->place, NULL) == ALUNO_OK &&
        condition_health(&s->writing->condition, NULL) != ALUNO_OK)
        probe(s);
}

aluno_code sqlite_health(struct store *s, aluno_error *error)
{
    const aluno_code code = place_last_check(s->writing->place, error);
    if (code == ALUNO_OK && atomic_load(&s->damaged))
        return aluno__error_set(error, ALUNO_REASON_STORE_CORRUPT, NULL);
    return code == ALUNO_OK ? condition_health(&s->writing->condition, error) : code;
}

aluno_code sqlite_certainty(struct store *s, aluno_error *error)
{
    const aluno_code code = place_last_check(s->writing->place, error);
    return code == ALUNO_OK ? condition_certainty(&s->writing->condition, error) : code;
}
