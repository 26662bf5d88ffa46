/* service/execute.c: the thread that runs a call, and changes that cannot be queued or must run again. */
#include "call_bed.h"
#include "gate.h"

#include "nng/threads.h"
#include "store/sqlite/session.h"
#include "store/sqlite/writer.h"

#include <sched.h>

/* A call that records the thread on which it ends. */
typedef struct threaded {
    bed_exchange exchange; /* first: `done` returns it */
    pthread_t ended_on;
} threaded;

static void note_thread(struct execution *execution)
{
    ((threaded *)(void *)execution)->ended_on = pthread_self();
    exchange_done(execution);
}

static bool is_busy; /* other calls are in progress */

/* Executes the call in bed->request. Returns whether it ended on this thread. */
static bool ends_here(call_bed *bed, aluno_method_id id)
{
    static threaded at;
    bed_exchange *exchange = &at.exchange;
    exchange_init(bed, exchange);
    exchange->execution.is_busy = is_busy;
    execute(&exchange->execution, &bed->service, &bed->caller, bed->request.data, bed->request.size,
            note_thread);
    exchange_end(bed, exchange, id);
    execution_free(&exchange->execution);
    exchange->execution.outcome = (struct outcome){.code = ALUNO_OK};
    return pthread_equal(at.ended_on, pthread_self()) != 0;
}

static void the_effect_of_a_method_decides(void **state)
{
    call_bed *bed = *state;
    const aluno_create_student_request create = {.has.student = true,
                                                 .student = bed_student("Ana", 20, 52998224725)};
    const aluno_describe_request describe = {.has = {.none = false}};
    const aluno_get_student_request get = {.has.id = true, .id = 1};
    ALUNO_SET_TEXT(bed->metadata, request_id, "0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d");
    bed_write(bed, ALUNO_METHOD_create_student, &create);
    assert_false(ends_here(bed, ALUNO_METHOD_create_student));
    bed_write(bed, ALUNO_METHOD_get_student, &get);
    assert_true(ends_here(bed, ALUNO_METHOD_get_student));
    assert_string_equal(bed->reply.student.name, "Ana");
    bed_write(bed, ALUNO_METHOD_describe, &describe);
    assert_false(ends_here(bed, ALUNO_METHOD_describe));
}

/* When no other change is on its way, and nng has a thread for the other calls. */
static void a_change_that_is_alone_ends_here(void **state)
{
    enum { TRIES = 1000 };
    call_bed *bed = *state;
    bool here = false;
    aluno__nng_use_one_thread();
    for (int64_t i = 0; i < TRIES && !here; i++) { /* the store may be about to end the change before */
        const aluno_create_student_request create = {.has.student = true,
                                                     .student = bed_student("Ana", 20, 52998224725),
                                                     .has.validate_only = true,
                                                     .validate_only = true};
        ALUNO_SET_TEXT(bed->metadata, request_id, "0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d");
        bed_write(bed, ALUNO_METHOD_create_student, &create);
        here = ends_here(bed, ALUNO_METHOD_create_student);
    }
    assert_true(here);
}

static bool list_ends_here(call_bed *bed, const aluno_list_students_request *list)
{
    bed_write(bed, ALUNO_METHOD_list_students, list);
    const bool here = ends_here(bed, ALUNO_METHOD_list_students);
    assert_int_equal(bed->reply.list_students_reply.total_size, 1);
    return here;
}

static void only_a_page_that_searches_nothing_ends_here(void **state)
{
    call_bed *bed = *state;
    aluno_list_students_request page = {.has.page_size = true, .page_size = 100}, list = page;
    bed_add(bed, "Ana", 20, 52998224725);
    assert_true(list_ends_here(bed, &page));
    ALUNO_SET_TEXT(list, query, "ana");
    assert_false(list_ends_here(bed, &list));
    list = page;
    ALUNO_SET_TEXT(list, order_by, "name");
    assert_false(list_ends_here(bed, &list));
    list = page;
    ALUNO_SET(list, show_deleted, true);
    assert_false(list_ends_here(bed, &list));
}

