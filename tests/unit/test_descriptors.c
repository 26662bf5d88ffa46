/* The limit of open files follows the number of connections, as far as the hard limit allows. */
#include "unit.h"

#include "descriptors.h"

#include <sys/resource.h>

static struct rlimit limit_now(void)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    return limit;
}

static void set_limit(rlim_t soft, rlim_t hard)
{
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){.rlim_cur = soft, .rlim_max = hard}), 0);
}

static void test_the_soft_limit_is_raised(void **state)
{
    (void)state;
    set_limit(100, 600);
    assert_int_equal(descriptors_for_connections(300), 300);
    descriptors_allow(300);
    assert_in_range(limit_now().rlim_cur, 301, 599);
    const rlim_t raised = limit_now().rlim_cur;
    descriptors_allow(10);
    assert_int_equal(limit_now().rlim_cur, raised); /* it is not lowered */
}

static void test_the_hard_limit_bounds_it(void **state)
{
    (void)state;
    set_limit(100, 600);
    assert_in_range(descriptors_for_connections(1000), 300, 599);
    descriptors_allow(1000);
    assert_int_equal(limit_now().rlim_cur, 600);
    assert_int_equal(limit_now().rlim_max, 600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_soft_limit_is_raised),
        cmocka_unit_test(test_the_hard_limit_bounds_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
