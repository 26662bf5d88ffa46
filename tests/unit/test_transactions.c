/* Changes in transactions on PostgreSQL: several that are made together, and what undoes them. */
#include "gate.h"

#include "base/clock.h"

enum { WRITERS = 8, COUNT = 4 };

static gate held[WRITERS];
static job jobs[COUNT];

/* The writer has a connection then: without one it makes no changes together. */
static aluno_code read_and_hold(job *at, struct store_session *session)
{
    student_by_id(session, 999, STORE_PRESENT, &at->out, &at->error); /* nobody */
    return gate_hold(at, session);
}

/* Has all writers wait, so that what is submitted next is in the queue at once. */
static store_bed *begin(void **state)
{
    if (postgres_bed() == NULL)
        skip();
    gate_close_in(&held[0], *state, read_and_hold);
    for (int i = 1; i < WRITERS; i++)
        gate_close(&held[i], *state);
    for (int i = 0; i < COUNT; i++)
        jobs[i] = (job){.student = bed_student("Ana", 20, 100 + i)};
    return *state;
}

/* One writer makes all that waits; then the others go on. */
static void make_together(void)
{
    gate_open(&held[0]);
    for (int i = 0; i < COUNT; i++)
        job_wait(&jobs[i]);
    for (int i = 1; i < WRITERS; i++)
        gate_open(&held[i]);
}

static aluno_code code_of(const job *at)
{
    return at->is_committed ? at->applied : (aluno_code)at->commit_error.code;
}

static void await_number(store_bed *bed, const char *sql, int64_t wanted)
{
    const int64_t until_ms = aluno__clock_deadline(30000);
    while (bed_number(bed, sql) != wanted) {
        assert_true(aluno__clock_ms() < until_ms);
        aluno__clock_sleep(5);
    }
}

static const char waiting_for_locks[] =
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";

static void check_students(store_bed *bed, int64_t students, int64_t transactions)
{
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student"), students);
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), students);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM feed WHERE place < feed_bound()"), students);
    assert_int_equal(bed_number(bed, "SELECT count(DISTINCT CAST(xmin AS text)) FROM student"), transactions);
}

/* ---- together ---- */

static void test_changes_that_wait_share_a_transaction(void **state)
{
    store_bed *bed = begin(state);
    for (int i = 0; i < COUNT; i++)
        job_submit(bed, &jobs[i], job_insert);
    make_together();
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(code_of(&jobs[i]), ALUNO_OK);
    check_students(bed, COUNT, 1);
}

static void test_a_refusal_undoes_nothing(void **state)
{
    store_bed *bed = begin(state);
    jobs[2].student = bed_student("Bia", 20, 100);
    for (int i = 0; i < COUNT; i++)
        job_submit(bed, &jobs[i], job_insert);
    make_together();
    assert_int_equal(code_of(&jobs[2]), ALUNO_ALREADY_EXISTS);
    assert_int_equal(code_of(&jobs[3]), ALUNO_OK);
    check_students(bed, COUNT - 1, 1);
}

static aluno_code insert_then_fail(job *at, struct store_session *session)
{
    job_insert(at, session);
    return ALUNO_ABORTED;
}

static void test_a_change_that_is_undone_harms_no_other(void **state)
{
    store_bed *bed = begin(state);
    for (int i = 0; i < COUNT; i++)
        job_submit(bed, &jobs[i], i == 2 ? insert_then_fail : job_insert);
    make_together();
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(code_of(&jobs[i]), i == 2 ? ALUNO_ABORTED : ALUNO_OK);
    check_students(bed, COUNT - 1, COUNT - 1);
}

/* Inserts a student under a request id. */
static aluno_code insert_once(job *at, struct store_session *session)
{
    const struct store_reply reply = {.student = 1, .count = 1, .bytes = (const uint8_t *)""};
    const aluno_code code = job_insert(at, session);
    return code == ALUNO_OK ? operation_record(session, &at->operation, &reply, 1000, &at->error) : code;
}