static void an_idle_reader_takes_a_page_from_a_busy_thread(void **state)
{
    call_bed *bed = *state;
    const aluno_list_students_request page = {.has.page_size = true, .page_size = 100};
    bed_add(bed, "Ana", 20, 52998224725);
    is_busy = true;
    while (list_ends_here(bed, &page)) /* the readers start */
        sched_yield();
    is_busy = false;
    assert_true(list_ends_here(bed, &page));
}

static void a_refused_call_ends_at_once(void **state)
{
    call_bed *bed = *state;
    const aluno_create_student_request create = {.has = {.none = false}};
    bed_write(bed, ALUNO_METHOD_create_student, &create);
    assert_true(ends_here(bed, ALUNO_METHOD_create_student));
    check_reason(bed, ALUNO_REASON_FIELDS_INVALID);
}

/* Pages are read while the writer is busy. */
static void reads_do_not_wait_for_changes(void **state)
{
    call_bed *bed = *state;
    static gate held;
    bed_add(bed, "Ana", 20, 52998224725);
    gate_close(&held, &bed->store);
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_OK);
    assert_int_equal(bed_total(bed), 1);
    gate_open(&held);
}

enum { READERS = 2 }; /* the service's */

static pthread_barrier_t is_held, is_released;
static struct store *held_store;

static void hold_session(struct reader_task *unused)
{
    (void)unused;
    struct store_session *session = store_session_acquire(held_store);
    pthread_barrier_wait(&is_held);
    pthread_barrier_wait(&is_released);
    store_session_release(held_store, session);
}

/* The thread that starts all calls has a session left while every reader has one. */
static void reads_do_not_wait_for_scans(void **state)
{
    call_bed *bed = *state;
    struct reader_task tasks[READERS];
    struct reader_line line = {0};
    held_store = bed->service.store;
    pthread_barrier_init(&is_held, NULL, READERS + 1);
    pthread_barrier_init(&is_released, NULL, READERS + 1);
    bed_add(bed, "Ana", 20, 52998224725);
    for (size_t i = 0; i < READERS; i++) {
        tasks[i].run = hold_session;
        assert_true(readers_submit(bed->service.readers, &line, &tasks[i], READERS));
    }
    pthread_barrier_wait(&is_held);
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_OK);
    pthread_barrier_wait(&is_released);
}

static void a_change_that_finds_the_queue_full_is_busy(void **state)
{
    call_bed *bed = *state;
    static gate held;
    static struct store_change filler;
    size_t count = 0;
    aluno_error error;
    job *jobs = calloc(WRITER_QUEUE_MAX, sizeof *jobs);
    gate_close(&held, &bed->store);
    for (; count < WRITER_QUEUE_MAX; count++) {
        jobs[count].student = bed_student("Ana", 20, (int64_t)count);
        job_submit(&bed->store, &jobs[count], job_insert);
    }
    assert_int_equal(store_submit(bed->service.store, &filler, &error), ALUNO_UNAVAILABLE);
    assert_int_equal(bed_create(bed, "Bia", 20, 52998224725), ALUNO_UNAVAILABLE);
    check_reason(bed, ALUNO_REASON_BUSY);
    assert_true(bed->error.has.retry_after_ms);
    assert_string_equal(bed->error.request_id, bed->metadata.request_id);
    gate_open(&held);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(job_wait(&jobs[i]), ALUNO_OK);
    free(jobs);
    assert_int_equal(bed_total(bed), WRITER_QUEUE_MAX);
}

typedef struct rerun {
    job job; /* first: `work` gets this */
    struct call *call;
} rerun;

/* Runs a call, rolls it back and runs it again, as a store may. */
static aluno_code run_twice(job *at, struct store_session *session)
{
    struct call *call = ((rerun *)(void *)at)->call;
    savepoint_open(session, NULL);
    assert_true(dispatch_run(call, session));
    savepoint_rollback(session, NULL);
    return dispatch_run(call, session) ? ALUNO_OK : ALUNO_ABORTED;
}

