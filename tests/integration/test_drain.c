/* alunod stopped by SIGTERM, and restarted by SIGUSR2, while calls are under way. */
#include "registrar.h"

#include <signal.h>
#include <stdio.h>

enum {
    REGISTRARS = 16,
    CLIENTS = 4, /* shared by them */
    STUDENTS_BEFORE = IS_SANITIZED ? 100 : 400,
    PROGRESS_MS = 20000,
    BRIEF_MS = 1500,    /* a deadline that passes while the service is down */
    PATIENT_MS = 20000, /* a deadline longer than a restart */
    RESTARTS = 3,
};

static struct school school;
static struct registrar registrars[REGISTRARS];
static aluno_client *clients[CLIENTS];

static bool have_created(void *argument)
{
    const unsigned *wanted = argument;
    unsigned count = 0;
    for (size_t i = 0; i < REGISTRARS; i++)
        count += atomic_load(&registrars[i].created);
    return count >= *wanted;
}

static void start_work(int64_t timeout_ms)
{
    for (size_t i = 0; i < CLIENTS; i++)
        clients[i] = school_client(&school);
    for (uint32_t i = 0; i < REGISTRARS; i++) {
        registrars[i] = (struct registrar){
            .client = clients[i % CLIENTS], .first = 1000000 * (i + 1), .timeout_ms = timeout_ms};
        registrar_start(&registrars[i]);
    }
}

static void wait_for_students(unsigned count)
{
    assert_true(school_wait(have_created, &count, PROGRESS_MS));
}

static void stop_work(void)
{
    for (size_t i = 0; i < REGISTRARS; i++)
        registrar_stop(&registrars[i]);
}

static void close_clients(void)
{
    for (size_t i = 0; i < CLIENTS; i++)
        aluno_client_close(clients[i]);
}

/* Calls fail only with UNAVAILABLE or DEADLINE_EXCEEDED, and acknowledged changes are stored. */
static void test_stop_under_load(void **state)
{
    (void)state;
    start_work(BRIEF_MS);
    wait_for_students(STUDENTS_BEFORE);
    school_stop(&school);
    stop_work();
    for (size_t i = 0; i < REGISTRARS; i++) {
        if (registrars[i].other_than_down > 0)
            fail_msg("a call failed with %s: %s", registrars[i].failure.reason,
                     registrars[i].failure.message);
        assert_int_equal(registrars[i].wrong, 0);
    }
    school_start(&school);
    registrar_check_students(registrars, REGISTRARS, clients[0]);
    close_clients();
    school_stop(&school);
}

/* No call fails when the service is back before its deadline. */
static void test_restart_under_load(void **state)
{
    (void)state;
    start_work(PATIENT_MS);
    for (unsigned i = 1; i <= RESTARTS; i++) {
        wait_for_students(i * STUDENTS_BEFORE);
        school_stop(&school);
        school_start(&school);
    }
    wait_for_students((RESTARTS + 1) * STUDENTS_BEFORE);
    stop_work();
    for (size_t i = 0; i < REGISTRARS; i++)
        registrar_check_no_failures(&registrars[i]);
    registrar_check_students(registrars, REGISTRARS, clients[0]);
    close_clients();
    school_stop(&school);
}

static bool has_restarted(void *argument)
{
    const size_t *starts = argument;
    return school_count_in_log(&school, "Server started...") >= *starts;
}

/* The service restarts in the same process, as after a wedged nng. No call fails. */
static void test_restart_in_place(void **state)
{
    (void)state;
    start_work(PATIENT_MS);
    for (size_t i = 1; i <= RESTARTS; i++) {
        size_t starts = i + 1;
        wait_for_students((unsigned)i * STUDENTS_BEFORE);
        school_signal(&school, SIGUSR2);
        assert_true(school_wait(has_restarted, &starts, PROGRESS_MS));
    }
    wait_for_students((RESTARTS + 1) * STUDENTS_BEFORE);
    stop_work();
    for (size_t i = 0; i < REGISTRARS; i++)
        registrar_check_no_failures(&registrars[i]);
    registrar_check_students(registrars, REGISTRARS, clients[0]);
    char pid[32];
    snprintf(pid, sizeof pid, "pid=%ld", (long)school.pid);
    assert_int_equal(school_count_in_log(&school, pid), 1 + RESTARTS);
    close_clients();
    school_stop(&school);
}

/* An idle service ends at once. */
static void test_stop_when_idle(void **state)
{
    (void)state;
    aluno_client *client = school_client(&school);
    assert_int_equal(aluno_client_connect(client, 0, NULL), ALUNO_OK);
    const int64_t begun_ms = school_now_ms();
    school_stop(&school);
    assert_true(school_now_ms() - begun_ms < 5000);
    aluno_client_close(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHOOL_TEST(test_stop_under_load, school_set_up),
        SCHOOL_TEST(test_restart_under_load, school_set_up),
        SCHOOL_TEST(test_restart_in_place, school_set_up),
        SCHOOL_TEST(test_stop_when_idle, school_set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
