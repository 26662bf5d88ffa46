/* service/dispatch.c: what may happen between its steps. The linker puts a hook behind the handler and behind
 * the reply, and notes the deadline that the store gets (--wrap, tests/CMakeLists.txt). */
#include "call_bed.h"
#include "unit.h"

#include "handlers/handlers.h"
#include "reply.h"

static void nothing(struct call *call)
{
    (void)call;
}

static void (*after_handler)(struct call *call) = nothing;
static void (*after_reply)(struct call *call) = nothing;

aluno_code __real_handlers_run(struct call *call, struct store_session *session);
aluno_code __wrap_handlers_run(struct call *call, struct store_session *session);
aluno_code __wrap_handlers_run(struct call *call, struct store_session *session)
{
    const aluno_code code = __real_handlers_run(call, session);
    after_handler(call);
    return code;
}

void __real_reply_write(struct call *call);
void __wrap_reply_write(struct call *call);
void __wrap_reply_write(struct call *call)
{
    __real_reply_write(call);
    after_reply(call);
}

static int64_t store_deadline_ms;

void __real_store_session_until(struct store_session *session, int64_t deadline_ms);
void __wrap_store_session_until(struct store_session *session, int64_t deadline_ms);
void __wrap_store_session_until(struct store_session *session, int64_t deadline_ms)
{
    store_deadline_ms = deadline_ms;
    __real_store_session_until(session, deadline_ms);
}

static int set_up(void **state)
{
    call_bed_set_up(state);
    bed_add(*state, "Ana", 20, 52998224725);
    return 0;
}

static int tear_down(void **state)
{
    after_handler = after_reply = nothing;
    return call_bed_tear_down(state);
}

static void pass_deadline(struct call *call)
{
    call->deadline_ms = 0;
}

static void test_a_deadline_that_passes_while_a_page_is_read(void **state)
{
    call_bed *bed = *state;
    after_handler = pass_deadline;
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_DEADLINE_EXCEEDED);
    check_reason(bed, ALUNO_REASON_DEADLINE_PASSED);
}

static atomic_bool *is_gone; /* the caller's connection */

static void close_connection(struct call *call)
{
    (void)call;
    atomic_store(is_gone, true);
}

static void test_a_caller_who_leaves_while_a_page_is_read(void **state)
{
    call_bed *bed = *state;
    is_gone = &bed->gone;
    after_handler = close_connection;
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_CANCELLED);
    check_reason(bed, ALUNO_REASON_CALL_CANCELLED);
}

static void lose_reply(struct call *call)
{
    call->outcome->reply.failed = true;
}

static void test_a_reply_without_memory(void **state)
{
    call_bed *bed = *state;
    after_reply = lose_reply;
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_RESOURCE_EXHAUSTED);
    check_reason(bed, ALUNO_REASON_OUT_OF_MEMORY);
}

/* A call that runs twice, as a change does whose batch is lost, has the second run's reply alone. */
static void test_a_call_that_runs_twice(void **state)
{
    call_bed *bed = *state;
    struct call call;
    struct outcome outcome = {.code = ALUNO_OK};
    const aluno_get_student_request request = {.has.id = true, .id = 1};
    struct store_session *session = store_session_acquire(bed->store.store);
    bed_write(bed, ALUNO_METHOD_get_student, &request);
    account_begin_call(&bed->account, 0);
    assert_true(
        dispatch_open(&call, &outcome, &bed->service, &bed->caller, bed->request.data, bed->request.size));
    for (int i = 0; i < 2; i++) {
        assert_true(dispatch_run(&call, session));
        assert_int_equal(store_deadline_ms, call.deadline_ms);
        assert_int_equal(bed_read(bed, &outcome, ALUNO_METHOD_get_student), ALUNO_OK);
        assert_false(call.is_recorded || call.is_silent || call.must_wait);
        call.is_recorded = call.is_silent = call.must_wait = true;
    }
    call.deadline_ms = 0;
    assert_false(dispatch_run(&call, session));
    assert_null(call.reply);
    dispatch_close(&call);
    account_end_call(&bed->account, 0, false);
    store_session_release(bed->store.store, session);
    outcome_free(&outcome);
}

/* A read under the request id of a change in progress does not end that change. */
static void test_a_read_settles_no_change(void **state)
{
    call_bed *bed = *state;
    static const char id[] = "01900000-0000-7000-8000-ffffffffffff";
    struct pending *pending = &bed->service.pending;
    struct pending_change change = {
        .caller = bed->caller.name, .request_id = id, .method = aluno_method_of(ALUNO_METHOD_create_student)};
    const aluno_get_student_request request = {.has.id = true, .id = 1};
    pending_add(pending, &change);
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_get_student, &request, id), ALUNO_OK);
    assert_ptr_equal(pending_find(pending, bed->caller.name, id), change.method);
    pending_remove(pending, &change);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_deadline_that_passes_while_a_page_is_read),
        TEST(test_a_caller_who_leaves_while_a_page_is_read),
        TEST(test_a_reply_without_memory),
        TEST(test_a_call_that_runs_twice),
        TEST(test_a_read_settles_no_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
