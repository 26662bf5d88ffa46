/* The audit's outbox and anchors, of this service alone: each service has its own segments. */
#include "session.h"

#include "protocol/error.h"

#include <string.h>

static struct query *begin(struct store_session *session, enum statement which)
{
    struct query *query = query_begin(session, which);
    query_int(query, ":instance", session->instance);
    return query;
}

/* Nobody waits for its result: it fails with the commit. */
aluno_code postgres_audit_record(struct store_session *session, const uint8_t *record, size_t size,
                                 aluno_error *error)
{
    struct query *query = begin(session, STATEMENT_AUDIT_RECORD);
    query_bytes(query, ":record", record, size);
    session->wrote = true;
    return query_defer(query, error);
}

/* Numbers what has been committed since, so that the order of numbers is that in which records were handed
 * over. */
static aluno_code number(struct store_session *session, int64_t limit, aluno_error *error)
{
    struct query *query = begin(session, STATEMENT_AUDIT_NUMBER);
    query_int(query, ":limit", limit);
    session->wrote = true;
    return query_defer(query, error);
}

aluno_code postgres_audit_pending(struct store_session *session, int64_t after, int64_t limit,
                                  struct store_audit_rows *rows, aluno_error *error)
{
    PGresult *found;
    aluno_code code = session->is_change ? number(session, limit, error) : ALUNO_OK;
    if (code != ALUNO_OK)
        return code;
    struct query *query = begin(session, STATEMENT_AUDIT_PENDING);
    query_int(query, ":after", after);
    query_int(query, ":limit", limit);
    code = query_run(query, &found, error);
    for (int i = 0; code == ALUNO_OK && i < PQntuples(found); i++)
        rows->add(rows, row_int(found, i, 0), PQgetvalue(found, i, 1), row_size(found, i, 1));
    PQclear(found);
    return code;
}

aluno_code postgres_audit_last_change(struct store_session *session, int64_t *id, aluno_error *error)
{
    bool found;
    *id = 0;
    return query_number(begin(session, STATEMENT_AUDIT_LAST_CHANGE), &found, id, error);
}

aluno_code postgres_audit_forget(struct store_session *session, int64_t up_to, aluno_error *error)
{
    struct query *query = begin(session, STATEMENT_AUDIT_FORGET);
    query_int(query, ":up_to", up_to);
    session->wrote = true;
    return query_step(query, NULL, error);
}

aluno_code postgres_audit_anchor_write(struct store_session *session, enum store_anchor_kind which,
                                       const struct store_anchor *anchor, aluno_error *error)
{
    struct query *query = begin(session, STATEMENT_AUDIT_ANCHOR_WRITE);
    query_int(query, ":which", which);
    query_int(query, ":sequence", anchor->sequence);
    query_int(query, ":change", anchor->change);
    query_int(query, ":time", anchor->time_ms);
    query_bytes(query, ":hash", anchor->hash, sizeof anchor->hash);
    session->wrote = true;
    return query_step(query, NULL, error);
}

/* The columns of AUDIT_ANCHOR_READ. */
enum { SEQUENCE, CHANGE, TIME, HASH };

aluno_code postgres_audit_anchor_read(struct store_session *session, enum store_anchor_kind which,
                                      struct store_anchor *anchor, aluno_error *error)
{
    PGresult *rows;
    struct query *query = begin(session, STATEMENT_AUDIT_ANCHOR_READ);
    *anchor = (struct store_anchor){0};
    query_int(query, ":which", which);
    const aluno_code code = query_run(query, &rows, error);
    if (code == ALUNO_OK && PQntuples(rows) > 0 && row_size(rows, 0, HASH) == sizeof anchor->hash) {
        anchor->sequence = row_int(rows, 0, SEQUENCE);
        anchor->change = row_int(rows, 0, CHANGE);
        anchor->time_ms = row_int(rows, 0, TIME);
        memcpy(anchor->hash, PQgetvalue(rows, 0, HASH), sizeof anchor->hash);
    }
    PQclear(rows);
    return code;
}
