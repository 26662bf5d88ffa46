/* Refusals that repeat: one line a second for each reason and peer, with a count. */
#include "stderr_capture.h"
#include "unit.h"

#include "refusals.h"

#include <stdio.h>
#include <string.h>

/* The text logged at the end of a second, from the message on. */
static const char *ticked(void)
{
    stderr_capture();
    refusals_tick();
    const char *text = stderr_captured();
    const char *message = strstr(text, "msg=");
    return message == NULL ? text : message;
}

static int forget(void **state)
{
    (void)state;
    (void)ticked();
    (void)ticked();
    return 0;
}

static void test_the_first_is_logged_and_the_others_are_counted(void **state)
{
    (void)state;
    assert_true(refusals_admit("TLS_NOT_TLS", "address", "10.0.0.7:5001"));
    assert_false(refusals_admit("TLS_NOT_TLS", "address", "10.0.0.7:5002"));
    assert_false(refusals_admit("TLS_NOT_TLS", "address", "10.0.0.7:5003"));
    assert_string_equal(ticked(), "msg=\"Refused again.\" address=10.0.0.7 reason=TLS_NOT_TLS times=2\n");
}

/* It goes on: the next second has one line, too, and that of the second after has none. */
static void test_a_flood_is_one_line_a_second(void **state)
{
    (void)state;
    assert_true(refusals_admit("ROLE_MISSING", "caller", "eva"));
    for (size_t second = 0; second < 2; second++) {
        assert_false(refusals_admit("ROLE_MISSING", "caller", "eva"));
        assert_string_equal(ticked(), "msg=\"Refused again.\" caller=eva reason=ROLE_MISSING times=1\n");
    }
    assert_string_equal(ticked(), "");
    assert_true(refusals_admit("ROLE_MISSING", "caller", "eva"));
}

static void test_reasons_and_peers_are_apart(void **state)
{
    static const struct {
        const char *reason, *kind, *peer;
    } rows[] = {
        {"ROLE_MISSING", "caller", "eva"},        {"CPF_TAKEN", "caller", "eva"},
        {"ROLE_MISSING", "caller", "ana"},        {"ROLE_MISSING", "caller", "10.0.0.7:5001"},
        {"ROLE_MISSING", "address", "[::1]:500"}, {"ROLE_MISSING", "address", "[::2]:500"},
        {"ROLE_MISSING", "address", "::3"},       {"ROLE_MISSING", "address", "10.0.0.7"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_true(refusals_admit(rows[i].reason, rows[i].kind, rows[i].peer));
    assert_string_equal(ticked(), "");
    assert_true(refusals_admit("X", "address", "[::1]:500"));
    assert_false(refusals_admit("X", "address", "[::1]:501"));
}

/* From any number of addresses: the table's bound is that of the lines. */
static void test_many_peers_are_counted_together(void **state)
{
    char peer[24];
    size_t lines = 0;
    (void)state;
    for (size_t i = 0; i < 1000; i++) {
        snprintf(peer, sizeof peer, "10.0.%zu.%zu:9", i / 250, i % 250);
        lines += refusals_admit("BUSY", "address", peer);
    }
    assert_in_range(lines, 1, 200);
    char expected[96];
    snprintf(expected, sizeof expected, "msg=\"Refused again.\" address=others reason=various times=%zu\n",
             1000 - lines);
    assert_string_equal(ticked(), expected);
    assert_string_equal(ticked(), "");
}

#define TEST(name) cmocka_unit_test_setup(name, forget)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_first_is_logged_and_the_others_are_counted),
        TEST(test_a_flood_is_one_line_a_second),
        TEST(test_reasons_and_peers_are_apart),
        TEST(test_many_peers_are_counted_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
