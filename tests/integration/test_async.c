/* Started calls: a thousand from one thread, completions on the dispatching thread only, a program's own
 * event loop, the bound on their number, and closing while they are in progress. */
#include "outcome.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum {
    CALLS = 1000,
    CHAIN = 100,
    FEW = 10,
    PLACES = 8,
    CLOSED = 100,
    PATIENCE_MS = 30000,
};

static struct school school;
static struct outcome outcomes[CALLS];

static bool is_readable(aluno_client *client, int timeout_ms)
{
    struct pollfd event = {.fd = aluno_client_fd(client), .events = POLLIN};
    return poll(&event, 1, timeout_ms) == 1;
}

static void start_checks(aluno_client *client, size_t count)
{
    memset(outcomes, 0, sizeof outcomes);
    for (size_t i = 0; i < count; i++)
        outcome_start_check(client, &outcomes[i]);
}

static size_t count_ended(void)
{
    size_t count = 0;
    for (size_t i = 0; i < CALLS; i++)
        count += outcomes[i].times;
    return count;
}

/* ---- a thousand ---- */

static void *dispatch_all(void *client)
{
    outcome_wait_all(client);
    return NULL;
}

/* More than the service lets one certificate have in progress: the client makes them in turn, and none is
 * refused. */
static void test_a_thousand_calls(void **state)
{
    (void)state;
    aluno_client *client = school_client(&school);
    aluno_statistics stats = {.size = sizeof stats};
    pthread_t dispatcher;
    aluno_call_options patient = ALUNO_CALL_OPTIONS_INIT;
    patient.timeout_ms = PATIENCE_MS;
    memset(outcomes, 0, sizeof outcomes);
    for (uint32_t i = 0; i < CALLS; i++) {
        const aluno_create_student_request request = school_student(i);
        outcome_start(client, ALUNO_METHOD_create_student, &request, &patient, &outcomes[i]);
    }
    assert_true(is_readable(client, PATIENCE_MS));
    assert_int_equal(count_ended(), 0); /* completions run only in a dispatch */
    assert_int_equal(aluno_client_pending(client), CALLS);
    assert_int_equal(pthread_create(&dispatcher, NULL, dispatch_all, client), 0);
    pthread_join(dispatcher, NULL);
    for (uint32_t i = 0; i < CALLS; i++) {
        outcome_check(&outcomes[i], "");
        assert_true(pthread_equal(outcomes[i].thread, dispatcher));
        assert_true(school_is_student(&outcomes[i].student, i));
    }
    aluno_client_statistics(client, &stats);
    assert_int_equal(stats.retries, 0);
    assert_int_equal(stats.connections, 1);
    aluno_client_close(client);
    assert_int_equal(count_ended(), CALLS);
}

static void test_refused_at_once(void **state)
{
    (void)state;
    aluno_client *client = school_client(&school);
    const aluno_create_student_request nothing = {0};
    struct outcome outcome = {0};
    aluno_pending *call = NULL;
    aluno_error error = {0};
    assert_int_equal(
        aluno_start_create_student(client, &nothing, NULL, outcome_note, &outcome, &call, &error),
        ALUNO_INVALID_ARGUMENT);
    assert_string_equal(error.reason, "FIELDS_INVALID");
    assert_null(call);
    assert_int_equal(aluno_client_pending(client), 0);
    assert_int_equal(aluno_client_wait(client, -1), 0); /* it does not wait: nothing is pending */
    aluno_client_close(client);
    assert_int_equal(outcome.times, 0);
}

/* ---- dispatching ---- */

static void test_dispatch_some(void **state)
{
    (void)state;
    aluno_client *client = school_client(&school);
    assert_false(is_readable(client, 0));
    start_checks(client, FEW);
    outcome_wait_ends(client);
    assert_int_equal(aluno_client_dispatch(client, 3), 3);
    for (size_t i = 0; i < FEW; i++)
        assert_true(outcomes[i].times <= 1);
    assert_int_equal(count_ended(), 3);
    assert_true(is_readable(client, 0));
    assert_int_equal(aluno_client_dispatch(client, 0), FEW - 3);
    assert_false(is_readable(client, 0));
    assert_int_equal(aluno_client_dispatch(client, 0), 0);
    assert_int_equal(aluno_client_pending(client), 0);
    aluno_client_close(client);
}

