/* Sending statements through libpq's pipeline: what was deferred travels with the next
 * statement, and all their results come back at once. No wait is longer than the call's deadline. */
#include "session.h"

#include "connect.h"

#include "base/clock.h"
#include "protocol/error.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLICE_MS = 100 }; /* between two polls of `abandoned` */

void session_init(struct store_session *session, const struct store_head *head, const char *uri,
                  const char *name)
{
    *session = (struct store_session){.head = *head, .uri = uri, .name = name};
}

void session_disconnect(struct store_session *session)
{
    PQfinish(session->connection);
    session->connection = NULL;
    session->expected_count = 0;
    session->in_transaction = session->begin_waits = false;
    memset(session->is_prepared, 0, sizeof session->is_prepared);
}

static aluno_code fail_again(const struct store_session *session, aluno_error *error)
{
    return session->reason == ALUNO_REASON_STORE_UNREACHABLE ? fail_unreachable(error)
                                                             : aluno__error_set(error, session->reason, NULL);
}

aluno_code fail_session(struct store_session *session, enum session_failure failure, aluno_reason reason,
                        aluno_error *error)
{
    session->failure = failure;
    session->reason = reason;
    return fail_again(session, error);
}

static aluno_code lose(struct store_session *session, aluno_error *error)
{
    session_disconnect(session);
    return fail_session(session, FAILURE_LOST, ALUNO_REASON_STORE_UNREACHABLE, error);
}

/* ---- waiting ---- */

static int64_t deadline_of(const struct store_session *session)
{
    return session->head.deadline_ms != 0 ? session->head.deadline_ms
                                          : aluno__clock_deadline(SESSION_WAIT_MS);
}

static bool is_abandoned(const struct store_session *session)
{
    return session->abandoned != NULL && atomic_load_explicit(session->abandoned, memory_order_relaxed);
}

static aluno_code fail_late(struct store_session *session, aluno_error *error)
{
    const bool cancelled = is_abandoned(session);
    session_disconnect(session); /* PostgreSQL ends what it runs */
    return fail_session(session, FAILURE_OTHER,
                        cancelled ? ALUNO_REASON_CALL_CANCELLED : ALUNO_REASON_DEADLINE_PASSED, error);
}

/* Waits until something can be read, or sent if that is wanted. */
static aluno_code wait_for_socket(struct store_session *session, bool sends, int64_t deadline_ms,
                                  aluno_error *error)
{
    const int64_t left = deadline_ms - aluno__clock_ms();
    struct pollfd socket = {.fd = PQsocket(session->connection),
                            .events = (short)(POLLIN | (sends ? POLLOUT : 0))};
    if (left <= 0 || is_abandoned(session))
        return fail_late(session, error);
    const int slice = session->abandoned != NULL && left > SLICE_MS ? SLICE_MS : (int)left;
    if (poll(&socket, 1, slice) < 0 && errno != EINTR)
        return lose(session, error);
    return ALUNO_OK;
}

static aluno_code await_result(struct store_session *session, int64_t deadline_ms, aluno_error *error)
{
    int unsent = PQflush(session->connection);
    while (unsent > 0 || (unsent == 0 && PQisBusy(session->connection))) {
        const aluno_code code = wait_for_socket(session, unsent > 0, deadline_ms, error);
        if (code != ALUNO_OK)
            return code;
        if (PQconsumeInput(session->connection) == 0)
            return lose(session, error);
        if (unsent > 0)
            unsent = PQflush(session->connection);
    }
    return unsent < 0 ? lose(session, error) : ALUNO_OK;
}

/* ---- results ---- */

/* Reads the result of one command, and what ends it. */
static aluno_code read_result(struct store_session *session, int64_t deadline_ms, PGresult **result,
                              aluno_error *error)
{
    aluno_code code = await_result(session, deadline_ms, error);
    if (code != ALUNO_OK)
        return code;
    *result = PQgetResult(session->connection);
    if (*result == NULL || PQstatus(session->connection) == CONNECTION_BAD) {
        PQclear(*result);
        return lose(session, error);
    }
    if (PQresultStatus(*result) == PGRES_PIPELINE_SYNC)
        return ALUNO_OK;
    code = await_result(session, deadline_ms, error);
    PGresult *end = code == ALUNO_OK ? PQgetResult(session->connection) : NULL;
    if (end != NULL) { /* a statement has one result */
        PQclear(end);
        code = lose(session, error);
    }
    if (code != ALUNO_OK)
        PQclear(*result);
    return code;
}

