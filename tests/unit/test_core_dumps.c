/* Core dumps: off by default, on where the hard limit allows. */
#include "unit.h"

#include "core_dumps.h"

#include <sys/prctl.h>
#include <sys/resource.h>

static rlim_t soft_limit(void)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
    return limit.rlim_cur;
}

static void test_off_leaves_no_dump_and_lets_nobody_read_the_memory(void **state)
{
    (void)state;
    assert_true(core_dumps_allow(false));
    assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
    assert_int_equal(soft_limit(), 0);
}

static void test_on_raises_the_limit_to_the_hard_one(void **state)
{
    (void)state;
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
    assert_true(core_dumps_allow(false));
    assert_true(core_dumps_allow(true));
    assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 1);
    assert_true(soft_limit() == limit.rlim_max);
    assert_true(core_dumps_allow(false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_off_leaves_no_dump_and_lets_nobody_read_the_memory),
        cmocka_unit_test(test_on_raises_the_limit_to_the_hard_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
