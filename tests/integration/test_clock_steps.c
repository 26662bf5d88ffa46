/* The calendar clock is set while calls wait: their deadlines stay where they were. */
#include "outcome.h"

#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { SHORT_MS = 300, LONG_MS = 20000, STEP_MS = 10, HOUR_S = 3600 };

static struct school school;

/* The C library's, for all libraries of this program. */
static atomic_long shift_s;

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, struct timespec *now)
{
    const int failure = (int)syscall(SYS_clock_gettime, clock, now);
    if (failure == 0 && clock == CLOCK_REALTIME)
        now->tv_sec += atomic_load(&shift_s);
    return failure;
}

/* A client of a service that hangs. */
static aluno_client *open_client(void)
{
    aluno_client *client = school_client(&school);
    aluno_error error;
    assert_int_equal(aluno_client_connect(client, LONG_MS, &error), ALUNO_OK);
    school_halt(&school);
    return client;
}

static void start(aluno_client *client, int64_t timeout_ms, struct outcome *outcome)
{
    static const aluno_health_check_request check = {0};
    aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
    options.timeout_ms = timeout_ms;
    outcome_start(client, ALUNO_METHOD_health_check, &check, &options, outcome);
}

/* Sets the clock again and again, so also while nng waits, until a call has ended. */
static void set_clock(aluno_client *client, long step_s)
{
    do
        atomic_fetch_add(&shift_s, step_s);
    while (aluno_client_wait(client, STEP_MS) == 0);
}

static void test_a_clock_that_is_set_back(void **state)
{
    (void)state;
    aluno_client *client = open_client();
    struct outcome outcome = {0};
    start(client, SHORT_MS, &outcome);
    set_clock(client, -HOUR_S);
    outcome_check(&outcome, "DEADLINE_PASSED");
    school_resume(&school);
    aluno_client_close(client);
}

static void test_a_clock_that_is_set_forward(void **state)
{
    (void)state;
    aluno_client *client = open_client();
    struct outcome patient = {0}, impatient = {0};
    start(client, LONG_MS, &patient);
    start(client, SHORT_MS, &impatient);
    set_clock(client, HOUR_S);
    outcome_check(&impatient, "DEADLINE_PASSED");
    school_resume(&school);
    outcome_wait_all(client);
    outcome_check(&patient, "");
    aluno_client_close(client);
}

static int set_up(void **state)
{
    atomic_store(&shift_s, 0);
    return school_set_up(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHOOL_TEST(test_a_clock_that_is_set_back, set_up),
        SCHOOL_TEST(test_a_clock_that_is_set_forward, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
