/* service/watchdog.c: the leaked connections by which it detects a wedged nng. */
#include "unit.h"

#include "watchdog.h"

enum { NOW = 1000000 };

static void test_nothing_stuck_is_no_wedge(void **state)
{
    (void)state;
    struct watchdog watchdog = {0};
    for (int64_t ms = 0; ms < 120000; ms += 1000)
        assert_false(watchdog_is_wedged(&watchdog, 0, 0, NOW + ms));
}

static void test_a_connection_that_is_not_admitted_is_one(void **state)
{
    (void)state;
    struct watchdog watchdog = {0};
    assert_true(watchdog_is_wedged(&watchdog, 0, 1, NOW));
}

static void test_stuck_connections_are_one_after_a_while(void **state)
{
    (void)state;
    static const struct {
        size_t stuck;
        int64_t wedged_ms;
    } cases[] = {{1, 30000}, {31, 30000}, {32, 5000}, {1000, 5000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct watchdog watchdog = {0};
        assert_false(watchdog_is_wedged(&watchdog, 0, 0, NOW));
        assert_false(watchdog_is_wedged(&watchdog, cases[i].stuck, 0, NOW));
        assert_false(watchdog_is_wedged(&watchdog, cases[i].stuck, 0, NOW + cases[i].wedged_ms - 1));
        assert_true(watchdog_is_wedged(&watchdog, cases[i].stuck, 0, NOW + cases[i].wedged_ms));
    }
}

/* Connections that nng frees in time restart the timer. */
static void test_connections_that_are_given_back_are_forgotten(void **state)
{
    (void)state;
    struct watchdog watchdog = {0};
    assert_false(watchdog_is_wedged(&watchdog, 5, 0, NOW));
    assert_false(watchdog_is_wedged(&watchdog, 0, 0, NOW + 29000));
    assert_false(watchdog_is_wedged(&watchdog, 5, 0, NOW + 31000));
    assert_true(watchdog_is_wedged(&watchdog, 5, 0, NOW + 59000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_stuck_is_no_wedge),
        cmocka_unit_test(test_a_connection_that_is_not_admitted_is_one),
        cmocka_unit_test(test_stuck_connections_are_one_after_a_while),
        cmocka_unit_test(test_connections_that_are_given_back_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
