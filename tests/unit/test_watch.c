/* WatchStudents: calls that wait for a change, and what ends the wait. */
#include "watch_bed.h"

#include <sched.h>

enum { LONG_MS = 20000 };

static atomic_uint waits; /* how many calls have begun to wait */

static void note_wait(struct execution *execution)
{
    (void)execution;
    atomic_fetch_add(&waits, 1);
}

static void exchange_waiting(call_bed *bed, bed_exchange *at, aluno__buffer *bytes, const char *id)
{
    ALUNO_SET_TEXT(request, after, token);
    ALUNO_SET(request, wait_ms, LONG_MS);
    if (id != NULL)
        ALUNO_SET_TEXT(request, watch_id, id);
    aluno__buffer_reset(bytes);
    bed_encode(bed, ALUNO_METHOD_watch_students, &request, bytes);
    at->execution.waits = note_wait;
    exchange_begin(bed, at, bytes);
}

static void wait_for_waiting(unsigned count)
{
    while (atomic_load(&waits) < count)
        sched_yield();
}

static const char watch_id[] = "0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d";
static bed_exchange one, other;
static aluno__buffer one_bytes, other_bytes;

static void end_waiting(call_bed *bed, bed_exchange *at)
{
    assert_int_equal(exchange_end(bed, at, ALUNO_METHOD_watch_students), ALUNO_OK);
    execution_free(&at->execution);
    at->execution = (struct execution){.is_busy = false};
}

static void a_change_ends_the_wait(void **state)
{
    call_bed *bed = *state;
    watch_from_now(bed, NULL);
    exchange_waiting(bed, &one, &one_bytes, NULL);
    wait_for_waiting(1);
    assert_int_equal(atomic_load(&bed->account.calls), 0); /* it is none of them */
    bed_add(bed, "Ana", 20, CPF);
    end_waiting(bed, &one);
    assert_int_equal(reply_of(bed)->changes.count, 1);
    assert_int_equal(watches_count(bed->service.watches), 0);
}

static void time_ends_the_wait(void **state)
{
    call_bed *bed = *state;
    watch_from_now(bed, NULL);
    bed->service.limits.most[LIMIT_watch_ms] = 20;
    exchange_waiting(bed, &one, &one_bytes, NULL);
    end_waiting(bed, &one);
    assert_int_equal(reply_of(bed)->changes.count, 0);
    assert_string_equal(reply_of(bed)->token, token);
    ALUNO_SET(bed->metadata, timeout_ms, 50); /* the reply is there before the deadline */
    bed->service.limits.most[LIMIT_watch_ms] = LONG_MS;
    exchange_waiting(bed, &one, &one_bytes, NULL);
    end_waiting(bed, &one);
}

/* The feed has grown by nothing that the query finds: the watch waits on, from there. */
static void what_the_query_does_not_find_does_not_end_the_wait(void **state)
{
    call_bed *bed = *state;
    watch_from_now(bed, "ana");
    exchange_waiting(bed, &one, &one_bytes, NULL);
    wait_for_waiting(1);
    bed_add(bed, "Bia", 20, OTHER_CPF);
    bed_add(bed, "Ana", 20, CPF);
    end_waiting(bed, &one);
    assert_int_equal(reply_of(bed)->changes.count, 1);
    assert_int_equal(reply_of(bed)->changes.items[0].student_id, 2);
}

static void a_client_that_is_gone_ends_the_wait(void **state)
{
    call_bed *bed = *state;
    watch_from_now(bed, NULL);
    exchange_waiting(bed, &one, &one_bytes, NULL);
    wait_for_waiting(1);
    atomic_store(&bed->gone, true);
    watches_drop_gone(bed->service.watches);
    end_waiting(bed, &one);
}

static void a_drain_ends_the_wait(void **state)
{
    call_bed *bed = *state;
    watch_from_now(bed, NULL);
    exchange_waiting(bed, &one, &one_bytes, NULL);
    wait_for_waiting(1);
    watches_drain(bed->service.watches);
    end_waiting(bed, &one);
    exchange_waiting(bed, &one, &one_bytes, NULL); /* nor does one wait from now on */
    end_waiting(bed, &one);
}

static void a_stop_ends_the_wait(void **state)
{
    call_bed *bed = *state;
    watch_from_now(bed, NULL);
    exchange_waiting(bed, &one, &one_bytes, watch_id);
    wait_for_waiting(1);
    aluno_watch_students_request stop = {.has.stop = true, .stop = true};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_watch_students, &stop), ALUNO_INVALID_ARGUMENT);
    check_violation(bed, "watch_id", ALUNO_REASON_FIELD_REQUIRED);
    ALUNO_SET_TEXT(stop, watch_id, watch_id);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_watch_students, &stop), ALUNO_OK);
    end_waiting(bed, &one);
}

static void the_last_call_of_a_watch_waits(void **state)
{
    call_bed *bed = *state;
    watch_from_now(bed, NULL);
    exchange_waiting(bed, &one, &one_bytes, watch_id);
    wait_for_waiting(1);
    exchange_waiting(bed, &other, &other_bytes, watch_id);
    end_waiting(bed, &one);
    wait_for_waiting(2);
    bed_add(bed, "Ana", 20, CPF);
    end_waiting(bed, &other);
    assert_int_equal(reply_of(bed)->changes.count, 1);
}

static void check_busy(call_bed *bed, enum limit which)
{
    bed->service.limits.most[which] = 1;
    assert_int_equal(watch_on(bed), ALUNO_UNAVAILABLE);
    check_reason(bed, ALUNO_REASON_BUSY);
    assert_true(bed->error.has.retry_after_ms);
    assert_int_equal(atomic_load(&bed->service.limits.reached[which]), 1);
    bed->service.limits.most[which] = 2;
}

static void watches_are_bounded(void **state)
{
    call_bed *bed = *state;
    watch_from_now(bed, NULL);
    exchange_waiting(bed, &one, &one_bytes, NULL);
    wait_for_waiting(1);
    request.has.wait_ms = false;
    check_busy(bed, LIMIT_certificate_watches);
    check_busy(bed, LIMIT_watches);
    assert_int_equal(watch_on(bed), ALUNO_OK);
    bed_add(bed, "Ana", 20, CPF);
    end_waiting(bed, &one);
}

static int set_up(void **state)
{
    atomic_store(&waits, 0);
    return call_bed_set_up(state);
}

static int tear_down(void **state)
{
    aluno__buffer_free(&one_bytes);
    aluno__buffer_free(&other_bytes);
    return call_bed_tear_down(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_change_ends_the_wait),
        TEST(time_ends_the_wait),
        TEST(what_the_query_does_not_find_does_not_end_the_wait),
        TEST(a_client_that_is_gone_ends_the_wait),
        TEST(a_drain_ends_the_wait),
        TEST(a_stop_ends_the_wait),
        TEST(the_last_call_of_a_watch_waits),
        TEST(watches_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
