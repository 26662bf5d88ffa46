/* The SDK when memory runs out: in each run every n-th allocation fails, n = 1, 2, 3 …, so that each
 * allocation is the first to fail once. A failure is reported, later calls succeed, and nothing leaks.
 * (Allocations of nng and mbed TLS do not fail here.) */
#include "school.h"

#include <aluno/memory.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RUNS = 200, /* at least, and until a run allocates less than n times */
    ROUNDS = 4, /* of calls in a run */
    BATCH = 3,
    STARTED = 4,
    CLOSED_MS = 10000,
};

static struct school school;

/* ---- memory ---- */

static struct {
    atomic_ulong period; /* every so-many-th allocation fails; 0: none does */
    atomic_ulong allocations;
    atomic_long blocks; /* allocated and not freed */
} memory;

static bool fails(void)
{
    const unsigned long period = atomic_load(&memory.period);
    return period != 0 && (atomic_fetch_add(&memory.allocations, 1) + 1) % period == 0;
}

static void *allocate(void *user, size_t size)
{
    (void)user;
    void *at = fails() ? NULL : malloc(size);
    atomic_fetch_add(&memory.blocks, at != NULL);
    return at;
}

static void *reallocate(void *user, void *at, size_t size)
{
    (void)user;
    void *moved = fails() ? NULL : realloc(at, size);
    atomic_fetch_add(&memory.blocks, at == NULL && moved != NULL);
    return moved;
}

static void release(void *user, void *at)
{
    (void)user;
    atomic_fetch_sub(&memory.blocks, at != NULL);
    free(at);
}

static bool is_all_back(void *unused)
{
    (void)unused;
    return atomic_load(&memory.blocks) == 0;
}

/* ---- one run ---- */

static void check_outcome(aluno_code code, aluno_code wanted, const aluno_error *error)
{
    if (code == ALUNO_OK) {
        assert_int_equal(wanted, ALUNO_OK);
        return;
    }
    if (code != wanted && code != ALUNO_RESOURCE_EXHAUSTED)
        fail_msg("%lu: %s %s", atomic_load(&memory.period), error->reason, error->detail);
    assert_int_equal(error->code, code);
    if (code == ALUNO_RESOURCE_EXHAUSTED)
        assert_string_equal(error->reason, "OUT_OF_MEMORY");
}

/* Retries, with memory available, a failed change whose outcome is unknown. */
static void create(aluno_client *client, uint32_t number)
{
    const unsigned long period = atomic_load(&memory.period);
    const aluno_create_student_request request = school_student(number);
    aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
    aluno_student stored = {0};
    aluno_error error = {0};
    aluno_code code = aluno_create_student(client, &request, &stored, NULL, &error);
    check_outcome(code, ALUNO_OK, &error);
    if (code != ALUNO_OK) {
        options.request_id = error.has.request_id ? error.request_id : NULL;
        atomic_store(&memory.period, 0);
        code = aluno_create_student(client, &request, &stored, &options, &error);
        atomic_store(&memory.period, period);
    }
    if (code != ALUNO_OK)
        fail_msg("n = %lu: %s %s", period, error.reason, error.detail);
    assert_true(school_is_student(&stored, number));
}

static void create_wrong(aluno_client *client)
{
    aluno_create_student_request request = school_student(1);
    aluno_student stored;
    aluno_error error = {0};
    ALUNO_SET(request.student, age, 151);
    ALUNO_SET_TEXT(request.student, email, "nobody");
    const aluno_code code = aluno_create_student(client, &request, &stored, NULL, &error);
    check_outcome(code, ALUNO_INVALID_ARGUMENT, &error);
    if (code == ALUNO_INVALID_ARGUMENT)
        assert_int_equal(error.violations.count, 2);
}

