/* CancelOperation; and request ids that the ledger has forgotten. */
#include "operation_bed.h"

#include "base/clock.h"
#include "purge.h"

#include <inttypes.h>

static aluno_code cancel(call_bed *bed, const char *request_id)
{
    aluno_cancel_operation_request request = {.has = {.none = false}};
    ALUNO_SET_TEXT(request, request_id, request_id);
    return bed_call(bed, ALUNO_METHOD_cancel_operation, &request);
}

/* ---- CancelOperation ---- */

static void test_cancelled_change_is_never_made(void **state)
{
    call_bed *bed = *state;
    const aluno_create_student_request request = ana();
    assert_int_equal(cancel(bed, some_id), ALUNO_OK);
    assert_string_equal(bed->reply.operation.state, "CANCELLED");
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, some_id), ALUNO_CANCELLED);
    check_reason(bed, ALUNO_REASON_REQUEST_CANCELLED);
    assert_int_equal(bed_total(bed), 0);
    assert_string_equal(ask(bed, some_id).state, "CANCELLED");
    assert_int_equal(cancel(bed, some_id), ALUNO_OK);
    assert_string_equal(bed->reply.operation.state, "CANCELLED");
    assert_int_equal(bed_call(bed, ALUNO_METHOD_create_student, &request), ALUNO_OK);
}

static void test_made_change_is_not_cancelled(void **state)
{
    call_bed *bed = *state;
    const aluno_create_student_request request = ana();
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, some_id), ALUNO_OK);
    assert_int_equal(cancel(bed, some_id), ALUNO_OK);
    assert_string_equal(bed->reply.operation.state, "COMMITTED");
    assert_string_equal(bed->reply.operation.method, "aluno.v1.StudentService/CreateStudent");
    assert_false(bed->reply.operation.has.student);
    assert_true(ask(bed, some_id).has.student);
}

static void test_cancelling_is_the_callers_own(void **state)
{
    call_bed *bed = *state;
    const aluno_create_student_request request = ana();
    bed_call_as(bed, "leo", ALUNO_ROLE_admin);
    assert_int_equal(cancel(bed, some_id), ALUNO_OK);
    bed_call_as(bed, "secretaria", ALUNO_ROLE_registrar);
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, some_id), ALUNO_OK);
}

static void test_dry_run_cancels_nothing(void **state)
{
    call_bed *bed = *state;
    const aluno_create_student_request request = ana();
    aluno_cancel_operation_request dry = {.has = {.validate_only = true}, .validate_only = true};
    ALUNO_SET_TEXT(dry, request_id, some_id);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_cancel_operation, &dry), ALUNO_OK);
    assert_string_equal(bed->reply.operation.state, "CANCELLED");
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, some_id), ALUNO_OK);
}

/* ---- what was forgotten ---- */

static aluno_code nothing(job *at, struct store_session *session)
{
    (void)at, (void)session;
    return ALUNO_OK;
}

static aluno_code record_old(job *at, struct store_session *session)
{
    const struct store_operation operation = {"secretaria", "a/B", some_id, 1, 0};
    const struct store_reply reply = {0};
    return operation_record(session, &operation, &reply, aluno__clock_unix_ms() - PURGE_AFTER_MS - 60000,
                            &at->error);
}

static void make_and_forget(call_bed *bed)
{
    static job at;
    int others = 0;
    assert_int_equal(job_run(&bed->store, &at, record_old), ALUNO_OK);
    purge_start(&bed->service);
    while (bed_number(&bed->store, "SELECT count(*) FROM operation") > 0 && others++ < 1000)
        assert_int_equal(job_run(&bed->store, &at, nothing), ALUNO_OK);
}

static void test_forgotten_change_is_not_made_again(void **state)
{
    call_bed *bed = *state;
    const aluno_create_student_request request = ana();
    make_and_forget(bed);
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, some_id),
                     ALUNO_FAILED_PRECONDITION);
    check_reason(bed, ALUNO_REASON_REQUEST_ID_EXPIRED);
    assert_int_equal(bed_total(bed), 0);
    aluno_get_operation_request asked = {.has = {.none = false}};
    ALUNO_SET_TEXT(asked, request_id, some_id);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_get_operation, &asked), ALUNO_FAILED_PRECONDITION);
    check_reason(bed, ALUNO_REASON_REQUEST_ID_EXPIRED);
    assert_int_equal(cancel(bed, some_id), ALUNO_FAILED_PRECONDITION);
    check_reason(bed, ALUNO_REASON_REQUEST_ID_EXPIRED);
}

/* The ledger cannot have forgotten a newer id. Of an id without a time this cannot be known. */
static void test_other_ids_are_not_forgotten(void **state)
{
    call_bed *bed = *state;
    const aluno_create_student_request request = ana();
    make_and_forget(bed);
    assert_int_equal(
        bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, "01912345-0001-7000-8000-00000000000a"),
        ALUNO_OK);
    assert_string_equal(ask(bed, "00000000-0000-4000-8000-00000000000a").state, "NOT_SEEN");
}

/* An id may be a day ahead of the service's clock, as long as the ledger keeps what was made. */
static void test_an_id_of_the_future_is_refused(void **state)
{
    enum { DAY_S = 24 * 60 * 60, MINUTE_S = 60 };
    static const int64_t ahead_s[] = {DAY_S - MINUTE_S, DAY_S + MINUTE_S, 100 * DAY_S};
    call_bed *bed = *state;
    const aluno_create_student_request request = ana();
    for (size_t i = 0; i < sizeof ahead_s / sizeof *ahead_s; i++) {
        const int64_t ms = aluno__clock_unix_ms() + ahead_s[i] * 1000;
        const bool is_soon = ahead_s[i] < DAY_S;
        char id[37];
        int64_t told_s = 0;
        snprintf(id, sizeof id, "%08x-%04x-7000-8000-%012zx", (unsigned)(ms >> 16), (unsigned)(ms & 0xFFFF),
                 i);
        assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, id),
                         is_soon ? ALUNO_OK : ALUNO_FAILED_PRECONDITION);
        if (is_soon)
            continue;
        check_reason(bed, ALUNO_REASON_CLOCK_DIFFERS);
        assert_int_equal(sscanf(bed->error.detail, "request_id is %" SCNd64, &told_s), 1);
        assert_in_range(told_s, ahead_s[i] - MINUTE_S, ahead_s[i]);
    }
    assert_int_equal(bed_total(bed), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_bed_set_up, call_bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_cancelled_change_is_never_made),     TEST(test_made_change_is_not_cancelled),
        TEST(test_cancelling_is_the_callers_own),      TEST(test_dry_run_cancels_nothing),
        TEST(test_forgotten_change_is_not_made_again), TEST(test_other_ids_are_not_forgotten),
        TEST(test_an_id_of_the_future_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