/* An event loop that polls the client's descriptor and a pipe: the completions write to the pipe, and the
 * loop reads it. */
static void write_to_pipe(void *user, const aluno_result *result)
{
    const char byte = result->code == ALUNO_OK ? 'y' : 'n';
    assert_int_equal(write(*(const int *)user, &byte, 1), 1);
}

static void test_foreign_loop(void **state)
{
    (void)state;
    aluno_client *client = school_client(&school);
    const aluno_health_check_request check = {0};
    int ends[2];
    size_t written = 0;
    assert_int_equal(pipe(ends), 0);
    for (size_t i = 0; i < FEW; i++)
        assert_int_equal(aluno_start_health_check(client, &check, NULL, write_to_pipe, &ends[1], NULL, NULL),
                         ALUNO_OK);
    struct pollfd events[] = {{.fd = aluno_client_fd(client), .events = POLLIN},
                              {.fd = ends[0], .events = POLLIN}};
    while (written < FEW) {
        char bytes[FEW];
        assert_true(poll(events, 2, PATIENCE_MS) > 0);
        if (events[0].revents != 0)
            aluno_client_dispatch(client, 0);
        if (events[1].revents != 0) {
            const ssize_t count = read(ends[0], bytes, sizeof bytes);
            assert_true(count > 0 && memchr(bytes, 'n', (size_t)count) == NULL);
            written += (size_t)count;
        }
    }
    assert_int_equal(written, FEW);
    aluno_client_close(client);
    close(ends[0]);
    close(ends[1]);
}

/* ---- completions that call ---- */

struct chain {
    aluno_client *client;
    unsigned left;
};

/* Makes a synchronous call and starts the next. */
static void go_on(void *user, const aluno_result *result)
{
    struct chain *chain = user;
    const aluno_health_check_request check = {0};
    aluno_health_check_reply reply;
    assert_int_equal(result->code, ALUNO_OK);
    if (--chain->left == 0)
        return;
    assert_int_equal(aluno_health_check(chain->client, &check, &reply, NULL, NULL), ALUNO_OK);
    assert_int_equal(aluno_start_health_check(chain->client, &check, NULL, go_on, chain, NULL, NULL),
                     ALUNO_OK);
}

static void test_calls_from_completions(void **state)
{
    (void)state;
    struct chain chain = {.client = school_client(&school), .left = CHAIN};
    const aluno_health_check_request check = {0};
    assert_int_equal(aluno_start_health_check(chain.client, &check, NULL, go_on, &chain, NULL, NULL),
                     ALUNO_OK);
    while (aluno_client_pending(chain.client) > 0)
        assert_true(aluno_client_wait(chain.client, -1) <=
                    1); /* calls that a completion starts wait for the next dispatch */
    assert_int_equal(chain.left, 0);
    aluno_client_close(chain.client);
}

/* ---- the bound ---- */

static void expect_no_place(aluno_client *client)
{
    const aluno_health_check_request check = {0};
    aluno_error error = {0};
    aluno_pending *call = NULL;
    assert_int_equal(aluno_start_health_check(client, &check, NULL, NULL, NULL, &call, &error),
                     ALUNO_RESOURCE_EXHAUSTED);
    assert_true(aluno_error_is(&error, ALUNO_REASON_CALLS_TOO_MANY));
    assert_null(call);
}

static void test_too_many(void **state)
{
    (void)state;
    aluno_client_options options = school_client_options(&school);
    const aluno_health_check_request check = {0};
    aluno_client *client;
    options.max_pending = PLACES;
    assert_int_equal(aluno_client_open(&client, &options, NULL), ALUNO_OK);
    start_checks(client, PLACES);
    expect_no_place(client);
    outcome_wait_ends(client);
    expect_no_place(client); /* an ended call counts until it is dispatched */
    assert_int_equal(aluno_client_dispatch(client, 1), 1);
    assert_int_equal(aluno_start_health_check(client, &check, NULL, NULL, NULL, NULL, NULL), ALUNO_OK);
    expect_no_place(client);
    outcome_wait_all(client);
    for (size_t i = 0; i < PLACES; i++)
        outcome_check(&outcomes[i], "");
    start_checks(client, PLACES);
    outcome_wait_all(client);
    aluno_client_close(client);
}