static void a_change_may_run_again(void **state)
{
    call_bed *bed = *state;
    struct execution *at = &bed->last.execution;
    rerun again = {.call = &at->call};
    const aluno_create_student_request create = {.has.student = true,
                                                 .student = bed_student("Ana", 20, 52998224724)};
    ALUNO_SET_TEXT(bed->metadata, request_id, "0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d");
    bed_write(bed, ALUNO_METHOD_create_student, &create);
    assert_true(dispatch_open(&at->call, &at->outcome, &bed->service, &bed->caller, bed->request.data,
                              bed->request.size));
    assert_int_equal(job_run(&bed->store, &again.job, run_twice), ALUNO_OK);
    dispatch_close(&at->call);
    for (int repeat = 0; repeat < 2; repeat++) {
        const aluno_code code = repeat ? bed_send(bed, ALUNO_METHOD_create_student)
                                       : bed_read(bed, &at->outcome, ALUNO_METHOD_create_student);
        assert_int_equal(code, ALUNO_OK);
        assert_string_equal(bed->reply.student.etag, "1");
        assert_int_equal(bed->reply_metadata.warnings.count, 1);
        assert_int_equal(bed->reply_metadata.has.replayed, repeat);
    }
    assert_int_equal(bed_total(bed), 1);
}

static aluno_code fill_disk(job *at, struct store_session *session)
{
    assert_int_equal(sqlite3_exec(session->db, "PRAGMA max_page_count = 1", NULL, NULL, NULL), SQLITE_OK);
    return gate_hold(at, session);
}

/* The disk is full for others in the batch. A change that a repeat finds made is not refused. */
static void a_repeat_in_a_lost_batch_is_open(void **state)
{
    static const char request_id[] = "0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d";
    static aluno_batch_create_students_request many;
    static bed_exchange other, repeat;
    const aluno_create_student_request create = {.has.student = true,
                                                 .student = bed_student("Ana", 20, 52998224725)};
    call_bed *bed = *state;
    gate held;
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &create, request_id), ALUNO_OK);
    many.has.students = true;
    for (many.students.count = 0; many.students.count < 100; many.students.count++)
        many.students.items[many.students.count] = bed_student("Bia", 20, 100 + (int64_t)many.students.count);
    gate_close_in(&held, &bed->store, fill_disk);

    aluno__buffer first = {0}, second = {0};
    ALUNO_SET_TEXT(bed->metadata, request_id, "0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8e");
    bed_encode(bed, ALUNO_METHOD_batch_create_students, &many, &first);
    ALUNO_SET_TEXT(bed->metadata, request_id, request_id);
    ALUNO_SET(bed->metadata, attempt, 2);
    bed_encode(bed, ALUNO_METHOD_create_student, &create, &second);
    exchange_begin(bed, &repeat, &second);
    exchange_begin(bed, &other, &first);
    gate_open(&held);
    assert_int_equal(exchange_end(bed, &repeat, ALUNO_METHOD_create_student), ALUNO_UNAVAILABLE);
    check_reason(bed, ALUNO_REASON_STORE_UNSETTLED);
    assert_int_equal(exchange_end(bed, &other, ALUNO_METHOD_batch_create_students), ALUNO_RESOURCE_EXHAUSTED);
    check_reason(bed, ALUNO_REASON_STORE_FULL);
    execution_free(&repeat.execution);
    execution_free(&other.execution);
    aluno__buffer_free(&first);
    aluno__buffer_free(&second);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_bed_set_up, call_bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_effect_of_a_method_decides),
        TEST(only_a_page_that_searches_nothing_ends_here),
        TEST(an_idle_reader_takes_a_page_from_a_busy_thread),
        TEST(a_refused_call_ends_at_once),
        TEST(reads_do_not_wait_for_changes),
        TEST(reads_do_not_wait_for_scans),
        TEST(a_change_that_finds_the_queue_full_is_busy),
        TEST(a_change_may_run_again),
        TEST(a_change_that_is_alone_ends_here),
        TEST(a_repeat_in_a_lost_batch_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
