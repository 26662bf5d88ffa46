/* One client, several services of one registry: it leaves one that serves nobody, though it accepts
 * connections, and returns. Here each service has a registry of its own, so that a call shows which one
 * served it. */
#include "traffic.h"

#include <signal.h>
#include <stdio.h>

enum { PROGRESS = 200, PATIENCE_MS = 30000, BRIEF_MS = 2500, CLIENTS = 32 };

static struct school first, second;

static aluno_client *open_client(aluno_balance balance)
{
    char server[64];
    aluno_client *client;
    aluno_client_options options = school_client_options(&first);
    snprintf(server, sizeof server, "127.0.0.1:%u,127.0.0.1:%u", first.port, second.port);
    options.server = server;
    options.balance = balance;
    options.timeout_ms = PATIENCE_MS;
    assert_int_equal(aluno_client_open(&client, &options, NULL), ALUNO_OK);
    return client;
}

static int64_t create(aluno_client *client, uint32_t number, int64_t timeout_ms)
{
    const aluno_create_student_request request = school_student(number);
    aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
    aluno_student stored;
    aluno_error error;
    options.timeout_ms = timeout_ms;
    return aluno_create_student(client, &request, &stored, &options, &error);
}

/* How many students the service has that serves the client. */
static int64_t total(aluno_client *client)
{
    static aluno_list_students_reply page;
    const aluno_list_students_request list = {.has.page_size = true, .page_size = 1};
    assert_int_equal(aluno_list_students(client, &list, &page, NULL, NULL), ALUNO_OK);
    return page.total_size;
}

static bool has_students(aluno_client *client, const struct school *school)
{
    aluno_client *other = school_client(school);
    const bool same = total(client) == total(other);
    aluno_client_close(other);
    return same;
}

/* Until the client is served by the first again, which has one student more than the second. */
static bool is_served_by_first(void *client)
{
    return has_students(client, &first);
}

/* ---- a service whose database is gone ---- */

static void move_database(const char *from, const char *to)
{
    char source[128];
    snprintf(source, sizeof source, "%s", school_file(&first, from));
    assert_int_equal(rename(source, school_file(&first, to)), 0);
}

/* Without its file, the first refuses changes with STORE_MOVED, which a client of the first alone would
 * receive. */
static void test_refused_changes_go_elsewhere(void **state)
{
    (void)state;
    aluno_client *client = open_client(ALUNO_IN_ORDER);
    assert_int_equal(create(client, 1, 0), ALUNO_OK);
    move_database("aluno.db", "moved.db");
    assert_int_equal(create(client, 2, 0), ALUNO_OK);
    assert_int_equal(create(client, 3, 0), ALUNO_OK);
    aluno_client *alone = school_client(&second);
    assert_int_equal(total(alone), 2);
    aluno_client_close(alone);
    move_database("moved.db", "aluno.db");
    assert_true(school_wait(is_served_by_first, client, PATIENCE_MS));
    aluno_client_close(client);
}

/* ---- a service that hangs ---- */

/* The call that it lets pass fails; later ones are made by the second. */
static void test_silence_goes_elsewhere(void **state)
{
    (void)state;
    aluno_client *client = open_client(ALUNO_IN_ORDER);
    assert_int_equal(create(client, 1, 0), ALUNO_OK);
    school_halt(&first);
    assert_int_equal(create(client, 2, BRIEF_MS), ALUNO_DEADLINE_EXCEEDED);
    assert_int_equal(create(client, 3, 0), ALUNO_OK);
    school_resume(&first);
    assert_true(school_wait(is_served_by_first, client, PATIENCE_MS));
    aluno_client_close(client);
}

/* ---- a service that is replaced ---- */

static void test_draining_loses_no_call(void **state)
{
    (void)state;
    struct traffic traffic;
    aluno_client *client = open_client(ALUNO_IN_ORDER);
    traffic_start(&traffic, client);
    traffic_run(&traffic, PROGRESS);
    school_signal(&first, SIGTERM);
    traffic_run(&traffic, PROGRESS);
    assert_int_equal(school_join(&first), 0);
    traffic_run(&traffic, PROGRESS);
    school_start(&first);
    traffic_run(&traffic, PROGRESS);
    traffic_stop(&traffic);
    aluno_client_close(client);
}

/* ---- many clients ---- */

static size_t count_at_first(aluno_balance balance)
{
    size_t count = 0;
    aluno_client *one = school_client(&first);
    assert_int_equal(create(one, 1, 0), ALUNO_OK);
    aluno_client_close(one);
    for (size_t i = 0; i < CLIENTS; i++) {
        aluno_client *client = open_client(balance);
        count += (size_t)total(client);
        aluno_client_close(client);
    }
    return count;
}

static void test_in_order_all_prefer_the_first(void **state)
{
    (void)state;
    assert_int_equal(count_at_first(ALUNO_IN_ORDER), CLIENTS);
}

static void test_at_random_they_are_shared(void **state)
{
    (void)state;
    const size_t count = count_at_first(ALUNO_AT_RANDOM);
    assert_in_range(count, 1, CLIENTS - 1); /* fails once in 2^31 runs */
}

static int set_up(void **state)
{
    (void)state;
    school_open(&first, 55);
    school_open_second(&second, &first);
    school_start(&first);
    school_start(&second);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    school_stop(&first);
    school_stop(&second);
    school_close(&second);
    school_close(&first);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_refused_changes_go_elsewhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_silence_goes_elsewhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_draining_loses_no_call, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_in_order_all_prefer_the_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_at_random_they_are_shared, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