/* ---- closing ---- */

/* Closes with ended calls, calls without a reply, and completions that try to start more. */
static void start_on(void *user, const aluno_result *result)
{
    struct chain *chain = user;
    const aluno_health_check_request check = {0};
    aluno_error error = {0};
    chain->left--;
    assert_string_equal(result->error->reason, "CLIENT_CLOSED");
    assert_int_equal(aluno_start_health_check(chain->client, &check, NULL, start_on, chain, NULL, &error),
                     ALUNO_CANCELLED);
    assert_string_equal(error.reason, "CLIENT_CLOSED");
}

static void test_close_under_started_calls(void **state)
{
    (void)state;
    struct chain chain = {.client = school_client(&school), .left = 1};
    const aluno_health_check_request check = {0};
    start_checks(chain.client, FEW);
    outcome_wait_ends(chain.client);
    school_halt(&school);
    for (size_t i = FEW; i < CLOSED; i++)
        outcome_start_check(chain.client, &outcomes[i]);
    assert_int_equal(aluno_start_health_check(chain.client, &check, NULL, start_on, &chain, NULL, NULL),
                     ALUNO_OK);
    aluno_client_close(chain.client);
    school_resume(&school);
    for (size_t i = 0; i < CLOSED; i++)
        outcome_check(&outcomes[i], i < FEW ? "" : "CLIENT_CLOSED");
    assert_int_equal(chain.left, 0);
}

/* The calls wait for a dial that is never accepted. */
static void test_close_while_dialling(void **state)
{
    (void)state;
    char server[64];
    uint16_t port;
    const int silent = school_listen_silently(&port);
    aluno_client_options options = school_client_options(&school);
    aluno_client *client;
    snprintf(server, sizeof server, "tls+tcp://127.0.0.1:%u", port);
    options.server = server;
    assert_int_equal(aluno_client_open(&client, &options, NULL), ALUNO_OK);
    start_checks(client, CLOSED);
    aluno_client_close(client);
    for (size_t i = 0; i < CLOSED; i++)
        outcome_check(&outcomes[i], "CLIENT_CLOSED");
    close(silent);
}

/* ---- waiting ---- */

static atomic_bool has_returned;

static void do_nothing(int number)
{
    (void)number;
}

/* Sends many signals: one that arrives before the wait does not end it. */
static void *interrupt(void *waiter)
{
    const struct timespec moment = {.tv_nsec = 5000000};
    while (!atomic_load(&has_returned)) {
        pthread_kill(*(const pthread_t *)waiter, SIGUSR1);
        nanosleep(&moment, NULL);
    }
    return NULL;
}

static void test_signals_end_waiting(void **state)
{
    (void)state;
    aluno_client *client = school_client(&school);
    const struct sigaction action = {.sa_handler = do_nothing};
    pthread_t self = pthread_self(), interrupter;
    assert_int_equal(aluno_client_connect(client, 0, NULL), ALUNO_OK);
    school_halt(&school);
    start_checks(client, 1);
    assert_int_equal(aluno_client_wait(client, 0), 0);
    assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
    assert_int_equal(pthread_create(&interrupter, NULL, interrupt, &self), 0);
    assert_int_equal(aluno_client_wait(client, -1), 0);
    atomic_store(&has_returned, true);
    pthread_join(interrupter, NULL);
    assert_int_equal(aluno_client_pending(client), 1);
    school_resume(&school);
    outcome_wait_all(client);
    outcome_check(&outcomes[0], "");
    aluno_client_close(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHOOL_TEST(test_a_thousand_calls, school_set_up),
        SCHOOL_TEST(test_refused_at_once, school_set_up),
        SCHOOL_TEST(test_dispatch_some, school_set_up),
        SCHOOL_TEST(test_foreign_loop, school_set_up),
        SCHOOL_TEST(test_calls_from_completions, school_set_up),
        SCHOOL_TEST(test_too_many, school_set_up),
        SCHOOL_TEST(test_close_under_started_calls, school_set_up),
        SCHOOL_TEST(test_close_while_dialling, school_set_up),
        SCHOOL_TEST(test_signals_end_waiting, school_set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
