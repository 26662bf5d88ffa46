/* sdk/protocol/identifiers.c: new request ids. test_rules.c has what is one. */
#include "unit.h"

#include "protocol/identifiers.h"

#include <aluno/values.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

static bool has_random = true;

/* Replaces libc's: random bits are all set. */
ssize_t getrandom(void *buffer, size_t length, unsigned flags)
{
    (void)flags;
    if (!has_random) {
        errno = ENOSYS;
        return -1;
    }
    memset(buffer, 0xFF, length);
    return (ssize_t)length;
}

static void test_a_new_id_has_the_time_and_random_bits(void **state)
{
    (void)state;
    char id[37];
    assert_true(aluno_request_id_new(id));
    assert_true(aluno__uuid_is_valid(id));
    assert_true(aluno__uuid_time(id) > 0);
    assert_string_equal(id + 13, "-7fff-bfff-ffffffffffff");
}

static void test_without_random_bits_there_is_no_id(void **state)
{
    (void)state;
    char id[37] = "untouched";
    has_random = false;
    assert_false(aluno_request_id_new(id));
    assert_string_equal(id, "untouched");
    has_random = true;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_new_id_has_the_time_and_random_bits),
        cmocka_unit_test(test_without_random_bits_there_is_no_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
