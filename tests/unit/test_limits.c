/* service/limit.def: the limits of a call, with what each counts, and what becomes of calls without a caller.
 */
#include "call_bed.h"
#include "gate.h"

/* The service waits no longer than its own limit, whatever the caller asks for, or nothing. */
static void the_service_has_a_deadline_of_its_own(void **state)
{
    call_bed *bed = *state;
    struct limits *limits = &bed->service.limits;
    const aluno_get_student_request get = {.has.id = true, .id = 1};
    for (int is_set = 0; is_set < 2; is_set++) {
        bed->metadata.has.timeout_ms = is_set;
        bed->metadata.timeout_ms = 86400000;
        limits->most[LIMIT_deadline_ms] = 30000;
        assert_int_equal(bed_call(bed, ALUNO_METHOD_get_student, &get), ALUNO_NOT_FOUND);
        limits->most[LIMIT_deadline_ms] = 0;
        assert_int_equal(bed_call(bed, ALUNO_METHOD_get_student, &get), ALUNO_DEADLINE_EXCEEDED);
        assert_string_equal(bed->error.detail, "0 ms");
        assert_int_equal(atomic_load(&limits->reached[LIMIT_deadline_ms]), is_set + 1);
    }
}

/* A change whose caller has gone while it was queued is not made. */
static void a_connection_that_closes_while_its_call_waits(void **state)
{
    call_bed *bed = *state;
    static gate held;
    const aluno_create_student_request request = {.has.student = true,
                                                  .student = bed_student("Ana", 20, 52998224725)};
    const char *const id = "0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d";
    ALUNO_SET_TEXT(bed->metadata, request_id, id);
    bed_write(bed, ALUNO_METHOD_create_student, &request);
    gate_close(&held, &bed->store);
    exchange_begin(bed, &bed->last, &bed->request);
    atomic_store(&bed->gone, true);
    gate_open(&held);
    exchange_wait(&bed->last);
    assert_string_equal(bed->last.execution.outcome.error.reason, "CALL_CANCELLED");
    atomic_store(&bed->gone, false);
    assert_int_equal(bed_total(bed), 0);
    /* Its retry makes it. */
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, id), ALUNO_OK);
    assert_false(bed->reply_metadata.has.replayed);
}

static void a_certificate_with_too_much_in_progress(void **state)
{
    call_bed *bed = *state;
    struct limits *limits = &bed->service.limits;
    account_begin_call(&bed->account, 100);
    limits->most[LIMIT_certificate_bytes] = 100;
    limits->most[LIMIT_certificate_calls] = 2;
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_NOT_FOUND);
    account_begin_call(&bed->account, 0);
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_UNAVAILABLE);
    check_reason(bed, ALUNO_REASON_BUSY);
    assert_string_equal(bed->error.detail, "--certificate-calls 2");
    assert_true(bed->error.has.retry_after_ms);
    limits->most[LIMIT_certificate_calls] = 3;
    limits->most[LIMIT_certificate_bytes] = 99;
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_UNAVAILABLE);
    assert_string_equal(bed->error.detail, "--certificate-bytes 99");
    account_end_call(&bed->account, 0, false);
    account_end_call(&bed->account, 100, false);
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_NOT_FOUND);
    assert_int_equal(atomic_load(&limits->reached[LIMIT_certificate_calls]), 1);
    assert_int_equal(atomic_load(&limits->reached[LIMIT_certificate_bytes]), 1);
}

static aluno_code get_by_cpf(call_bed *bed, const char *cpf)
{
    aluno_get_student_request request = {.has = {.none = false}};
    ALUNO_SET_TEXT(request, br_document, cpf);
    return bed_call(bed, ALUNO_METHOD_get_student, &request);
}

static aluno_code search(call_bed *bed, const char *query)
{
    aluno_list_students_request request = {.has = {.none = false}};
    ALUNO_SET_TEXT(request, query, query);
    return bed_call(bed, ALUNO_METHOD_list_students, &request);
}

