/* Opening and closing the store: its schema, the service's name, the writers, and the readers' connections.
 */
#include "feed.h"
#include "fetch.h"
#include "instance.h"
#include "migrate.h"
#include "monitor.h"
#include "writer.h"

#include "log.h"
#include "protocol/error.h"
#include "store/session_pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct store {
    struct store_head head;
    char *uri;
    char host[65]; /* the service's name unless the URI has one */
    struct monitor monitor;
    struct store_writers *writers;
    struct session_pool pool;
    struct store_session *readers; /* all of the pool */
    size_t reader_count;
};

/* ---- opening ---- */

static aluno_code refuse_connection(const char *why, aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--db: no primary of PostgreSQL answers: %s",
                            why);
}

/* Its log quotes the CPF that a refused change wanted, which no setting of an ordinary role prevents. */
static aluno_code warn_of_values(struct store_session *session, aluno_error *error)
{
    int64_t is_terse = 0;
    bool found;
    const aluno_code code =
        query_number(query_begin(session, STATEMENT_LOG_IS_TERSE), &found, &is_terse, error);
    if (code == ALUNO_OK && is_terse == 0)
        log_line(LOG_WARN, "PostgreSQL's log may quote CPFs.", "remedy",
                 "GRANT SET ON PARAMETER log_error_verbosity TO the service's role", NULL);
    return code;
}

static aluno_code open_monitor(struct store *s, aluno_error *error)
{
    char why[256];
    struct store_session *session = &s->monitor.session;
    session_init(session, &s->head, s->uri, s->host);
    if (session_connect(session, why, sizeof why, error) != ALUNO_OK)
        return refuse_connection(why, error);
    aluno_code code = migrate(session, error);
    if (code == ALUNO_OK)
        code = warn_of_values(session, error);
    if (code == ALUNO_OK)
        code = instance_take_name(session, error);
    if (code == ALUNO_OK)
        code = instance_enter(session, error);
    if (code == ALUNO_OK)
        code = query_step(query_begin(session, STATEMENT_FEED_RENEW), NULL, error);
    return code == ALUNO_OK ? monitor_start(&s->monitor, error) : code;
}

static void init_session(struct store *s, struct store_session *session)
{
    session_init(session, &s->head, s->uri, s->host);
    session->reachable = &s->monitor.reachable;
    session->instance = s->monitor.session.instance;
}

static aluno_code open_readers(struct store *s, size_t readers, aluno_error *error)
{
    s->readers = calloc(readers, sizeof *s->readers);
    if (s->readers == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    for (; s->reader_count < readers; s->reader_count++) {
        init_session(s, &s->readers[s->reader_count]);
        postgres_session_release(s, &s->readers[s->reader_count]);
    }
    return ALUNO_OK;
}

aluno_code postgres_open(struct store **out, const struct store_driver *driver, const char *database,
                         size_t readers, aluno_error *error)
{
    struct store_session model;
    struct store *s = calloc(1, sizeof *s);
    if (s == NULL || (s->uri = strdup(database)) == NULL) {
        free(s);
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    }
    s->head.driver = driver;
    session_pool_init(&s->pool);
    feed_watch_init(&s->monitor.feed);
    if (gethostname(s->host, sizeof s->host - 1) != 0)
        strcpy(s->host, "alunod");
    aluno_code code = open_monitor(s, error);
    if (code == ALUNO_OK)
        code = open_readers(s, readers, error);
    init_session(s, &model);
    if (code == ALUNO_OK)
        code = writers_start(&s->writers, &model, &s->monitor.feed, error);
    if (code == ALUNO_OK)
        *out = s;
    else
        postgres_close(s);
    return code;
}

void postgres_close(struct store *s)
{
    writers_stop(s->writers);
    monitor_stop(&s->monitor);
    feed_watch_free(&s->monitor.feed);
    for (size_t i = 0; i < s->reader_count; i++)
        session_disconnect(&s->readers[i]);
    free(s->readers);
    session_pool_destroy(&s->pool);
    free(s->uri);
    free(s);
}

/* ---- sessions and changes ---- */

struct store_session *postgres_session_acquire(struct store *s)
{
    return session_pool_take(&s->pool);
}

void postgres_session_release(struct store *s, struct store_session *session)
{
    session->head.deadline_ms = 0;
    fetched_clear(&session->fetched);
    session_pool_give(&s->pool, session);
}

aluno_code postgres_submit(struct store *s, struct store_change *change, aluno_error *error)
{
    const aluno_code code = postgres_health(s, error);
    return code == ALUNO_OK ? writers_submit(s->writers, change, error) : code;
}

/* The calling thread is not to wait for a network. */
bool postgres_make(struct store *s, struct store_change *change)
{
    (void)s;
    (void)change;
    return false;
}

void postgres_observe_feed(struct store *s, store_feed_observer *on_feed, void *user,
                           const atomic_size_t *waiting)
{
    feed_watch_set(&s->monitor.feed, on_feed, user, waiting);
}

bool postgres_is_changing(struct store *s)
{
    return writers_are_busy(s->writers);
}

/* ---- condition ---- */

aluno_code postgres_health(struct store *s, aluno_error *error)
{
    return atomic_load(&s->monitor.reachable) ? ALUNO_OK : fail_unreachable(error);
}

/* operation_read settles what is open. */
aluno_code postgres_certainty(struct store *s, aluno_error *error)
{
    (void)s;
    (void)error;
    return ALUNO_OK;
}

/* monitor.c has a thread for it. */
void postgres_tick(struct store *s)
{
    (void)s;
}

void postgres_measure(struct store *s, struct store_session *session, struct store_measures *out)
{
    bool found;
    *out = (struct store_measures){0};
    query_number(query_begin(session, STATEMENT_COUNT_ALL), &found, &out->students, NULL);
    writers_measure(s->writers, out);
    out->database_bytes = atomic_load(&s->monitor.database_bytes);
}

int postgres_schema_version(const struct store *s)
{
    (void)s;
    return postgres_migration_count;
}

/* PostgreSQL verifies its own pages (data_checksums). The count of students is this program's. */
aluno_code postgres_verify(struct store *s, const atomic_bool *stop, struct store_verified *found,
                           aluno_error *error)
{
    struct store_session *session = postgres_session_acquire(s);
    int64_t total = 0;
    bool is_there;
    *found = (struct store_verified){0};
    session->abandoned = stop;
    session_begin(session, STATEMENT_BEGIN_SNAPSHOT);
    aluno_code code = query_number(query_begin(session, STATEMENT_COUNT_ALL), &is_there, &total, error);
    if (code == ALUNO_OK)
        code = query_number(query_begin(session, STATEMENT_COUNT_ROWS), &is_there, &found->students, error);
    session_rollback(session);
    session->abandoned = NULL;
    postgres_session_release(s, session);
    found->is_complete = code == ALUNO_OK;
    found->damaged_tables = code == ALUNO_OK && total != found->students;
    return code;
}
