/* The options of a client: their sizes and limits, and the errors of those that are refused. */
#include "school.h"

#include <stdio.h>
#include <string.h>

static struct school school;

/* ---- options of programs that were built otherwise ---- */

typedef struct newer_options {
    aluno_client_options known;
    long added;
} newer_options;

static void check_refused(const void *options, const char *detail)
{
    aluno_client *client = NULL;
    aluno_error error = {0};
    assert_int_equal(aluno_client_open(&client, options, &error), ALUNO_INVALID_ARGUMENT);
    assert_string_equal(error.reason, "OPTION_INVALID");
    if (strstr(error.detail, detail) == NULL)
        fail_msg("%s", error.detail);
    assert_null(client);
}

static void test_sizes_of_options(void **state)
{
    (void)state;
    aluno_client_options unset = school_client_options(&school);
    newer_options newer = {unset, 0};
    aluno_call_options call = {0};
    aluno_error error = {0};
    aluno_client *client;
    unset.size = 0;
    check_refused(&unset, "aluno_client_options.size: 0; ");
    newer.known.size = sizeof newer;
    newer.added = 1;
    check_refused(&newer, "aluno_client_options: sets a member");
    newer.added = 0;
    assert_int_equal(aluno_client_open(&client, &newer.known, &error), ALUNO_OK);

    const aluno_health_check_request request = {0};
    aluno_health_check_reply reply;
    assert_int_equal(aluno_health_check(client, &request, &reply, &call, &error), ALUNO_INVALID_ARGUMENT);
    assert_non_null(strstr(error.detail, "aluno_call_options.size: 0; "));
    assert_int_equal(aluno_start_health_check(client, &request, &call, NULL, NULL, NULL, &error),
                     ALUNO_INVALID_ARGUMENT);
    assert_int_equal(aluno_client_pending(client), 0);
    aluno_client_close(client);
}

/* A call's deadline is a day at most, so a watch waits no longer. */
static void test_limits_of_watch_options(void **state)
{
    (void)state;
    const int64_t day_ms = 24 * 60 * 60 * 1000;
    const aluno_client_options options = school_client_options(&school);
    aluno_watch_options watching = ALUNO_WATCH_OPTIONS_INIT;
    const aluno_student_change *change;
    aluno_error error = {0};
    aluno_client *client;
    aluno_watch *watch;
    assert_int_equal(aluno_client_open(&client, &options, &error), ALUNO_OK);
    const int64_t refused[] = {-1, day_ms + 1, INT64_MAX};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        watching.wait_ms = refused[i];
        assert_int_equal(aluno_watch_open(&watch, client, &watching, &error), ALUNO_INVALID_ARGUMENT);
        assert_string_equal(error.detail, "aluno_watch_options.wait_ms");
    }
    watching.wait_ms = day_ms;
    assert_int_equal(aluno_watch_open(&watch, client, &watching, &error), ALUNO_OK);
    assert_int_equal(aluno_watch_next(watch, 0, &change, &error), ALUNO_OK);
    aluno_watch_close(watch);
    aluno_client_close(client);
}

/* The caller's error may be one of before: its violations are not the watch's. */
static void test_a_watch_is_refused_by_its_own_violation(void **state)
{
    (void)state;
    const aluno_client_options options = school_client_options(&school);
    aluno_watch_options watching = ALUNO_WATCH_OPTIONS_INIT;
    char long_text[600] = "";
    aluno_client *client;
    aluno_watch *watch;
    assert_int_equal(aluno_client_open(&client, &options, NULL), ALUNO_OK);
    memset(long_text, 'a', sizeof long_text - 1);
    for (int i = 0; i < 2; i++) {
        aluno_error error = {0};
        aluno_error_add_violation(&error, "student.name", ALUNO_REASON_FIELD_REQUIRED, NULL);
        watching.after = i == 0 ? long_text : NULL;
        watching.query = i == 1 ? long_text : NULL;
        assert_int_equal(aluno_watch_open(&watch, client, &watching, &error), ALUNO_INVALID_ARGUMENT);
        assert_int_equal(error.violations.count, 1);
        assert_string_equal(error.violations.items[0].field, i == 0 ? "after" : "query");
    }
    aluno_client_close(client);
}

/* The size covers `size` alone: the program's contract is unknown. */
static void test_options_without_a_contract(void **state)
{
    (void)state;
    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    aluno_error error = {0};
    aluno_client *client;
    options.size = offsetof(aluno_client_options, contract);
    assert_int_equal(aluno_client_open(&client, &options, &error), ALUNO_FAILED_PRECONDITION);
    assert_string_equal(error.reason, "CONTRACT_MISMATCH");
    assert_int_equal(aluno_credentials_check(&options, &error), ALUNO_FAILED_PRECONDITION);
}