static aluno_code watch(call_bed *bed, const char *query)
{
    aluno_watch_students_request request = {.has = {.none = false}};
    ALUNO_SET_TEXT(request, query, query);
    return bed_call(bed, ALUNO_METHOD_watch_students, &request);
}

/* Who sees CPFs masked cannot try them one by one; who knows one, and all others, go on. */
static void a_certificate_that_guesses(void **state)
{
    enum { MOST = 3 };
    static const char *const wrong = "111.444.777-35", *const right = "529.982.247-25";
    call_bed *bed = *state;
    struct limits *limits = &bed->service.limits;
    bed_add(bed, "Ana", 20, 52998224725);
    limits->most[LIMIT_certificate_misses] = MOST;
    bed_call_as(bed, "leo", ALUNO_ROLE_reader);
    for (int i = 0; i < 2 * MOST; i++)
        assert_int_equal(get_by_cpf(bed, right), ALUNO_OK);
    assert_int_equal(get_by_cpf(bed, wrong), ALUNO_NOT_FOUND);
    assert_int_equal(search(bed, wrong), ALUNO_OK);
    assert_int_equal(search(bed, "nobody@example.com"), ALUNO_OK);

    assert_int_equal(get_by_cpf(bed, wrong), ALUNO_UNAVAILABLE);
    check_reason(bed, ALUNO_REASON_BUSY);
    assert_string_equal(bed->error.detail, "--certificate-misses 3");
    assert_in_range(bed->error.retry_after_ms, 1, 60 * 60 * 1000 / MOST);
    assert_int_equal(get_by_cpf(bed, right), ALUNO_UNAVAILABLE); /* a reply would reveal that it exists */
    assert_int_equal(search(bed, "ana a@example.com"), ALUNO_UNAVAILABLE);
    assert_int_equal(atomic_load(&limits->reached[LIMIT_certificate_misses]), 3);
    assert_int_equal(search(bed, "ana"), ALUNO_OK);
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_OK);
    bed_call_as(bed, "rita", ALUNO_ROLE_registrar);
    assert_int_equal(get_by_cpf(bed, wrong), ALUNO_NOT_FOUND);
}

/* A watch shows whose changes fit a value, so it counts as a lookup by it. */
static void a_certificate_that_guesses_by_watches(void **state)
{
    enum { MOST = 2 };
    static const char *const wrong = "111.444.777-35", *const right = "529.982.247-25";
    call_bed *bed = *state;
    bed->service.limits.most[LIMIT_certificate_misses] = MOST;
    bed_add(bed, "Ana", 20, 52998224725);
    bed_call_as(bed, "leo", ALUNO_ROLE_reader);
    for (int i = 0; i < 2 * MOST; i++)
        assert_int_equal(watch(bed, right), ALUNO_OK);
    assert_int_equal(watch(bed, wrong), ALUNO_OK);
    assert_int_equal(watch(bed, "nobody@example.com"), ALUNO_OK);
    assert_int_equal(watch(bed, wrong), ALUNO_UNAVAILABLE);
    check_reason(bed, ALUNO_REASON_BUSY);
    assert_int_equal(watch(bed, right), ALUNO_UNAVAILABLE);
    assert_int_equal(get_by_cpf(bed, right), ALUNO_UNAVAILABLE);
    assert_int_equal(watch(bed, "ana"), ALUNO_OK);
    bed_call_as(bed, "rita", ALUNO_ROLE_registrar);
    assert_int_equal(watch(bed, wrong), ALUNO_OK);
}

