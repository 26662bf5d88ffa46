/* Errors that a program or a binding makes itself. */
#include <aluno/error.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_an_error_has_the_reason_its_code_and_its_words(void **state)
{
    (void)state;
    aluno_error error = {0};
    error.violations.count = 3;
    assert_int_equal(aluno_error_set(&error, ALUNO_REASON_FILE_UNUSABLE, "100 %s"), ALUNO_INVALID_ARGUMENT);
    assert_true(aluno_error_is(&error, ALUNO_REASON_FILE_UNUSABLE));
    assert_int_equal(error.code, ALUNO_INVALID_ARGUMENT);
    assert_string_equal(error.detail, "100 %s");
    assert_int_equal(error.violations.count, 0);
    assert_non_null(strstr(error.message, "(100 %s)"));

    aluno_error_set(&error, ALUNO_REASON_CLIENT_CLOSED, NULL);
    assert_int_equal(error.code, ALUNO_CANCELLED);
    assert_false(error.has.detail);
    assert_int_equal(aluno_error_set(NULL, ALUNO_REASON_CLIENT_CLOSED, "x"), ALUNO_CANCELLED);
}

static void test_violations_beyond_the_capacity_are_counted_in_the_detail(void **state)
{
    (void)state;
    aluno_error error = {0};
    const size_t capacity = sizeof error.violations.items / sizeof *error.violations.items;
    for (size_t i = 0; i < capacity; i++)
        aluno_error_add_violation(&error, "name", ALUNO_REASON_FIELD_KIND, "text");
    assert_true(aluno_error_is(&error, ALUNO_REASON_FIELDS_INVALID));
    assert_false(error.has.detail);
    assert_string_equal(error.violations.items[0].field, "name");
    assert_string_equal(error.violations.items[0].detail, "text");
    assert_int_equal(aluno_error_add_violation(&error, "age", ALUNO_REASON_FIELD_KIND, NULL),
                     ALUNO_INVALID_ARGUMENT);
    assert_int_equal(error.violations.count, capacity);
    assert_string_equal(error.detail, "> 32");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_error_has_the_reason_its_code_and_its_words),
        cmocka_unit_test(test_violations_beyond_the_capacity_are_counted_in_the_detail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