static void create_batch(aluno_client *client)
{
    static aluno_batch_create_students_request request;
    static aluno_batch_create_students_reply reply;
    aluno_error error = {0};
    ALUNO_SET(request, validate_only, true);
    request.has.students = true;
    request.students.count = BATCH;
    for (uint32_t i = 0; i < BATCH; i++)
        request.students.items[i] = school_student(1000000 + i).student;
    const aluno_code code = aluno_batch_create_students(client, &request, &reply, NULL, &error);
    check_outcome(code, ALUNO_OK, &error);
    if (code == ALUNO_OK)
        assert_int_equal(reply.students.count, BATCH);
}

static void read(aluno_client *client)
{
    static aluno_list_students_reply page;
    const aluno_list_students_request list = {.has.page_size = true, .page_size = 10};
    const aluno_get_student_request nobody = {.has.id = true, .id = INT64_MAX};
    aluno_student found;
    aluno_error error = {0};
    check_outcome(aluno_list_students(client, &list, &page, NULL, &error), ALUNO_OK, &error);
    check_outcome(aluno_get_student(client, &nobody, &found, NULL, &error), ALUNO_NOT_FOUND, &error);
}

static void on_ended(void *user, const aluno_result *result)
{
    const aluno_code *wanted = user;
    if (result->code != ALUNO_OK)
        check_outcome(result->code, *wanted, result->error);
    else
        assert_non_null(result->reply);
}

/* Starts calls, and cancels every other one at once. */
static void start_calls(aluno_client *client)
{
    static aluno_code succeeds = ALUNO_OK, cancelled = ALUNO_CANCELLED;
    const aluno_health_check_request check = {0};
    aluno_error error = {0};
    for (size_t i = 0; i < STARTED; i++) {
        aluno_pending *call;
        const aluno_code code = aluno_start_health_check(client, &check, NULL, on_ended,
                                                         i % 2 == 0 ? &cancelled : &succeeds, &call, &error);
        check_outcome(code, ALUNO_OK, &error);
        if (code == ALUNO_OK && i % 2 == 0)
            aluno_cancel(call);
    }
    while (aluno_client_pending(client) > 0)
        (void)aluno_client_wait(client, -1);
}

static void check_next_call(aluno_client *client)
{
    const aluno_health_check_request check = {0};
    aluno_health_check_reply health;
    aluno_error error = {0};
    if (aluno_health_check(client, &check, &health, NULL, &error) != ALUNO_OK)
        fail_msg("%s: %s", error.reason, error.detail);
}

static void use(aluno_client *client, uint32_t number)
{
    aluno_error error = {0};
    check_outcome(aluno_client_connect(client, 0, &error), ALUNO_OK, &error);
    create(client, number);
    for (size_t i = 0; i < ROUNDS; i++) {
        create_wrong(client);
        create_batch(client);
        read(client);
        start_calls(client);
    }
}

/* Opens, uses and closes a client while every n-th allocation fails. Returns how many there were. */
static unsigned long run(unsigned long n)
{
    aluno_client *client = NULL;
    aluno_error error = {0};
    const aluno_client_options options = school_client_options(&school);
    atomic_store(&memory.allocations, 0);
    atomic_store(&memory.period, n);
    const aluno_code code = aluno_client_open(&client, &options, &error);
    check_outcome(code, ALUNO_OK, &error);
    if (code == ALUNO_OK) {
        use(client, (uint32_t)n);
        atomic_store(&memory.period, 0);
        check_next_call(client);
        atomic_store(&memory.period, n);
        aluno_client_close(client);
    }
    atomic_store(&memory.period, 0);
    if (!school_wait(is_all_back, NULL, CLOSED_MS))
        fail_msg("n = %lu: %ld blocks leaked", n, atomic_load(&memory.blocks));
    return atomic_load(&memory.allocations);
}

static void test_every_nth_allocation_fails(void **state)
{
    (void)state;
    unsigned long n = 1;
    while (run(n) >= n || n < RUNS)
        n++;
}

static int set_up(void **state)
{
    (void)state;
    static const aluno_allocator counting = {allocate, reallocate, release, NULL};
    aluno_set_allocator(&counting);
    school_open(&school, 100);
    school_start(&school);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHOOL_TEST(test_every_nth_allocation_fails, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