static aluno_code fail_by(struct store_session *session, const PGresult *result, aluno_error *error)
{
    aluno_reason reason;
    const enum session_failure failure = result_failure(result, &reason);
    return fail_session(session, failure, reason, error);
}

/* Reads the results of all that was sent; *last receives that of the last statement. The first failure is the
 * one that is reported. */
static aluno_code read_results(struct store_session *session, PGresult **last, aluno_error *error)
{
    const int64_t deadline_ms = deadline_of(session);
    const int count = session->expected_count;
    aluno_code failed = ALUNO_OK;
    *last = NULL;
    for (int i = 0; i <= count; i++) { /* the last one is that of the sync */
        PGresult *result;
        const aluno_code code = read_result(session, deadline_ms, &result, failed == ALUNO_OK ? error : NULL);
        if (code != ALUNO_OK) {
            PQclear(*last);
            *last = NULL;
            return failed != ALUNO_OK ? failed : code;
        }
        if (i < count && failed == ALUNO_OK && !result_is_fine(result))
            failed = fail_by(session, result, error);
        if (i < count && session->expected[i].is_prepare && result_is_fine(result))
            session->is_prepared[session->expected[i].which] = true;
        if (i == count - 1 && failed == ALUNO_OK)
            *last = result;
        else
            PQclear(result);
    }
    session->expected_count = 0;
    if (failed != ALUNO_OK && session->failure == FAILURE_LOST)
        session_disconnect(session);
    return failed;
}

/* ---- connecting ---- */

/* A notice may quote values. Only that there was a warning is of use. */
static void note(void *argument, const PGresult *notice)
{
    struct store_session *session = argument;
    const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    session->warned = session->warned || (severity != NULL && strcmp(severity, "WARNING") == 0);
}

static bool expect(struct store_session *session, enum statement which, bool is_prepare)
{
    session->expected[session->expected_count++] = (struct expected){which, is_prepare};
    return true;
}

/* A CPF that is taken would be in PostgreSQL's log, unless that is terse. Apart from what follows: no
 * statement may come before one that sets a transaction's isolation. */
static aluno_code make_log_terse(struct store_session *session, aluno_error *error)
{
    static const char terse[] = "SELECT set_config('log_error_verbosity', 'terse', false)"
                                " WHERE has_parameter_privilege('log_error_verbosity', 'SET')";
    PGresult *result;
    if (PQsendQueryParams(session->connection, terse, 0, NULL, NULL, NULL, NULL, 1) != 1 ||
        !expect(session, STATEMENT_OTHER, false) || PQpipelineSync(session->connection) != 1)
        return lose(session, error);
    const aluno_code code = read_results(session, &result, error);
    PQclear(result);
    return code;
}

aluno_code session_connect(struct store_session *session, char *why, size_t size, aluno_error *error)
{
    const struct connecting to = {session->uri, session->name, session->head.deadline_ms, session->abandoned};
    if (session->connection != NULL)
        return ALUNO_OK;
    if (session->reachable != NULL && !atomic_load(session->reachable))
        return lose(session, error);
    session->connection = connect_primary(&to, why, size);
    if (session->connection == NULL)
        return connecting_is_late(&to) ? fail_late(session, error) : lose(session, error);
    PQsetNoticeReceiver(session->connection, note, session);
    const aluno_code code = make_log_terse(session, error);
    if (code == ALUNO_OK)
        return code;
    session_disconnect(session);
    if (why != NULL)
        snprintf(why, size, "it cannot be set up; it has to be of version 15 or later");
    return code;
}

/* ---- statements ---- */

