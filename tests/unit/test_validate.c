/* sdk/protocol/validate.c and fail.c: validation of whole messages, and the texts of errors. */
#include "unit.h"

#include "protocol/codec.h"
#include "protocol/error.h"
#include "base/utf8.h"

#include "protocol/validate.h"
#include <aluno/values.h>

#include <stdio.h>

static aluno_error error;

static aluno_student good_student(void)
{
    aluno_student student = {0};
    ALUNO_SET_TEXT(student, name, " Ana ");
    ALUNO_SET(student, age, 20);
    ALUNO_SET_TEXT(student, br_document, "529.982.247-25");
    ALUNO_SET_TEXT(student, email, "ana@example.com");
    return student;
}

/* Checks the violations of `error`, written "path REASON; path REASON". */
static void check_violations(const char *expected)
{
    char found[4096] = "";
    size_t at = 0;
    assert_string_equal(error.reason, "FIELDS_INVALID");
    for (size_t i = 0; i < error.violations.count && at < sizeof found; i++)
        at += (size_t)snprintf(found + at, sizeof found - at, "%s%s %s", i > 0 ? "; " : "",
                               error.violations.items[i].field, error.violations.items[i].reason);
    assert_string_equal(found, expected);
}

static void check_refused(const aluno_message_desc *type, void *message, const char *expected)
{
    assert_int_equal(aluno_validate(type, message, false, &error), ALUNO_INVALID_ARGUMENT);
    check_violations(expected);
}

static void test_good_values_are_normalised(void **state)
{
    (void)state;
    aluno_create_student_request request = {0};
    ALUNO_SET(request, student, good_student());
    assert_int_equal(aluno_validate(&aluno_create_student_request_type, &request, false, &error), ALUNO_OK);
    assert_string_equal(request.student.name, "Ana");
    assert_string_equal(request.student.br_document, "52998224725");
}

static void test_required_fields(void **state)
{
    (void)state;
    aluno_create_student_request request = {0};
    check_refused(&aluno_create_student_request_type, &request, "student FIELD_REQUIRED");
    request.has.student = true;
    check_refused(&aluno_create_student_request_type, &request,
                  "student.name FIELD_REQUIRED; student.age FIELD_REQUIRED");
    assert_string_equal(error.violations.items[1].detail, "age | birth_date");
    assert_int_equal(aluno_validate(&aluno_student_type, &request.student, true, &error), ALUNO_OK);
}

/* Either will do, and so do both. */
static void test_age_or_birth_date(void **state)
{
    (void)state;
    aluno_student student = good_student();
    ALUNO_SET_TEXT(student, birth_date, " 5/3/2010 ");
    assert_int_equal(aluno_validate(&aluno_student_type, &student, false, &error), ALUNO_OK);
    assert_string_equal(student.birth_date, "2010-03-05");
    student.has.age = false;
    assert_int_equal(aluno_validate(&aluno_student_type, &student, false, &error), ALUNO_OK);
    ALUNO_SET_TEXT(student, birth_date, "31/02/2010");
    check_refused(&aluno_student_type, &student, "birth_date BIRTH_DATE_UNKNOWN");
}

/* Fields that the policy expects are required where the service validates, and not inside an update. */
static void test_the_policy_requires_fields(void **state)
{
    (void)state;
    const aluno_student_has policy = {.br_document = true};
    aluno_create_student_request request = {0};
    ALUNO_SET(request, student, good_student());
    request.student.has.br_document = request.student.has.email = false;
    assert_int_equal(aluno_validate(&aluno_create_student_request_type, &request, false, &error), ALUNO_OK);
    assert_int_equal(
        aluno__validate_expected(&aluno_create_student_request_type, &request, ALUNO_OK, &policy, &error),
        ALUNO_INVALID_ARGUMENT);
    check_violations("student.br_document FIELD_REQUIRED");
    aluno_update_student_request update = {.has = {.id = true, .student = true}, .id = 1};
    assert_int_equal(
        aluno__validate_expected(&aluno_update_student_request_type, &update, ALUNO_OK, &policy, &error),
        ALUNO_OK);
}

static void test_all_violations_at_once(void **state)
{
    (void)state;
    aluno_create_student_request request = {.has.student = true};
    ALUNO_SET_TEXT(request.student, name, "42");
    ALUNO_SET(request.student, age, 151);
    ALUNO_SET_TEXT(request.student, br_document, "11111111111");
    ALUNO_SET_TEXT(request.student, email, "ana@");
    check_refused(&aluno_create_student_request_type, &request,
                  "student.name NAME_NUMBER; student.age AGE_RANGE; "
                  "student.br_document CPF_REPEATED_DIGITS; student.email EMAIL_SYNTAX");
}

/* Fields that the service sets are dropped from a request, valid or not. */
static void test_output_fields_are_cleared(void **state)
{
    (void)state;
    aluno_student student = good_student();
    ALUNO_SET(student, id, -5);
    ALUNO_SET_TEXT(student, etag, "\xFF");
    ALUNO_SET(student, delete_time, 1);
    assert_int_equal(aluno_validate(&aluno_student_type, &student, false, &error), ALUNO_OK);
    assert_false(student.has.id || student.has.etag || student.has.delete_time);
}

