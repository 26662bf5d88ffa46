/* Messages read from JSON: sdk/protocol/json_reader.c. */
#include "sample.h"
#include "unit.h"

#include <aluno/json.h>
#include <aluno/validate.h>
#include <aluno/values.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static aluno_error error;
static aluno_any_message message; /* large */

/* Reads the text as a CreateStudentRequest. Its violations must be these, "FIELD REASON" each, in order. */
static void check_violations(const char *json, size_t count, const char *const *expected)
{
    assert_int_equal(aluno_from_json(&aluno_create_student_request_type, json, &message, &error),
                     ALUNO_INVALID_ARGUMENT);
    assert_true(aluno_error_is(&error, ALUNO_REASON_FIELDS_INVALID));
    assert_int_equal(error.violations.count, count);
    for (size_t i = 0; i < count; i++) {
        char found[160];
        snprintf(found, sizeof found, "%s %s", error.violations.items[i].field,
                 error.violations.items[i].reason);
        assert_string_equal(found, expected[i]);
    }
}

#define VIOLATIONS(json, ...)                                                                                \
    check_violations(json, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *),                           \
                     (const char *[]){__VA_ARGS__})

static void check_syntax(const char *json, const char *detail)
{
    assert_int_equal(aluno_from_json(&aluno_student_type, json, &message, &error), ALUNO_INVALID_ARGUMENT);
    assert_true(aluno_error_is(&error, ALUNO_REASON_JSON_SYNTAX));
    assert_string_equal(error.detail, detail);
}

static void test_a_message_is_read(void **state)
{
    (void)state;
    const aluno_create_student_request *request = &message.create_student_request;
    assert_int_equal(
        aluno_from_json(&aluno_create_student_request_type,
                        "{\"student\": {\"name\": \"João \\u00c1vila\", \"age\": 20, \"email\": null},"
                        " \"validate_only\": true}",
                        &message, &error),
        ALUNO_OK);
    assert_true(request->has.student && request->has.validate_only && request->validate_only);
    assert_string_equal(request->student.name, "João Ávila");
    assert_int_equal(request->student.age, 20);
    assert_false(request->student.has.email || request->student.has.br_document);
}

/* Puts the numbers of a sample into their fields' ranges. */
static void fit(const aluno_message_desc *type, void *sample)
{
    for (const aluno_field_desc *field = type->fields; field->name != NULL; field++) {
        int64_t *number = aluno_value(field, sample);
        if (field->kind == ALUNO_KIND_INT && (*number < field->min || *number > field->max))
            *number = field->max;
        if (field->kind == ALUNO_KIND_ONE)
            fit(field->type, aluno_value(field, sample));
        for (size_t i = 0; field->kind == ALUNO_KIND_LIST && i < *aluno_count(field, sample); i++)
            fit(field->type, aluno_item(field, sample, i));
    }
}

/* Every message, with all fields set, survives aluno_to_json and reading. */
static void test_every_message_survives(void **state)
{
    (void)state;
    size_t count;
    uint64_t seed = 42;
    const aluno_message_desc *const *all = aluno_messages(&count);
    for (size_t i = 0; i < count; i++) {
        static aluno_any_message sample;
        sample_fill(all[i], &sample, 3, &seed);
        fit(all[i], &sample);
        const size_t size = aluno_to_json(all[i], &sample, ALUNO_WHOLE, NULL, 0) + 1;
        char *before = malloc(size), *after = malloc(size);
        assert_true(before != NULL && after != NULL);
        aluno_to_json(all[i], &sample, ALUNO_WHOLE, before, size);
        if (aluno_from_json(all[i], before, &message, &error) != ALUNO_OK)
            fail_msg("%s: %s", all[i]->name, error.message);
        aluno_to_json(all[i], &message, ALUNO_WHOLE, after, size);
        assert_string_equal(before, after);
        free(before);
        free(after);
    }
}

static void test_wrong_fields_are_named_by_path(void **state)
{
    (void)state;
    VIOLATIONS("{\"student\": {\"nmae\": 1, \"age\": \"20\", \"name\": true, \"br_document\": {}}}",
               "student.nmae FIELD_UNKNOWN", "student.age FIELD_KIND", "student.name FIELD_KIND",
               "student.br_document FIELD_KIND");
    VIOLATIONS("{\"student\": []}", "student FIELD_KIND");
    VIOLATIONS("{\"student\": {\"age\": 1.5}, \"validate_only\": 1}", "student.age FIELD_KIND",
               "validate_only FIELD_KIND");
    VIOLATIONS("{\"student\": {\"age\": 151}}", "student.age AGE_RANGE");
    VIOLATIONS("{\"student\": {\"id\": 0}}", "student.id NUMBER_RANGE");
    VIOLATIONS("{\"student\": {\"name\": \"a\\u0000b\", \"etag\": \"123456789012345678901\"}}",
               "student.name TEXT_NUL", "student.etag TEXT_TOO_LONG");
    VIOLATIONS("{\"a b\\n\": 1}", "? FIELD_UNKNOWN");
}