static void test_a_repeat_beside_its_first_call_is_refused(void **state)
{
    store_bed *bed = begin(state);
    for (int i = 0; i < COUNT; i++) {
        jobs[i].operation =
            (struct store_operation){.caller = "rita",
                                     .method = "m",
                                     .request_id = i % 2 == 0 ? "01998d5e-0000-7000-8000-000000000001"
                                                              : "01998d5e-0000-7000-8000-000000000002"};
        job_submit(bed, &jobs[i], insert_once);
    }
    make_together();
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(code_of(&jobs[i]), i < 2 ? ALUNO_OK : ALUNO_ALREADY_EXISTS);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM operation"), 2);
    check_students(bed, 2, 2);
}

static bool has_cut;

/* Ends the connection of its own transaction, at the first time. */
static aluno_code insert_and_cut(job *at, struct store_session *session)
{
    const aluno_code code = job_insert(at, session);
    if (!has_cut)
        postgres_bed_run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'");
    has_cut = true;
    return code;
}

static void test_a_lost_connection_makes_each_change_once(void **state)
{
    store_bed *bed = begin(state);
    has_cut = false;
    for (int i = 0; i < COUNT; i++)
        job_submit(bed, &jobs[i], i == 2 ? insert_and_cut : job_insert);
    make_together();
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(code_of(&jobs[i]), ALUNO_OK);
    check_students(bed, COUNT, COUNT);
}

static void set_standby(const char *name)
{
    char sql[96];
    snprintf(sql, sizeof sql, "ALTER SYSTEM SET synchronous_standby_names = '%s'", name);
    postgres_bed_run(sql);
    postgres_bed_run("SELECT pg_reload_conf()");
}

/* PostgreSQL commits, and warns that no standby has it. */
static void test_a_commit_that_is_open_is_no_answer(void **state)
{
    store_bed *bed = begin(state);
    static const char commits[] = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    jobs[1].student = bed_student("Bia", 20, 100);
    set_standby("nobody");
    for (int i = 0; i < COUNT; i++)
        job_submit(bed, &jobs[i], job_insert);
    gate_open(&held[0]);
    await_number(bed, commits, 1);
    postgres_bed_run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    for (int i = 0; i < COUNT; i++)
        job_wait(&jobs[i]);
    set_standby("");
    for (int i = 1; i < WRITERS; i++)
        gate_open(&held[i]);
    for (int i = 0; i < COUNT; i++)
        if (i == 1)
            assert_int_equal(code_of(&jobs[i]), ALUNO_ALREADY_EXISTS);
        else
            assert_string_equal(jobs[i].commit_error.reason, "STORE_UNSETTLED");
    check_students(bed, COUNT - 1, 1);
}

/* ---- locks ---- */

/* Changes a student, and holds the row. */
static aluno_code update_and_hold(job *at, struct store_session *session)
{
    at->id = 1;
    at->student = bed_student("Eva", 20, 1);
    const aluno_code code = job_update(at, session);
    return code == ALUNO_OK ? gate_hold(at, session) : code;
}

static void test_one_that_waits_for_a_lock_holds_up_no_other(void **state)
{
    static gate holder;
    if (postgres_bed() == NULL)
        skip();
    bed_insert(*state, "Ana", 1);
    store_bed *bed = begin(state);
    gate_open(&held[1]);
    gate_close_in(&holder, bed, update_and_hold);
    jobs[2] = (job){.id = 1, .student = bed_student("Bia", 20, 1)};
    for (int i = 0; i < COUNT; i++)
        job_submit(bed, &jobs[i], i == 2 ? job_update : job_insert);
    gate_open(&held[0]);
    job_wait(&jobs[0]);
    job_wait(&jobs[1]);
    await_number(bed, waiting_for_locks, 1);
    gate_open(&holder);
    job_wait(&jobs[2]);
    job_wait(&jobs[3]);
    for (int i = 2; i < WRITERS; i++)
        gate_open(&held[i]);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(code_of(&jobs[i]), ALUNO_OK);
    assert_string_equal(jobs[2].out.etag, "3");
}

