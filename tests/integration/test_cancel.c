/* Cancelled calls end at once in any state, report what is known of them, and leave the client usable. So do
 * calls whose deadline passes. */
#include "outcome.h"

#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum {
    PATIENT_MS = 600000, /* a deadline longer than any test */
    BRIEF_MS = 100,
    LOST_MS = 3000, /* time to lose a connection in */
    PATIENCE_MS = 20000,
};

static struct school school;
static aluno_client *client;
static const aluno_health_check_request check;
static atomic_bool disconnected;

static aluno_pending *start_patiently(aluno_method_id method, const void *request, struct outcome *outcome)
{
    aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
    options.timeout_ms = PATIENT_MS;
    return outcome_start(client, method, request, &options, outcome);
}

/* Cancels the call and dispatches its completion, which must report CANCELLED. */
static void cancel(aluno_pending *call, const struct outcome *outcome)
{
    aluno_cancel(call);
    aluno_cancel(call); /* the second changes nothing */
    assert_int_equal(outcome->times, 0);
    assert_int_equal(aluno_client_wait(client, -1), 1);
    outcome_check(outcome, "CALL_CANCELLED");
    assert_int_equal(outcome->code, ALUNO_CANCELLED);
}

static void expect_service(void)
{
    aluno_health_check_reply reply;
    assert_int_equal(aluno_health_check(client, &check, &reply, NULL, NULL), ALUNO_OK);
}

/* Returns the state of a change, from GetOperation. */
static void read_operation(const char *request_id, aluno_operation *operation)
{
    aluno_get_operation_request request = {0};
    ALUNO_SET_TEXT(request, request_id, request_id);
    assert_int_equal(aluno_get_operation(client, &request, operation, NULL, NULL), ALUNO_OK);
}

static bool is_committed(void *request_id)
{
    static aluno_operation operation;
    read_operation(request_id, &operation);
    return strcmp(operation.state, "COMMITTED") == 0;
}

static void expect_operation(const char *request_id, const char *state)
{
    static aluno_operation operation;
    read_operation(request_id, &operation);
    assert_string_equal(operation.state, state);
}

/* Whether the kernel holds bytes that the halted service has not read. */
static bool has_arrived(void *argument)
{
    (void)argument;
    char line[256];
    unsigned port, state;
    uint64_t unread = 0;
    FILE *sockets = fopen("/proc/net/tcp", "re");
    assert_non_null(sockets);
    while (unread == 0 && fgets(line, sizeof line, sockets) != NULL)
        if (sscanf(line, " %*u: %*x:%x %*x:%*x %x %*x:%" SCNx64, &port, &state, &unread) != 3 ||
            port != school.port || state != 1)
            unread = 0;
    fclose(sockets);
    return unread > 0;
}

/* ---- with the service ---- */

static void test_while_the_service_is_halted(void **state)
{
    (void)state;
    const aluno_create_student_request request = school_student(1);
    struct outcome outcome = {0};
    char request_id[37];
    expect_service();
    school_halt(&school);
    aluno_pending *call = start_patiently(ALUNO_METHOD_create_student, &request, &outcome);
    memcpy(request_id, aluno_pending_request_id(call), sizeof request_id);
    assert_true(school_wait(has_arrived, NULL, PATIENCE_MS));
    cancel(call, &outcome); /* the service is still halted */
    assert_string_equal(outcome.request_id, request_id);
    school_resume(&school);
    expect_service();
    assert_true(school_wait(is_committed, request_id, PATIENCE_MS)); /* the request had arrived */
}

static void test_a_read_has_no_request_id(void **state)
{
    (void)state;
    struct outcome outcome = {0};
    expect_service();
    school_halt(&school);
    aluno_pending *call = start_patiently(ALUNO_METHOD_health_check, &check, &outcome);
    assert_null(aluno_pending_request_id(call));
    cancel(call, &outcome);
    assert_string_equal(outcome.request_id, "");
    school_resume(&school);
    expect_service();
}

/* The other calls are not affected. */
static void test_one_of_many(void **state)
{
    (void)state;
    struct outcome outcomes[9] = {0};
    aluno_pending *calls[9];
    expect_service();
    school_halt(&school);
    for (size_t i = 0; i < 9; i++)
        calls[i] = start_patiently(ALUNO_METHOD_health_check, &check, &outcomes[i]);
    cancel(calls[4], &outcomes[4]);
    school_resume(&school);
    outcome_wait_all(client);
    for (size_t i = 0; i < 9; i++)
        outcome_check(&outcomes[i], i == 4 ? "CALL_CANCELLED" : "");
}

static void test_after_the_end(void **state)
{
    (void)state;
    struct outcome outcome = {0};
    aluno_pending *call = outcome_start_check(client, &outcome);
    outcome_wait_ends(client);
    aluno_cancel(call);
    assert_int_equal(aluno_client_dispatch(client, 0), 1);
    outcome_check(&outcome, "");
    expect_service();
}

/* ---- without a connection ---- */

static void test_while_waiting_for_the_connection(void **state)
{
    (void)state;
    const aluno_create_student_request request = school_student(2);
    struct outcome outcome = {0};
    char request_id[37];
    expect_service();
    school_kill(&school);
    aluno_pending *call = start_patiently(ALUNO_METHOD_create_student, &request, &outcome);
    memcpy(request_id, aluno_pending_request_id(call), sizeof request_id);
    cancel(call, &outcome);
    school_start(&school);
    expect_service();
    expect_operation(request_id, "NOT_SEEN");
}

