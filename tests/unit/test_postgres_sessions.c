/* The insides of the store on PostgreSQL: what its sessions and its writers keep over a failure. */
#include "postgres_bed.h"
#include "unit.h"

#include "store/postgres/instance.h"
#include "store/postgres/writer.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

static const struct store_head no_head;

/* ---- sessions ---- */

static struct store_session session;

static void connect_session(void)
{
    if (postgres_bed() == NULL)
        skip();
    session_init(&session, &no_head, postgres_bed(), "school");
    assert_int_equal(session_connect(&session, NULL, 0, NULL), ALUNO_OK);
}

/* A role that may not set what keeps CPFs out of PostgreSQL's log gets no statement through, at any attempt.
 */
static void test_a_connection_that_is_not_set_up_is_not_used(void **state)
{
    (void)state;
    static const char function[] = "FUNCTION pg_catalog.set_config(text, text, boolean)";
    char uri[256], revoke[128], grant[128], why[128];
    connect_session();
    session_disconnect(&session);
    snprintf(uri, sizeof uri, "%s&user=clerk", postgres_bed());
    snprintf(revoke, sizeof revoke, "REVOKE EXECUTE ON %s FROM PUBLIC", function);
    snprintf(grant, sizeof grant, "GRANT EXECUTE ON %s TO PUBLIC", function);
    postgres_bed_run("CREATE ROLE clerk LOGIN");
    postgres_bed_run(revoke);
    session_init(&session, &no_head, uri, "school");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(session_connect(&session, why, sizeof why, NULL), ALUNO_INTERNAL);
        assert_non_null(strstr(why, "cannot be set up"));
    }
    postgres_bed_run(grant);
    assert_int_equal(session_connect(&session, NULL, 0, NULL), ALUNO_OK);
    session_disconnect(&session);
    postgres_bed_run("DROP ROLE clerk");
}

/* The name is libpq's, which forgets it with the connection. */
static void test_a_name_outlives_its_connection(void **state)
{
    (void)state;
    bool taken = false;
    connect_session();
    postgres_bed_run(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'school'");
    assert_int_equal(instance_try_name(&session, &taken, NULL), ALUNO_OK);
    assert_true(taken);
    assert_int_equal(
        postgres_bed_number(
            "SELECT CAST(pg_try_advisory_lock(hashtext('aluno.instance'), hashtext('school')) AS int)"),
        0);
    session_disconnect(&session);
}

/* A call, or a migration, reads on after a transaction. */
static void test_a_deadline_outlives_its_transaction(void **state)
{
    (void)state;
    const int64_t deadline_ms = aluno__clock_deadline(3600000);
    bool found;
    int64_t is_primary;
    connect_session();
    session.head.deadline_ms = deadline_ms;
    session_begin(&session, STATEMENT_BEGIN_SNAPSHOT);
    assert_int_equal(query_number(query_begin(&session, STATEMENT_IS_PRIMARY), &found, &is_primary, NULL),
                     ALUNO_OK);
    session_rollback(&session);
    assert_int_equal(session.head.deadline_ms, deadline_ms);
    session_disconnect(&session);
}

/* Otherwise a change whose row is purged meanwhile would be made again. */
static void test_nothing_is_forgotten_while_a_change_goes_by_it(void **state)
{
    (void)state;
    static const char old[] = "01900000-0000-7000-8000-000000000000"; /* a time in 2024 */
    static struct store_session purging;
    struct store *store;
    bool is_forgotten = true;
    int64_t count;
    connect_session();
    assert_int_equal(store_open(&store, postgres_bed(), 1, NULL), ALUNO_OK); /* makes the tables */
    postgres_bed_run("INSERT INTO operation (request_id, caller, method, digest, reply, create_time)"
                     " VALUES ('01900000-0000-7000-8000-000000000000', 'rita', '', 0, '', 1)");
    session.is_change = true;
    session_begin(&session, STATEMENT_BEGIN);
    assert_int_equal(postgres_operation_may_be_forgotten(&session, old, &is_forgotten, NULL), ALUNO_OK);
    assert_false(is_forgotten);
    session_init(&purging, &no_head, postgres_bed(), "school");
    assert_int_equal(session_connect(&purging, NULL, 0, NULL), ALUNO_OK);
    purging.is_change = true;
    purging.head.deadline_ms = aluno__clock_deadline(200);
    session_begin(&purging, STATEMENT_BEGIN);
    assert_int_not_equal(postgres_operation_purge(&purging, INT64_MAX, 1000, &count, NULL), ALUNO_OK);
    session_rollback(&purging);
    session_rollback(&session);
    purging.head.deadline_ms = 0;
    session_begin(&purging, STATEMENT_BEGIN);
    assert_int_equal(postgres_operation_purge(&purging, INT64_MAX, 1000, &count, NULL), ALUNO_OK);
    assert_int_equal(count, 1);
    assert_int_equal(session_commit(&purging, NULL), ALUNO_OK);
    session_begin(&session, STATEMENT_BEGIN);
    assert_int_equal(postgres_operation_may_be_forgotten(&session, old, &is_forgotten, NULL), ALUNO_OK);
    assert_true(is_forgotten);
    session_rollback(&session);
    session_disconnect(&purging);
    session_disconnect(&session);
    store_close(store);
}

/* ---- writers ---- */

static atomic_bool reachable;
static atomic_int answers;
static aluno_error answer;

/* Has written something that is to be undone: it would run again, but the primary is gone. */
static bool write_and_lose(struct store_change *change, struct store_session *writer)
{
    (void)change;
    writer->wrote = true;
    atomic_store(&reachable, false);
    return false;
}

static void keep_answer(struct store_change *change, const aluno_error *commit_error)
{
    (void)change;
    answer = *commit_error;
    atomic_store(&answers, 1);
}

static void test_a_change_without_a_primary_says_so(void **state)
{
    (void)state;
    struct store_writers *writers;
    struct feed_watch feed = {.on_feed = NULL};
    struct store_session model;
    struct store_change change = {.apply = write_and_lose, .done = keep_answer};
    session_init(&model, &no_head, "postgresql://", "school");
    model.reachable = &reachable;
    atomic_store(&reachable, true);
    feed_watch_init(&feed);
    assert_int_equal(writers_start(&writers, &model, &feed, NULL), ALUNO_OK);
    assert_int_equal(writers_submit(writers, &change, NULL), ALUNO_OK);
    writers_stop(writers);
    feed_watch_free(&feed);
    assert_int_equal(atomic_load(&answers), 1);
    assert_string_equal(answer.reason, "STORE_UNREACHABLE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_connection_that_is_not_set_up_is_not_used),
        cmocka_unit_test(test_a_name_outlives_its_connection),
        cmocka_unit_test(test_a_deadline_outlives_its_transaction),
        cmocka_unit_test(test_nothing_is_forgotten_while_a_change_goes_by_it),
        cmocka_unit_test(test_a_change_without_a_primary_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