static void test_lists(void **state)
{
    (void)state;
    const aluno_message_desc *type = &aluno_batch_create_students_request_type;
    assert_int_equal(
        aluno_from_json(type, "{\"students\": [{\"age\": 1}, {\"age\": true}, 7]}", &message, &error),
        ALUNO_INVALID_ARGUMENT);
    assert_int_equal(error.violations.count, 2);
    assert_string_equal(error.violations.items[0].field, "students[1].age");
    assert_string_equal(error.violations.items[1].field, "students[2]");
    char long_list[400] = "{\"students\": [{}";
    for (size_t i = 1; i <= 100; i++)
        strcat(long_list, ",{}");
    strcat(long_list, "]}");
    assert_int_equal(aluno_from_json(type, long_list, &message, &error), ALUNO_INVALID_ARGUMENT);
    assert_string_equal(error.violations.items[0].reason, "LIST_TOO_LONG");
    assert_false(message.batch_create_students_request.has.students);
}

static void test_text_that_is_no_json_object(void **state)
{
    (void)state;
    check_syntax("", "1:0");
    check_syntax("{\"age\": 1", "1:9");
    check_syntax("{\"age\": 1}\n x", "2:2");
    check_syntax("[]", "1:1");
    check_syntax("{\"age\": 1, \"age\": 2}", "1:16");
    check_syntax("{\"age\": 9223372036854775808}", "1:27");
    check_syntax("{\"name\": \"\xC0\x80\"}", "1:10");
}

/* A later validation adds violations, and does not report a wrong value as missing. */
static void test_validation_goes_on(void **state)
{
    (void)state;
    const aluno_code read =
        aluno_from_json(&aluno_create_student_request_type,
                        "{\"student\": {\"age\": \"x\", \"br_document\": \"1\"}}", &message, &error);
    aluno_validate_read(&aluno_create_student_request_type, &message, read, &error);
    assert_int_equal(error.violations.count, 3);
    assert_string_equal(error.violations.items[0].field, "student.age");
    assert_string_equal(error.violations.items[1].field, "student.name");
    assert_string_equal(error.violations.items[2].reason, "CPF_LENGTH");
}

static void test_errors_may_be_ignored(void **state)
{
    (void)state;
    assert_int_equal(aluno_from_json(&aluno_student_type, "{\"x\": 1}", &message, NULL),
                     ALUNO_INVALID_ARGUMENT);
    assert_int_equal(aluno_from_json(&aluno_student_type, "x", &message, NULL), ALUNO_INVALID_ARGUMENT);
}

static void test_request_ids(void **state)
{
    (void)state;
    char first[37], second[37];
    assert_true(aluno_request_id_new(first) && aluno_request_id_new(second));
    assert_int_equal(strlen(first), 36);
    assert_int_equal(first[14], '7');
    assert_string_not_equal(first, second);
    aluno_get_operation_request request = {0};
    ALUNO_SET_TEXT(request, request_id, first);
    assert_int_equal(aluno_validate(&aluno_get_operation_request_type, &request, false, &error), ALUNO_OK);
    assert_string_equal(request.request_id, first);
}

/* A missing field does not replace the error that the text is no JSON. */
static void test_a_syntax_error_stays(void **state)
{
    (void)state;
    aluno_get_student_request request;
    aluno_code code =
        aluno_from_json(&aluno_get_student_request_type, "{\"id\": 99999999999999999999}", &request, &error);
    code = aluno_validate_read(&aluno_get_student_request_type, &request, code, &error);
    assert_int_equal(code, ALUNO_INVALID_ARGUMENT);
    assert_string_equal(error.reason, "JSON_SYNTAX");
}

/* Nothing of what was in the memory of the message before is set. */
static void test_what_is_no_json_is_an_empty_message(void **state)
{
    (void)state;
    aluno_get_student_request request;
    memset(&request, 1, sizeof request);
    assert_int_equal(aluno_from_json(&aluno_get_student_request_type, "{", &request, &error),
                     ALUNO_INVALID_ARGUMENT);
    assert_false(request.has.id || request.has.br_document);
}

static size_t blocks; /* that jansson may still allocate */

static void *allocate(size_t size)
{
    return blocks > 0 && blocks-- > 0 ? malloc(size) : NULL;
}

/* With ever more memory, until it suffices. jansson itself takes some failures within a token for bad syntax.
 */
static void test_without_memory(void **state)
{
    (void)state;
    static const char json[] = "{\"student\": {\"name\": \"Ana\", \"age\": 20}, \"validate_only\": true}";
    aluno_code code = ALUNO_RESOURCE_EXHAUSTED;
    for (size_t most = 0; code != ALUNO_OK; most++) {
        blocks = most;
        json_set_alloc_funcs(allocate, free);
        code = aluno_from_json(&aluno_create_student_request_type, json, &message, &error);
        json_set_alloc_funcs(malloc, free);
        if (most == 0 || (code != ALUNO_OK && !aluno_error_is(&error, ALUNO_REASON_JSON_SYNTAX)))
            assert_string_equal(error.reason, "OUT_OF_MEMORY");
    }
    assert_string_equal(((aluno_create_student_request *)&message)->student.name, "Ana");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_message_is_read),
        cmocka_unit_test(test_every_message_survives),
        cmocka_unit_test(test_wrong_fields_are_named_by_path),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_text_that_is_no_json_object),
        cmocka_unit_test(test_validation_goes_on),
        cmocka_unit_test(test_errors_may_be_ignored),
        cmocka_unit_test(test_request_ids),
        cmocka_unit_test(test_a_syntax_error_stays),
        cmocka_unit_test(test_what_is_no_json_is_an_empty_message),
        cmocka_unit_test(test_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