static void test_exactly_one_key(void **state)
{
    (void)state;
    aluno_get_student_request request = {0};
    check_refused(&aluno_get_student_request_type, &request, "id FIELD_REQUIRED");
    assert_string_equal(error.violations.items[0].detail, "id | br_document");
    ALUNO_SET_TEXT(request, br_document, "52998224725");
    assert_int_equal(aluno_validate(&aluno_get_student_request_type, &request, false, &error), ALUNO_OK);
    ALUNO_SET(request, id, 0);
    check_refused(&aluno_get_student_request_type, &request, "id FIELD_CONFLICT; id NUMBER_RANGE");
}

static void test_partial_messages(void **state)
{
    (void)state;
    aluno_update_student_request request = {0};
    ALUNO_SET(request, id, 7);
    check_refused(&aluno_update_student_request_type, &request, "student FIELD_REQUIRED");
    request.has.student = true;
    assert_int_equal(aluno_validate(&aluno_update_student_request_type, &request, false, &error), ALUNO_OK);
    ALUNO_SET(request.student, age, -1);
    check_refused(&aluno_update_student_request_type, &request, "student.age AGE_RANGE");
}

static void test_elements_are_named_by_their_place(void **state)
{
    (void)state;
    static aluno_list_students_reply page;
    page.has.students = true;
    page.students.count = 2;
    page.students.items[0] = page.students.items[1] = good_student();
    page.students.items[1].age = 200;
    check_refused(&aluno_list_students_reply_type, &page, "students[1].age AGE_RANGE");
    page.students.count = 101;
    check_refused(&aluno_list_students_reply_type, &page, "students LIST_TOO_LONG");
}

/* Of 100 wrong students the first 32 violations are reported. The rest are still refused. */
static void test_violations_have_their_bound(void **state)
{
    (void)state;
    static aluno_list_students_reply page;
    page.has.students = true;
    page.students.count = 100;
    assert_int_equal(aluno_validate(&aluno_list_students_reply_type, &page, false, &error),
                     ALUNO_INVALID_ARGUMENT);
    assert_int_equal(error.violations.count, 32);
    assert_string_equal(error.violations.items[31].field, "students[15].age");
}

static void test_broken_utf8_is_refused(void **state)
{
    (void)state;
    aluno_student student = good_student();
    ALUNO_SET_TEXT(student, name, "Jo\xE3o"); /* Latin-1 */
    check_refused(&aluno_student_type, &student, "name TEXT_NOT_UTF8");
}

static void test_an_old_error_is_forgotten(void **state)
{
    (void)state;
    aluno_student student = good_student();
    aluno__error_set(&error, ALUNO_REASON_BUSY, "old");
    aluno__error_add_violation(&error, "old", ALUNO_REASON_FIELD_KIND, NULL);
    student.age = -1;
    check_refused(&aluno_student_type, &student, "age AGE_RANGE");
    assert_int_equal(aluno_validate(&aluno_student_type, &student, false, NULL), ALUNO_INVALID_ARGUMENT);
    aluno__error_add_violation(&error, "old", ALUNO_REASON_FIELD_KIND, NULL);
    assert_int_equal(aluno_validate_read(&aluno_student_type, &student, ALUNO_OK, &error),
                     ALUNO_INVALID_ARGUMENT);
    check_violations("age AGE_RANGE");
}

/* One error has the violations of decoding and of the rules. A field that could not be decoded is not
 * missing. */
static void test_what_decoding_found_stays(void **state)
{
    (void)state;
    static const uint8_t bytes[] = "\x81\xA7student\x83\xA3"
                                   "age\xA1x\xA5"
                                   "email\xA1x\xA3zzz\x01";
    aluno_create_student_request request;
    aluno__reader in = {bytes, sizeof bytes - 1, 0};
    aluno_clear(&aluno_error_type, &error);
    const aluno_code decoded =
        aluno__codec_decode(&aluno_create_student_request_type, &request, &in, ALUNO_UNKNOWN_REFUSED, &error);
    assert_int_equal(decoded, ALUNO_INVALID_ARGUMENT);
    assert_int_equal(aluno_validate_read(&aluno_create_student_request_type, &request, decoded, &error),
                     decoded);
    check_violations("student.age FIELD_KIND; student.zzz FIELD_UNKNOWN; student.name FIELD_REQUIRED; "
                     "student.email EMAIL_SYNTAX");
}

/* A violation that an earlier call left behind the count is none of this one. */
static void test_a_violation_behind_the_count_is_none(void **state)
{
    (void)state;
    aluno_create_student_request request = {.has = {.student = false}};
    aluno_clear(&aluno_error_type, &error);
    aluno_error_add_violation(&error, "shoe_size", ALUNO_REASON_FIELD_UNKNOWN, NULL);
    strcpy(error.violations.items[1].field, "student");
    assert_int_equal(
        aluno_validate_read(&aluno_create_student_request_type, &request, ALUNO_INVALID_ARGUMENT, &error),
        ALUNO_INVALID_ARGUMENT);
    assert_int_equal(error.violations.count, 2);
    assert_string_equal(error.violations.items[1].reason, "FIELD_REQUIRED");
}