struct query *query_begin(struct store_session *session, enum statement which)
{
    session->query.session = session;
    session->query.which = which;
    session->query.text = statement_of(which);
    memset(session->query.values, 0, sizeof session->query.values);
    memset(session->query.formats, 0, sizeof session->query.formats);
    return &session->query;
}

struct query *query_begin_text(struct store_session *session, const char *sql)
{
    if (!statement_number(sql, &session->other))
        return NULL;
    query_begin(session, STATEMENT_BEGIN);
    session->query.which = STATEMENT_OTHER;
    session->query.text = &session->other;
    return &session->query;
}

static int parameter_of(const struct query *query, const char *parameter)
{
    for (int i = 0; i < query->text->count; i++)
        if (strcmp(query->text->names[i], parameter) == 0)
            return i;
    return -1;
}

void query_bytes(struct query *query, const char *parameter, const void *bytes, size_t size)
{
    const int i = parameter_of(query, parameter);
    if (i < 0)
        return;
    query->values[i] = bytes != NULL ? bytes : "";
    query->lengths[i] = (int)size;
    query->formats[i] = 1;
}

void query_text(struct query *query, const char *parameter, const char *text)
{
    const int i = parameter_of(query, parameter);
    if (i >= 0)
        query->values[i] = text;
}

void query_int(struct query *query, const char *parameter, int64_t value)
{
    const int i = parameter_of(query, parameter);
    if (i < 0)
        return;
    snprintf(query->numbers[i], sizeof query->numbers[i], "%lld", (long long)value);
    query->values[i] = query->numbers[i];
}

static bool is_sent_already(const struct store_session *session, enum statement which)
{
    for (int i = 0; i < session->expected_count; i++)
        if (session->expected[i].which == which && session->expected[i].is_prepare)
            return true;
    return session->is_prepared[which];
}

static bool send(const struct query *query)
{
    struct store_session *session = query->session;
    const struct statement_text *text = query->text;
    char name[16];
    if (query->which == STATEMENT_OTHER)
        return expect(session, STATEMENT_OTHER, false) &&
               PQsendQueryParams(session->connection, text->sql, text->count, NULL, query->values,
                                 query->lengths, query->formats, 1) == 1;
    snprintf(name, sizeof name, "s%d", (int)query->which);
    if (!is_sent_already(session, query->which) &&
        (!expect(session, query->which, true) ||
         PQsendPrepare(session->connection, name, text->sql, text->count, NULL) != 1))
        return false;
    return expect(session, query->which, false) &&
           PQsendQueryPrepared(session->connection, name, text->count, query->values, query->lengths,
                               query->formats, 1) == 1;
}

/* Room for the statement, the BEGIN before it, the next one, and the preparation of each. */
static aluno_code flush_expected(struct store_session *session, aluno_error *error)
{
    PGresult *none;
    if (session->expected_count + 6 <= EXPECTED_MAX)
        return ALUNO_OK;
    if (PQpipelineSync(session->connection) != 1)
        return lose(session, error);
    const aluno_code code = read_results(session, &none, error);
    PQclear(none);
    return code;
}

/* A transaction that has failed takes nothing but its end, or that of what a savepoint guards: what else is
 * asked for fails as it did. A change sends nothing outside its transaction. */
static bool has_failed(const struct query *query)
{
    const struct store_session *session = query->session;
    const bool ends = query->which == STATEMENT_ROLLBACK || query->which == STATEMENT_SAVEPOINT_ROLLBACK;
    return session->failure != FAILURE_NONE && (session->in_transaction || session->is_change) && !ends;
}

/* A transaction begins with its first statement, whose call has a deadline. */
static bool send_begin(struct store_session *session)
{
    const struct query begin = {
        .session = session, .which = session->begin, .text = statement_of(session->begin)};
    const bool is_sent = !session->begin_waits || send(&begin);
    session->begin_waits = false;
    return is_sent;
}

aluno_code query_defer(struct query *query, aluno_error *error)
{
    struct store_session *session = query->session;
    if (has_failed(query))
        return fail_again(session, error);
    aluno_code code = session_connect(session, NULL, 0, error);
    if (code == ALUNO_OK)
        code = flush_expected(session, error);
    return code != ALUNO_OK || (send_begin(session) && send(query)) ? code : lose(session, error);
}