static aluno_code remove_and_hold(job *at, struct store_session *session)
{
    at->id = 1;
    const aluno_code code = job_remove(at, session);
    return code == ALUNO_OK ? gate_hold(at, session) : code;
}

/* The insert finds the CPF taken, waits, and finds it free: it has drawn no id, and begins anew. */
static void test_a_cpf_that_becomes_free_meanwhile_is_accepted(void **state)
{
    static gate holder;
    if (postgres_bed() == NULL)
        skip();
    store_bed *bed = *state;
    bed_insert(bed, "Ana", 100);
    gate_close_in(&holder, bed, remove_and_hold);
    jobs[0] = (job){.student = bed_student("Bia", 20, 100)};
    job_submit(bed, &jobs[0], job_insert);
    await_number(bed, waiting_for_locks, 1);
    gate_open(&holder);
    assert_int_equal(job_wait(&jobs[0]), ALUNO_OK);
    assert_int_equal(jobs[0].out.id, 2);
    assert_int_equal(bed_number(bed, "SELECT min(id) FROM student"), 1);
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 1);
}

/* Its transaction's number is smaller than that of the change which comes between. */
static aluno_code hold_and_update(job *at, struct store_session *session)
{
    at->id = 1;
    at->student = bed_student("Eva", 20, 500);
    aluno_code code = job_insert(at, session);
    if (code == ALUNO_OK)
        code = gate_hold(at, session);
    at->student = bed_student("Eva", 20, 1);
    return code == ALUNO_OK ? job_update(at, session) : code;
}

/* As ledger.c does: after a failure the ledger is read, which a failed transaction refuses. */
static aluno_code hold_update_and_look(job *at, struct store_session *session)
{
    struct store_record record = {.bytes = {0}};
    bool found;
    const struct store_operation operation = {
        .caller = "rita", .method = "m", .request_id = "01998d5e-0000-7000-8000-000000000001"};
    aluno_code code = hold_and_update(at, session);
    if (code == ALUNO_OK) /* what was deferred fails */
        code = operation_find(session, &operation, &found, &record, &at->error);
    if (code != ALUNO_OK)
        code = operation_find(session, &operation, &found, &record, &at->error);
    aluno__buffer_free(&record.bytes);
    return code;
}

static void test_a_change_behind_a_later_transaction_begins_anew(void **state)
{
    static gate holder;
    if (postgres_bed() == NULL)
        skip();
    store_bed *bed = *state;
    bed_insert(bed, "Ana", 1);
    gate_close_in(&holder, bed, hold_update_and_look);
    jobs[0] = (job){.id = 1, .student = bed_student("Bia", 20, 1)};
    assert_int_equal(job_run(bed, &jobs[0], job_update), ALUNO_OK);
    gate_open(&holder);
    assert_string_equal(holder.job.out.etag, "3");
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student WHERE br_document = '00000000500'"), 1);
    assert_int_equal(bed_number(bed, "SELECT student_id FROM feed ORDER BY place DESC LIMIT 1"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, bed_set_up, bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(changes_that_wait_share_a_transaction),
        TEST(a_refusal_undoes_nothing),
        TEST(a_change_that_is_undone_harms_no_other),
        TEST(a_repeat_beside_its_first_call_is_refused),
        TEST(a_lost_connection_makes_each_change_once),
        TEST(a_commit_that_is_open_is_no_answer),
        TEST(one_that_waits_for_a_lock_holds_up_no_other),
        TEST(a_cpf_that_becomes_free_meanwhile_is_accepted),
        TEST(a_change_behind_a_later_transaction_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
