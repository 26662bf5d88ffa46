/* Refuses the functions that need a database's file: backups and repairs of PostgreSQL are PostgreSQL's own.
 * Also implements the functions on a database that no service has open. */
#include "instance.h"
#include "migrate.h"

#include "protocol/error.h"

#include <string.h>
#include <unistd.h>

static aluno_code refuse(aluno_reason reason, aluno_error *error)
{
    return aluno__error_set(error, reason,
                            "--db is PostgreSQL's, which has its own backups: pgBackRest, or pg_basebackup");
}

aluno_code postgres_back_up(struct store *store, const char *unfinished, const char *file,
                            const atomic_bool *stop, struct store_facts *facts, aluno_error *error)
{
    (void)store, (void)unfinished, (void)file, (void)stop, (void)facts;
    return refuse(ALUNO_REASON_BACKUP_FAILED, error);
}

aluno_code postgres_back_up_file(const char *database, const char *unfinished, const char *file,
                                 struct store_facts *facts, aluno_error *error)
{
    (void)database, (void)unfinished, (void)file, (void)facts;
    return refuse(ALUNO_REASON_BACKUP_FAILED, error);
}

aluno_code postgres_inspect(const char *database, struct store_facts *facts, aluno_error *error)
{
    (void)database, (void)facts;
    return refuse(ALUNO_REASON_OPTION_INVALID, error);
}

aluno_code postgres_seal(const char *database, int64_t *count, struct store_facts *facts, aluno_error *error)
{
    (void)database, (void)count, (void)facts;
    return refuse(ALUNO_REASON_OPTION_INVALID, error);
}

aluno_code postgres_restore(const char *database, const char *file, char *aside, size_t size,
                            struct store_facts *facts, aluno_error *error)
{
    (void)database, (void)file, (void)aside, (void)size, (void)facts;
    return refuse(ALUNO_REASON_OPTION_INVALID, error);
}

aluno_code postgres_restore_by(const char *database, const char *file, store_write_copy *write, void *user,
                               char *aside, size_t size, struct store_facts *facts, aluno_error *error)
{
    (void)write, (void)user;
    return postgres_restore(database, file, aside, size, facts, error);
}

aluno_code postgres_add_erased(const char *database, const char *list, aluno_error *error)
{
    (void)database, (void)list;
    return refuse(ALUNO_REASON_OPTION_INVALID, error);
}

/* VACUUM removes it later: nothing here waits for that. */
bool postgres_empty_log(struct store *store, int64_t deadline_ms)
{
    (void)store, (void)deadline_ms;
    return false;
}

const char *postgres_path(const struct store *store)
{
    (void)store;
    return "";
}

/* ---- of a database that is not open ---- */

static aluno_code connect(struct store_session *session, const char *database, const char *host,
                          aluno_error *error)
{
    static const struct store_head none;
    char why[256];
    session_init(session, &none, database, host);
    return session_connect(session, why, sizeof why, error) == ALUNO_OK
               ? ALUNO_OK
               : aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                                  "--db: no primary of PostgreSQL answers: %s", why);
}

aluno_code postgres_peek(const char *database, int64_t *version, int64_t *newest, aluno_error *error)
{
    struct store_session session;
    *version = 0;
    *newest = postgres_migration_count;
    aluno_code code = connect(&session, database, "alunod", error);
    if (code == ALUNO_OK)
        code = migrate_version(&session, version, error);
    session_disconnect(&session);
    return code;
}

static aluno_code read_anchors(struct store_session *session, struct store_anchor *head,
                               struct store_anchor *start, aluno_error *error)
{
    aluno_code code = instance_find(session, error);
    if (code == ALUNO_OK)
        code = postgres_audit_anchor_read(session, STORE_ANCHOR_HEAD, head, error);
    return code == ALUNO_OK ? postgres_audit_anchor_read(session, STORE_ANCHOR_START, start, error) : code;
}

aluno_code postgres_anchors(const char *database, struct store_anchor *head, struct store_anchor *start,
                            aluno_error *error)
{
    char host[65] = "alunod";
    struct store_session session;
    *head = *start = (struct store_anchor){0};
    gethostname(host, sizeof host - 1);
    aluno_code code = connect(&session, database, host, error);
    if (code == ALUNO_OK)
        code = read_anchors(&session, head, start, error);
    session_disconnect(&session);
    return code;
}