static aluno_code run_once(struct query *query, PGresult **rows, aluno_error *error)
{
    *rows = NULL;
    const aluno_code code = query_defer(query, error);
    if (code != ALUNO_OK)
        return code;
    if (PQpipelineSync(query->session->connection) != 1)
        return lose(query->session, error);
    return read_results(query->session, rows, error);
}

/* A connection may have been lost since it was last used: a read is attempted on another one. */
aluno_code query_run(struct query *query, PGresult **rows, aluno_error *error)
{
    struct store_session *session = query->session;
    const bool may_repeat = !session->in_transaction && session->connection != NULL;
    if (!has_failed(query))
        session->failure = FAILURE_NONE;
    const aluno_code code = run_once(query, rows, error);
    return code != ALUNO_OK && may_repeat && session->failure == FAILURE_LOST ? run_once(query, rows, error)
                                                                              : code;
}

aluno_code query_step(struct query *query, int64_t *changed, aluno_error *error)
{
    PGresult *result;
    const aluno_code code = query_run(query, &result, error);
    if (code == ALUNO_OK && changed != NULL)
        *changed = strtoll(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    return code;
}

aluno_code query_number(struct query *query, bool *found, int64_t *number, aluno_error *error)
{
    PGresult *rows;
    const aluno_code code = query_run(query, &rows, error);
    *found = code == ALUNO_OK && PQntuples(rows) > 0 && row_has(rows, 0, 0);
    if (*found)
        *number = row_int(rows, 0, 0);
    PQclear(rows);
    return code;
}

/* ---- transactions ---- */

void session_begin_change(struct store_session *session)
{
    session->first_id = 0;
    session->wrote = session->conflicted = session->replayed = false;
}

void session_begin(struct store_session *session, enum statement begin)
{
    session_begin_change(session);
    session->failure = FAILURE_NONE;
    session->feed_entries = session->live_added = 0;
    session->warned = session->has_ids_lock = session->knows_forgotten = false;
    session->begin = begin;
    session->in_transaction = session->begin_waits = true;
}

/* Once a transaction, and at its end: who changes the same slot waits for it. */
static aluno_code add_to_total(struct store_session *session, aluno_error *error)
{
    if (session->live_added == 0)
        return ALUNO_OK;
    struct query *query = query_begin(session, STATEMENT_TOTAL_ADD);
    query_int(query, ":added", session->live_added);
    return query_defer(query, error);
}

/* COMMIT of a transaction that has failed is a ROLLBACK. */
aluno_code session_commit(struct store_session *session, aluno_error *error)
{
    PGresult *result = NULL;
    if (session->in_transaction && session->begin_waits) { /* nothing was asked for */
        session->in_transaction = false;
        return ALUNO_OK;
    }
    aluno_code code = add_to_total(session, error);
    if (code == ALUNO_OK)
        code = query_run(query_begin(session, STATEMENT_COMMIT), &result, error);
    if (code != ALUNO_OK)
        session_rollback(session); /* what was deferred had failed */
    session->in_transaction = false;
    if (code == ALUNO_OK && strcmp(PQcmdStatus(result), "COMMIT") != 0)
        code = fail_session(session, FAILURE_OTHER, ALUNO_REASON_INTERNAL_ERROR, error);
    PQclear(result);
    return code;
}

void session_rollback(struct store_session *session)
{
    const enum session_failure failure = session->failure;
    const int64_t deadline_ms = session->head.deadline_ms;
    session->head.deadline_ms = 0; /* the call's own may have passed */
    session->feed_entries = 0;
    if (session->in_transaction && !session->begin_waits && session->connection != NULL &&
        query_step(query_begin(session, STATEMENT_ROLLBACK), NULL, NULL) != ALUNO_OK)
        session_disconnect(session);
    session->head.deadline_ms = deadline_ms;
    session->in_transaction = false;
    session->failure = failure;
}