/* The error of a program with another contract is no aluno_error of the library, whatever its bytes say. */
static void test_an_error_of_another_layout(void **state)
{
    (void)state;
    static const char *const contract[] = {"version 0.1.0", NULL};
    aluno_client_options options = school_client_options(&school);
    aluno_client *client;
    aluno_error error = {0}, before;
    aluno_error_set(&error, ALUNO_REASON_CPF_TAKEN, NULL);
    ALUNO_SET_TEXT(error, message, "its own");
    memcpy(&before, &error, sizeof before);
    options.contract = contract;
    assert_int_equal(aluno_client_open(&client, &options, &error), ALUNO_FAILED_PRECONDITION);
    assert_memory_equal(&error, &before, sizeof error);
}

/* ---- limits and names ---- */

/* The error names the option and its bounds. */
static void test_limits_of_options(void **state)
{
    (void)state;
    char long_name[66], addresses[512] = "";
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    for (int i = 0; i < 9; i++)
        strcat(addresses, i == 0 ? "tls+tcp://127.0.0.1:1" : ", tls+tcp://127.0.0.1:1");

    aluno_client_options options = school_client_options(&school);
    options.timeout_ms = -1;
    check_refused(&options, "timeout_ms: 1 – 86400000");
    options.timeout_ms = 86400001;
    check_refused(&options, "timeout_ms: 1 – 86400000");
    options = school_client_options(&school);
    options.language = (aluno_language)7;
    check_refused(&options, "language: ALUNO_EN | ALUNO_PT");
    options = school_client_options(&school);
    options.balance = (aluno_balance)7;
    check_refused(&options, "balance: ALUNO_IN_ORDER | ALUNO_AT_RANDOM");
    options = school_client_options(&school);
    options.user_agent = long_name;
    check_refused(&options, "user_agent: <= 64 bytes");
    options = school_client_options(&school);
    options.purpose = "CPF 529.982.247-25";
    check_refused(&options, "purpose: words, <= 127 bytes, no CPF, no e-mail address");
    options = school_client_options(&school);
    options.max_pending = 65537;
    check_refused(&options, "max_pending: 1 – 65536");
    options = school_client_options(&school);
    options.server = addresses;
    check_refused(&options, "server: <= 8 addresses");

    options = school_client_options(&school);
    options.timeout_ms = 86400000;
    options.max_pending = 65536;
    options.user_agent = long_name + 1;
    aluno_client *client;
    assert_int_equal(aluno_client_open(&client, &options, NULL), ALUNO_OK);
    const aluno_health_check_request request = {0};
    aluno_health_check_reply reply;
    assert_int_equal(aluno_health_check(client, &request, &reply, NULL, NULL), ALUNO_OK);
    aluno_client_close(client);
}

/* The error names a missing option as the program writes it. */
static void test_names_of_options(void **state)
{
    (void)state;
    aluno_client_options options = school_client_options(&school);
    options.cert_file = NULL;
    check_refused(&options, "cert_file: is required");
    options = school_client_options(&school);
    options.key_file = NULL;
    check_refused(&options, "key_file: is required");
    options = school_client_options(&school);
    options.key_file = "/nowhere/key.pem";
    check_refused(&options, "key_file /nowhere/key.pem: no such file");
    options.server = "localhost";
    check_refused(&options, "server localhost: HOST:PORT");
}

/* ---- its name ---- */

static bool is_logged(void *unused)
{
    (void)unused;
    return school_count_in_log(&school, "CreateStudent user_agent=secretaria/1.2 caller=ana ") == 1;
}

static void test_user_agent(void **state)
{
    (void)state;
    aluno_client_options options = school_client_options(&school);
    const aluno_create_student_request request = school_student(1);
    aluno_client *client;
    aluno_student reply;
    aluno_error error;
    options.user_agent = "secretaria/1.2";
    assert_int_equal(aluno_client_open(&client, &options, NULL), ALUNO_OK);
    assert_int_equal(aluno_create_student(client, &request, &reply, NULL, &error), ALUNO_OK);
    aluno_client_close(client);
    assert_true(school_wait(is_logged, NULL, 5000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHOOL_TEST(test_sizes_of_options, school_set_up),
        SCHOOL_TEST(test_options_without_a_contract, school_set_up),
        SCHOOL_TEST(test_an_error_of_another_layout, school_set_up),
        SCHOOL_TEST(test_limits_of_options, school_set_up),
        SCHOOL_TEST(test_limits_of_watch_options, school_set_up),
        SCHOOL_TEST(test_a_watch_is_refused_by_its_own_violation, school_set_up),
        SCHOOL_TEST(test_names_of_options, school_set_up),
        SCHOOL_TEST(test_user_agent, school_set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