static void test_an_unread_key_is_a_key(void **state)
{
    (void)state;
    static const uint8_t bytes[] = "\x81\xA2id\xA1x";
    aluno_get_student_request request;
    aluno__reader in = {bytes, sizeof bytes - 1, 0};
    aluno_clear(&aluno_error_type, &error);
    const aluno_code decoded =
        aluno__codec_decode(&aluno_get_student_request_type, &request, &in, ALUNO_UNKNOWN_REFUSED, &error);
    aluno_validate_read(&aluno_get_student_request_type, &request, decoded, &error);
    check_violations("id FIELD_KIND");
}

static void test_one_field(void **state)
{
    (void)state;
    aluno_student student = good_student();
    const aluno_field_desc *cpf =
        aluno_field_named(&aluno_student_type, "br_document", strlen("br_document"));
    assert_int_equal(aluno_validate_field(cpf, &student, &error), ALUNO_OK);
    assert_string_equal(student.br_document, "52998224725");
    ALUNO_SET_TEXT(student, br_document, "123");
    assert_int_equal(aluno_validate_field(cpf, &student, &error), ALUNO_INVALID_ARGUMENT);
    assert_string_equal(error.violations.items[0].field, "br_document");
    assert_string_equal(error.message,
                        "some fields are not valid: br_document: the CPF must have 11 digits (3)");
}

/* ---- errors ---- */

static void test_errors_in_both_languages(void **state)
{
    (void)state;
    aluno_error failure = {0};
    aluno__error_add_violation(&failure, "student.br_document", ALUNO_REASON_CPF_LENGTH, "%d", 10);
    aluno_error_translate(&failure, ALUNO_PT);
    assert_string_equal(failure.message,
                        "há campos inválidos: student.br_document: o CPF deve ter 11 dígitos (10)");
    aluno_error_translate(&failure, ALUNO_EN);
    assert_string_equal(failure.message,
                        "some fields are not valid: student.br_document: the CPF must have 11 digits (10)");
    assert_string_equal(aluno_remedy("CPF_LENGTH", ALUNO_PT),
                        "informe todos os 11, inclusive zeros à esquerda");
}

static void test_unknown_reasons_keep_their_words(void **state)
{
    (void)state;
    aluno_error failure = {0};
    ALUNO_SET_TEXT(failure, reason, "MOON_FULL");
    ALUNO_SET_TEXT(failure, message, "the moon is full");
    aluno_error_translate(&failure, ALUNO_PT);
    assert_string_equal(failure.message, "the moon is full");
    assert_string_equal(aluno_remedy("MOON_FULL", ALUNO_PT), "");
}

/* A detail that is too long is cut between characters. */
static void test_long_details_stay_utf8(void **state)
{
    (void)state;
    char long_text[700];
    aluno_error failure;
    for (size_t pad = 0; pad < 4; pad++) {
        memset(long_text, 'x', pad);
        for (size_t at = pad; at + 4 < sizeof long_text; at += 4)
            memcpy(long_text + at, "𠮷", 5);
        aluno__error_set(&failure, ALUNO_REASON_OPTION_INVALID, "%s", long_text);
        assert_in_range(strlen(failure.detail), 252, 255);
        assert_true(aluno_utf8_valid(failure.detail, strlen(failure.detail)));
        assert_true(aluno_utf8_valid(failure.message, strlen(failure.message)));
    }
}

static void test_what_may_be_tried_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALUNO_REASON_COUNT; i++) {
        aluno_error failure;
        const aluno_code code = aluno__error_set(&failure, (aluno_reason)i, NULL);
        assert_int_equal(aluno_error_is_retryable(&failure), code == ALUNO_UNAVAILABLE);
    }
    assert_false(aluno_error_is_retryable(&(aluno_error){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_values_are_normalised),
        cmocka_unit_test(test_required_fields),
        cmocka_unit_test(test_age_or_birth_date),
        cmocka_unit_test(test_the_policy_requires_fields),
        cmocka_unit_test(test_all_violations_at_once),
        cmocka_unit_test(test_output_fields_are_cleared),
        cmocka_unit_test(test_exactly_one_key),
        cmocka_unit_test(test_partial_messages),
        cmocka_unit_test(test_elements_are_named_by_their_place),
        cmocka_unit_test(test_violations_have_their_bound),
        cmocka_unit_test(test_broken_utf8_is_refused),
        cmocka_unit_test(test_an_old_error_is_forgotten),
        cmocka_unit_test(test_what_decoding_found_stays),
        cmocka_unit_test(test_a_violation_behind_the_count_is_none),
        cmocka_unit_test(test_an_unread_key_is_a_key),
        cmocka_unit_test(test_one_field),
        cmocka_unit_test(test_errors_in_both_languages),
        cmocka_unit_test(test_unknown_reasons_keep_their_words),
        cmocka_unit_test(test_long_details_stay_utf8),
        cmocka_unit_test(test_what_may_be_tried_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
