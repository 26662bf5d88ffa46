/* The table of services, and an advisory lock for each name. */
#include "instance.h"

#include "base/clock.h"
#include "protocol/error.h"

#include <stdio.h>

enum {
    NAME_SIZE = 64, /* PostgreSQL cuts longer ones */
    WAIT_MS = 20000,
    STEP_MS = 200,
};

/* A copy: the connection's own goes with it, and a statement may run on another one. */
static void copy_name(const struct store_session *session, char name[NAME_SIZE])
{
    const char *set = PQparameterStatus(session->connection, "application_name");
    snprintf(name, NAME_SIZE, "%s", set != NULL ? set : session->name);
}

/* Runs a statement about the name; *number receives its result, 0 when there is none. */
static aluno_code read_by_name(struct store_session *session, enum statement which, int64_t *number,
                               aluno_error *error)
{
    char name[NAME_SIZE];
    bool found;
    *number = 0;
    copy_name(session, name);
    struct query *query = query_begin(session, which);
    query_text(query, ":name", name);
    return query_number(query, &found, number, error);
}

aluno_code instance_find(struct store_session *session, aluno_error *error)
{
    int64_t instance;
    const aluno_code code = read_by_name(session, STATEMENT_INSTANCE_FIND, &instance, error);
    session->instance = (int)instance;
    return code;
}

aluno_code instance_enter(struct store_session *session, aluno_error *error)
{
    char name[NAME_SIZE];
    copy_name(session, name);
    struct query *query = query_begin(session, STATEMENT_INSTANCE_ADD);
    query_text(query, ":name", name);
    const aluno_code code = query_step(query, NULL, error);
    return code == ALUNO_OK ? instance_find(session, error) : code;
}

aluno_code instance_try_name(struct store_session *session, bool *taken, aluno_error *error)
{
    int64_t locked;
    const aluno_code code = read_by_name(session, STATEMENT_INSTANCE_LOCK, &locked, error);
    *taken = locked > 0;
    return code;
}

/* The connection of a service that was killed may live on for some seconds. */
aluno_code instance_take_name(struct store_session *session, aluno_error *error)
{
    const int64_t until_ms = aluno__clock_deadline(WAIT_MS);
    char name[NAME_SIZE];
    bool taken;
    for (;;) {
        const aluno_code code = instance_try_name(session, &taken, error);
        if (code != ALUNO_OK || taken)
            return code;
        if (aluno__clock_ms() >= until_ms)
            break;
        aluno__clock_sleep(STEP_MS);
    }
    copy_name(session, name);
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                            "--db: another alunod is connected as '%s'; give each a name of its own: "
                            "?application_name=NAME",
                            name);
}
