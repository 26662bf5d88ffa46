/* Errors that a program or a binding creates. */
#include "unit.h"

#include "protocol/error.h"

#include <string.h>

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
    assert_string_equal(aluno__error_words(&error), "100 %s");

    aluno_error_set(&error, ALUNO_REASON_CLIENT_CLOSED, NULL);
    assert_int_equal(error.code, ALUNO_CANCELLED);
    assert_false(error.has.detail);
    assert_string_equal(aluno__error_words(&error), error.message);
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

/* Former content of the memory is no part of the error. */
static void test_an_error_in_used_memory(void **state)
{
    (void)state;
    aluno_error error;
    memset(&error, 1, sizeof error);
    aluno_error_add_violation(&error, "age", ALUNO_REASON_AGE_RANGE, NULL);
    assert_int_equal(error.violations.count, 1);
    assert_false(error.violations.items[0].has.detail);
    assert_string_equal(error.violations.items[0].detail, "");
    assert_false(error.has.detail || error.has.request_id || error.has.retry_after_ms);
    assert_string_equal(error.detail, "");
}

/* An error fits on a program's stack. */
static void test_an_error_is_small(void **state)
{
    (void)state;
    assert_in_range(sizeof(aluno_error), 1, 9000);
}

static void test_the_message_names_the_first_violation(void **state)
{
    (void)state;
    aluno_error error = {0};
    aluno_error_add_violation(&error, "br_document", ALUNO_REASON_CPF_LENGTH, "10");
    aluno_error_add_violation(&error, "age", ALUNO_REASON_AGE_RANGE, NULL);
    assert_string_equal(error.message,
                        "some fields are not valid: br_document: the CPF must have 11 digits (10)");
    aluno_error_translate(&error, ALUNO_PT);
    assert_string_equal(error.message, "há campos inválidos: br_document: o CPF deve ter 11 dígitos (10)");
}

static void test_the_message_names_no_other_violation(void **state)
{
    (void)state;
    aluno_error error = {0};
    aluno_error_set(&error, ALUNO_REASON_FIELDS_INVALID, NULL);
    assert_string_equal(error.message, "some fields are not valid");
    aluno_error_add_violation(&error, "students[1].br_document", ALUNO_REASON_CPF_TAKEN, NULL);
    ALUNO_SET_TEXT(error, reason, "CPF_TAKEN");
    aluno_error_translate(&error, ALUNO_EN);
    assert_string_equal(error.message, aluno_reason_of(ALUNO_REASON_CPF_TAKEN)->text[ALUNO_EN]);
}

static void test_format_writes_all_line_by_line(void **state)
{
    (void)state;
    aluno_error error = {0};
    aluno_error_add_violation(&error, "br_document", ALUNO_REASON_CPF_LENGTH, "10");
    aluno_error_add_violation(&error, "age", ALUNO_REASON_AGE_RANGE, NULL);
    ALUNO_SET_TEXT(error, request_id, "0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d");
    static const char whole[] = "FIELDS_INVALID: há campos inválidos\n"
                                "  br_document: o CPF deve ter 11 dígitos (10)\n"
                                "  age: a idade deve estar entre 0 e 150\n"
                                "corrija cada campo indicado\n"
                                "request_id: 0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d\n";
    char text[512];
    assert_int_equal(aluno_error_format(&error, ALUNO_PT, text, sizeof text), strlen(whole));
    assert_string_equal(text, whole);
    assert_int_equal(aluno_error_format(&error, ALUNO_PT, NULL, 0), strlen(whole));
    char fits[sizeof "FIELDS_INVALID: há"], cut[sizeof fits - 1]; /* `cut` ends between the bytes of á */
    assert_int_equal(aluno_error_format(&error, ALUNO_PT, fits, sizeof fits), strlen(whole));
    assert_string_equal(fits, "FIELDS_INVALID: há");
    aluno_error_format(&error, ALUNO_PT, cut, sizeof cut);
    assert_string_equal(cut, "FIELDS_INVALID: h");
}

static void test_format_of_a_reason_that_is_unknown(void **state)
{
    (void)state;
    aluno_error error = {0};
    ALUNO_SET_TEXT(error, reason, "MOON_FULL");
    ALUNO_SET_TEXT(error, message, "the moon is full");
    char text[64];
    aluno_error_format(&error, ALUNO_PT, text, sizeof text);
    assert_string_equal(text, "MOON_FULL: the moon is full\n");
}

static void test_the_words_of_a_violation(void **state)
{
    (void)state;
    aluno_violation violation = {0};
    ALUNO_SET_TEXT(violation, field, "age");
    ALUNO_SET_TEXT(violation, reason, "MOON_FULL");
    char text[64];
    assert_int_equal(aluno_violation_message(&violation, ALUNO_EN, text, sizeof text), strlen("MOON_FULL"));
    assert_string_equal(text, "MOON_FULL");
    ALUNO_SET_TEXT(violation, detail, "7");
    ALUNO_SET_TEXT(violation, reason, "AGE_RANGE");
    aluno_violation_message(&violation, ALUNO_EN, text, sizeof text);
    assert_string_equal(text, "the age must be from 0 to 150 (7)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_error_has_the_reason_its_code_and_its_words),
        cmocka_unit_test(test_violations_beyond_the_capacity_are_counted_in_the_detail),
        cmocka_unit_test(test_an_error_in_used_memory),
        cmocka_unit_test(test_an_error_is_small),
        cmocka_unit_test(test_the_message_names_the_first_violation),
        cmocka_unit_test(test_the_message_names_no_other_violation),
        cmocka_unit_test(test_format_writes_all_line_by_line),
        cmocka_unit_test(test_format_of_a_reason_that_is_unknown),
        cmocka_unit_test(test_the_words_of_a_violation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
