/* sdk/protocol/json.c: messages as one line of JSON. */
#include "sample.h"
#include "unit.h"

#include <aluno/json.h>

static void check_json(const aluno_message_desc *type, const void *message, const char *expected)
{
    char text[1024];
    assert_int_equal(aluno_to_json(type, message, ALUNO_WHOLE, text, sizeof text), strlen(expected));
    assert_string_equal(text, expected);
}

static void test_fields_in_the_order_of_the_contract(void **state)
{
    (void)state;
    aluno_student student = {0};
    check_json(&aluno_student_type, &student, "{}");
    ALUNO_SET(student, age, 20);
    ALUNO_SET_TEXT(student, name, "Ana");
    ALUNO_SET(student, id, INT64_MAX);
    check_json(&aluno_student_type, &student,
               "{\"id\": 9223372036854775807, \"name\": \"Ana\", \"age\": 20}");
}

static void test_numbers_and_flags(void **state)
{
    (void)state;
    aluno_field_description field = {0};
    ALUNO_SET(field, min, INT64_MIN);
    check_json(&aluno_field_description_type, &field, "{\"min\": -9223372036854775808}");
    aluno_reply_metadata metadata = {0};
    ALUNO_SET(metadata, replayed, false);
    check_json(&aluno_reply_metadata_type, &metadata, "{\"replayed\": false}");
}

static void test_nested_messages_and_lists(void **state)
{
    (void)state;
    aluno_reply_metadata metadata = {.has.warnings = true};
    check_json(&aluno_reply_metadata_type, &metadata, "{\"warnings\": []}");
    metadata.warnings.count = 2;
    ALUNO_SET_TEXT(metadata.warnings.items[0], field, "a");
    ALUNO_SET_TEXT(metadata.warnings.items[1], field, "b");
    check_json(&aluno_reply_metadata_type, &metadata,
               "{\"warnings\": [{\"field\": \"a\"}, {\"field\": \"b\"}]}");
    aluno_update_student_request request = {.has.student = true};
    check_json(&aluno_update_student_request_type, &request, "{\"student\": {}}");
}

static void test_escapes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *json;
    } cases[] = {
        {"\"\\/", "{\"name\": \"\\\"\\\\/\"}"},
        {"\b\f\n\r\t", "{\"name\": \"\\b\\f\\n\\r\\t\"}"},
        {"\x01\x1B\x1F\x7F", "{\"name\": \"\\u0001\\u001b\\u001f\\u007f\"}"},
        {"João 𠮷", "{\"name\": \"João 𠮷\"}"},
        {"", "{\"name\": \"\"}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        aluno_student student = {0};
        ALUNO_SET_TEXT(student, name, cases[i].text);
        check_json(&aluno_student_type, &student, cases[i].json);
    }
}

/* Like snprintf: returns the whole length, and ends the truncated text with a NUL. */
static void test_truncation(void **state)
{
    (void)state;
    aluno_student student = {0};
    ALUNO_SET_TEXT(student, name, "A\tna\x01");
    ALUNO_SET(student, age, 20);
    char whole[128];
    const size_t length = aluno_to_json(&aluno_student_type, &student, ALUNO_WHOLE, whole, sizeof whole);
    assert_int_equal(aluno_to_json(&aluno_student_type, &student, ALUNO_WHOLE, NULL, 0), length);
    for (size_t size = 1; size <= length + 1; size++) {
        char *part = malloc(size);
        assert_non_null(part);
        assert_int_equal(aluno_to_json(&aluno_student_type, &student, ALUNO_WHOLE, part, size), length);
        assert_int_equal(strlen(part), size - 1);
        assert_memory_equal(part, whole, size - 1);
        free(part);
    }
}

static void test_requests_with_their_method(void **state)
{
    (void)state;
    char text[128];
    aluno_get_student_request request = {0};
    ALUNO_SET(request, id, 7);
    const size_t length = aluno_request_to_json(aluno_method_of(ALUNO_METHOD_get_student), &request,
                                                ALUNO_WHOLE, text, sizeof text);
    assert_string_equal(text,
                        "{\"method\": \"aluno.v1.StudentService/GetStudent\", \"message\": {\"id\": 7}}");
    assert_int_equal(length, strlen(text));
    assert_int_equal(
        aluno_request_to_json(aluno_method_of(ALUNO_METHOD_get_student), &request, ALUNO_WHOLE, text, 11),
        length);
    assert_string_equal(text, "{\"method\":");
}

/* Every message with every field is one line with balanced brackets and no control character. */
static void test_every_message_is_one_line(void **state)
{
    (void)state;
    static aluno_any_message message;
    uint64_t seed = 3;
    size_t count;
    const aluno_message_desc *const *all = aluno_messages(&count);
    for (size_t i = 0; i < count; i++) {
        aluno_clear(all[i], &message);
        sample_fill(all[i], &message, 3, &seed);
        const size_t length = aluno_to_json(all[i], &message, ALUNO_WHOLE, NULL, 0);
        char *text = malloc(length + 1);
        assert_non_null(text);
        assert_int_equal(aluno_to_json(all[i], &message, ALUNO_WHOLE, text, length + 1), length);
        assert_int_equal(strlen(text), length);
        int depth = 0;
        bool quoted = false;
        for (const char *c = text; *c != '\0'; c++) {
            assert_true((unsigned char)*c >= 0x20 && *c != 0x7F);
            if (quoted && *c == '\\')
                c++;
            else if (*c == '"')
                quoted = !quoted;
            else if (!quoted)
                depth += (*c == '{' || *c == '[') - (*c == '}' || *c == ']');
        }
        assert_int_equal(depth, 0);
        assert_false(quoted);
        free(text);
    }
}

/* For a log, a trace or a screen. */
static void test_personal_values_are_masked(void **state)
{
    (void)state;
    char text[512];
    static aluno_list_students_reply page;
    aluno_student *student = &page.students.items[0];
    page.has.students = true;
    page.students.count = 1;
    ALUNO_SET_TEXT(*student, name, "Ana");
    ALUNO_SET_TEXT(*student, br_document, "52998224725");
    ALUNO_SET_TEXT(*student, email, "ana@example.com");
    ALUNO_SET_TEXT(*student, birth_date, "2010-12-31");
    aluno_to_json(&aluno_list_students_reply_type, &page, ALUNO_MASKED, text, sizeof text);
    assert_string_equal(text, "{\"students\": [{\"name\": \"Ana\", \"br_document\": \"***.982.247-**\", "
                              "\"email\": \"a***@example.com\", \"birth_date\": \"2010-**-**\"}]}");
    const aluno_get_student_request request = {.has.br_document = true, .br_document = "52998224725"};
    aluno_request_to_json(aluno_method_of(ALUNO_METHOD_get_student), &request, ALUNO_MASKED, text,
                          sizeof text);
    assert_non_null(strstr(text, "{\"br_document\": \"***.982.247-**\"}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields_in_the_order_of_the_contract),
        cmocka_unit_test(test_numbers_and_flags),
        cmocka_unit_test(test_nested_messages_and_lists),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_truncation),
        cmocka_unit_test(test_requests_with_their_method),
        cmocka_unit_test(test_personal_values_are_masked),
        cmocka_unit_test(test_every_message_is_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
