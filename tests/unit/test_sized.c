/* Structs that begin with their size: which members are read, and which sizes are refused. */
#include "unit.h"

#include "protocol/sized.h"

#include <string.h>

typedef struct known {
    size_t size;
    long first, second;
} known;

typedef struct newer {
    known known;
    long third;
} newer;

static known read_good(const void *given)
{
    known own = {sizeof own, 1, 2};
    aluno_error error = {0};
    assert_int_equal(aluno__sized_read(&own, sizeof own, given, "aluno_known", &error), ALUNO_OK);
    return own;
}

static void check_refused(const void *given, const char *detail)
{
    known own = {sizeof own, 1, 2};
    aluno_error error = {0};
    assert_int_equal(aluno__sized_read(&own, sizeof own, given, "aluno_known", &error),
                     ALUNO_INVALID_ARGUMENT);
    assert_string_equal(error.reason, "OPTION_INVALID");
    if (strstr(error.detail, detail) == NULL)
        fail_msg("%s", error.detail);
    assert_int_equal(own.first, 1);
}

static void test_read(void **state)
{
    (void)state;
    const known same = {sizeof same, 10, 20};
    const known older = {offsetof(known, second), 10, 20};
    const known oldest = {offsetof(known, first), 10, 20};
    const newer unused = {{sizeof unused, 10, 20}, 0};
    assert_int_equal(read_good(&same).second, 20);
    assert_int_equal(read_good(&older).first, 10);
    assert_int_equal(read_good(&older).second, 2); /* the default */
    assert_int_equal(read_good(&oldest).first, 1);
    assert_int_equal(read_good(&unused).second, 20);
    const known halved = {offsetof(known, second) + 4, 10, 20};
    assert_int_equal(read_good(&halved).second, 2); /* no half of it */
}

static void test_refused(void **state)
{
    (void)state;
    const known unset = {0, 10, 20}, cut = {sizeof(size_t) - 1, 10, 20};
    const newer used = {{sizeof used, 10, 20}, 30};
    check_refused(&unset, "aluno_known.size: 0; initialise the struct with its _INIT macro");
    const known garbage = {SIZE_MAX, 10, 20};
    check_refused(&cut, "aluno_known.size: 7; initialise");
    check_refused(&garbage,
                  "initialise the struct with its _INIT macro"); /* and is not read beyond its end */
    check_refused(&used, "aluno_known: sets a member that libaluno ");
}

static void test_write(void **state)
{
    (void)state;
    const known own = {sizeof own, 1, 2};
    known none = {0, 10, 20}, older = {offsetof(known, second), 10, 20};
    newer more = {{sizeof more, 10, 20}, 30};
    aluno__sized_write(&none, &own, sizeof own);
    aluno__sized_write(&older, &own, sizeof own);
    aluno__sized_write(&more, &own, sizeof own);
    assert_int_equal(none.first, 10);
    assert_int_equal(older.first, 1);
    assert_int_equal(older.second, 20);
    assert_int_equal(older.size, offsetof(known, second));
    assert_int_equal(more.known.second, 2);
    assert_int_equal(more.known.size, sizeof own);
    assert_int_equal(more.third, 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_write),
    };
    return cmocka_run_group_tests_name("sized", tests, NULL, NULL);
}