/* A dial that is never accepted takes longer than the cancelled call. */
static void test_while_dialling(void **state)
{
    (void)state;
    char server[64];
    uint16_t port;
    struct outcome outcome = {0};
    const int silent = school_listen_silently(&port);
    aluno_client_options options = school_client_options(&school);
    snprintf(server, sizeof server, "tls+tcp://127.0.0.1:%u", port);
    options.server = server;
    aluno_client_close(client);
    assert_int_equal(aluno_client_open(&client, &options, NULL), ALUNO_OK);
    cancel(start_patiently(ALUNO_METHOD_health_check, &check, &outcome), &outcome);
    close(silent);
}

/* The interceptor's hook: an attempt failed and another follows. */
static void note_retry(void *retrying, const aluno_attempt *attempt)
{
    if (attempt->retry_in_ms >= 0)
        atomic_store((atomic_bool *)retrying, true);
}

static bool is_set(void *flag)
{
    return atomic_load((atomic_bool *)flag);
}

static void test_while_waiting_for_a_retry(void **state)
{
    (void)state;
    atomic_bool retrying = false;
    struct outcome outcome = {0};
    aluno_client_options options = school_client_options(&school);
    options.interceptor = (aluno_interceptor){.after = note_retry, .user = &retrying};
    aluno_client_close(client);
    assert_int_equal(aluno_client_open(&client, &options, NULL), ALUNO_OK);
    expect_service();
    school_halt(&school);
    aluno_pending *call = start_patiently(ALUNO_METHOD_health_check, &check, &outcome);
    school_kill(&school);
    assert_true(school_wait(is_set, &retrying, PATIENCE_MS));
    cancel(call, &outcome);
    school_start(&school);
    expect_service();
}

/* ---- deadlines ---- */

/* The connection stays: the client does not dial again. */
static void test_too_late(void **state)
{
    (void)state;
    const aluno_create_student_request request = school_student(3);
    aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
    aluno_statistics stats = {.size = sizeof stats};
    aluno_reply_metadata metadata;
    aluno_student stored;
    struct outcome outcome = {0};
    expect_service();
    school_halt(&school);
    options.timeout_ms = BRIEF_MS;
    outcome_start(client, ALUNO_METHOD_create_student, &request, &options, &outcome);
    outcome_wait_all(client);
    outcome_check(&outcome, "DEADLINE_PASSED");
    assert_int_equal(outcome.code, ALUNO_DEADLINE_EXCEEDED);
    school_resume(&school);
    expect_service();
    aluno_client_statistics(client, &stats);
    assert_int_equal(stats.connections, 1);
    options = (aluno_call_options){.size = sizeof options, .request_id = outcome.request_id};
    options.metadata = &metadata;
    assert_int_equal(aluno_create_student(client, &request, &stored, &options, NULL), ALUNO_OK);
    assert_true(school_is_student(&stored, 3));
    assert_string_equal(metadata.request_id, outcome.request_id);
    expect_operation(outcome.request_id, "COMMITTED");
}

/* The connection is lost after an attempt has begun and before its message is sent: nng keeps the message for
 * the next connection. */
static void kill_the_service(void *unused, aluno_attempt *attempt)
{
    (void)unused;
    (void)attempt;
    if (school.pid == 0)
        return;
    school_kill(&school);
    assert_true(school_wait(is_set, &disconnected, PATIENCE_MS));
}

static void note_connection(void *unused, aluno_connection_state state, const char *server,
                            const aluno_error *why)
{
    (void)unused;
    (void)server;
    (void)why;
    if (state == ALUNO_TRANSIENT_FAILURE)
        atomic_store(&disconnected, true);
}

static void test_too_late_for_a_connection(void **state)
{
    (void)state;
    aluno_health_check_reply reply;
    aluno_error error;
    aluno_client_options options = school_client_options(&school);
    options.on_state = note_connection;
    options.interceptor.before = kill_the_service;
    options.timeout_ms = LOST_MS;
    aluno_client_close(client);
    atomic_store(&disconnected, false);
    assert_int_equal(aluno_client_open(&client, &options, NULL), ALUNO_OK);
    assert_int_equal(aluno_client_connect(client, PATIENCE_MS, NULL), ALUNO_OK);
    assert_int_equal(aluno_health_check(client, &check, &reply, NULL, &error), ALUNO_UNAVAILABLE);
    assert_string_equal(error.reason, "CONNECTION_REFUSED");
}

static void test_impossible_times(void **state)
{
    (void)state;
    static const int64_t times_ms[] = {INT64_MIN, -1, 86400001, INT64_MAX};
    aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
    aluno_health_check_reply reply;
    aluno_error error;
    for (size_t i = 0; i < sizeof times_ms / sizeof *times_ms; i++) {
        options.timeout_ms = times_ms[i];
        assert_int_equal(aluno_health_check(client, &check, &reply, &options, &error),
                         ALUNO_INVALID_ARGUMENT);
        assert_string_equal(error.violations.items[0].field, "timeout_ms");
    }
    assert_int_equal(aluno_client_connect(client, INT64_MAX, NULL), ALUNO_OK);
}

static int set_up(void **state)
{
    school_set_up(state);
    client = school_client(&school);
    return 0;
}

static int tear_down(void **state)
{
    aluno_client_close(client);
    return school_tear_down(state);
}

#define CLIENT_TEST(name) cmocka_unit_test_prestate_setup_teardown(name, set_up, tear_down, &school)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLIENT_TEST(test_while_the_service_is_halted),
        CLIENT_TEST(test_a_read_has_no_request_id),
        CLIENT_TEST(test_one_of_many),
        CLIENT_TEST(test_after_the_end),
        CLIENT_TEST(test_while_waiting_for_the_connection),
        CLIENT_TEST(test_while_dialling),
        CLIENT_TEST(test_while_waiting_for_a_retry),
        CLIENT_TEST(test_too_late),
        CLIENT_TEST(test_too_late_for_a_connection),
        CLIENT_TEST(test_impossible_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