/* A new connection does not begin anew; an account that did not miss is forgotten. */
static void misses_outlive_the_connection(void **state)
{
    call_bed *bed = *state;
    static struct accounts all;
    aluno_error error;
    bed->service.limits.most[LIMIT_certificate_misses] = 1;
    struct account *account = accounts_join(&all, "fingerprint", false);
    account_miss(account, &bed->service.limits);
    accounts_leave(&all, account);
    account = accounts_join(&all, "fingerprint", false);
    assert_int_equal(account_check_misses(account, &bed->service.limits, &error), ALUNO_UNAVAILABLE);
    atomic_store(&account->missed_until_ms, 0);
    assert_int_equal(account_check_misses(account, &bed->service.limits, &error), ALUNO_OK);
    accounts_leave(&all, account);
    for (size_t i = 0; i < ACCOUNT_BUCKETS; i++)
        assert_null(all.buckets[i]);
    account = accounts_join(&all, "fingerprint", false);
    account_miss(account, &bed->service.limits);
    accounts_leave(&all, account);
    accounts_free(&all);
    for (size_t i = 0; i < ACCOUNT_BUCKETS; i++)
        assert_null(all.buckets[i]);
}

static void a_certificate_without_a_role_has_fewer_calls(void **state)
{
    call_bed *bed = *state;
    bed->account.is_roleless = true;
    bed->service.limits.most[LIMIT_roleless_certificate_calls] = 2;
    account_begin_call(&bed->account, 0);
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_NOT_FOUND);
    account_begin_call(&bed->account, 0);
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_UNAVAILABLE);
    assert_string_equal(bed->error.detail, "--roleless-certificate-calls 2");
    account_end_call(&bed->account, 0, false);
    account_end_call(&bed->account, 0, false);
}

/* Calls of a client that does not read, with the limits' defaults. */
static void a_certificate_that_floods(void **state)
{
    call_bed *bed = *state;
    const struct {
        bool is_roleless, scarce;
        int most;
    } cases[] = {{false, false, 192}, {false, true, 96}, {true, false, 16}, {true, true, 8}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct account account = {.is_roleless = cases[i].is_roleless};
        for (int calls = 0; calls < cases[i].most; calls++)
            account_begin_call(&account, 1);
        assert_false(account_is_flooded(&account, &bed->service.limits, cases[i].scarce));
        account_begin_call(&account, 1);
        assert_true(account_is_flooded(&account, &bed->service.limits, cases[i].scarce));
    }
}

/* The replies of its watches leave it its other calls, and are too many when twice as many as it may have are
 * unread. */
static void a_certificate_whose_watches_are_answered_at_once(void **state)
{
    call_bed *bed = *state;
    for (int i = 0; i < 128; i++) {
        account_begin_call(&bed->account, 1);
        account_begin_watch(&bed->account);
    }
    assert_false(account_is_flooded(&bed->account, &bed->service.limits, true));
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_NOT_FOUND);
    account_begin_call(&bed->account, 1);
    account_begin_watch(&bed->account);
    assert_true(account_is_flooded(&bed->account, &bed->service.limits, false));
    for (int i = 0; i < 129; i++)
        account_end_call(&bed->account, 1, true);
    assert_int_equal(atomic_load(&bed->account.watch_calls), 0);
}

static void a_certificate_with_too_many_searches(void **state)
{
    call_bed *bed = *state;
    const aluno_list_students_request search = {.has.query = true, .query = "ana"};
    bed->service.limits.most[LIMIT_certificate_searches] = 0;
    bed_write(bed, ALUNO_METHOD_list_students, &search);
    assert_int_equal(bed_send(bed, ALUNO_METHOD_list_students), ALUNO_UNAVAILABLE);
    assert_string_equal(bed->error.detail, "--certificate-searches 0");
    assert_true(bed->error.has.retry_after_ms);
    bed->service.limits.most[LIMIT_certificate_searches] = 1;
    assert_int_equal(bed_send(bed, ALUNO_METHOD_list_students), ALUNO_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_bed_set_up, call_bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_service_has_a_deadline_of_its_own),
        TEST(a_connection_that_closes_while_its_call_waits),
        TEST(a_certificate_with_too_much_in_progress),
        TEST(a_certificate_without_a_role_has_fewer_calls),
        TEST(a_certificate_that_guesses),
        TEST(a_certificate_that_guesses_by_watches),
        TEST(misses_outlive_the_connection),
        TEST(a_certificate_that_floods),
        TEST(a_certificate_whose_watches_are_answered_at_once),
        TEST(a_certificate_with_too_many_searches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
