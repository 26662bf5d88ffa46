/* Personal values, masked. */
#include "protocol/rules.h"
#include "unit.h"

#include <aluno/masking.h>

static const struct {
    aluno_mask mask;
    const char *text, *masked;
} rows[] = {
    {ALUNO_MASK_none, "reader", "reader"},
    {ALUNO_MASK_name, "João da Silva", "João da Silva"},
    {ALUNO_MASK_cpf, "52998224725", "***.982.247-**"},
    {ALUNO_MASK_cpf, "529.982.247-25", "***"}, /* of a request that was not normalised */
    {ALUNO_MASK_cpf, "", "***"},
    {ALUNO_MASK_email, "ana@example.com", "a***@example.com"},
    {ALUNO_MASK_email, "a@example.com", "a***@example.com"},
    {ALUNO_MASK_email, "ana.example.com", "***"},
    {ALUNO_MASK_email, "@example.com", "***"},
    {ALUNO_MASK_email, "ána@example.com", "***"},
    {ALUNO_MASK_birth_date, "2010-12-31", "2010-**-**"},
    {ALUNO_MASK_birth_date, "31/12/2010", "***"},
    {ALUNO_MASK_text, "joao 52998224725", "***"},
    {ALUNO_MASK_text, "", "***"},
};

static void test_masks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[64], in_place[64];
        aluno_mask_text(rows[i].mask, rows[i].text, out, sizeof out);
        assert_string_equal(out, rows[i].masked);
        strcpy(in_place, rows[i].text);
        aluno_mask_text(rows[i].mask, in_place, in_place, sizeof in_place);
        assert_string_equal(in_place, rows[i].masked);
        aluno_mask_text(rows[i].mask, in_place, in_place, sizeof in_place);
        assert_string_equal(in_place, rows[i].masked);
    }
}

static void test_what_is_masked_stays(void **state)
{
    (void)state;
    static const char *const masked[] = {"***.982.247-**", "***.444.777-**", "***.123.123-**"};
    for (size_t i = 0; i < sizeof masked / sizeof *masked; i++) {
        char out[64];
        aluno_mask_text(ALUNO_MASK_cpf, masked[i], out, sizeof out);
        assert_string_equal(out, masked[i]);
    }
}

static void test_a_masked_value_is_told_from_a_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const bool is_hidden = rows[i].mask != ALUNO_MASK_none && rows[i].mask != ALUNO_MASK_name;
        assert_int_equal(aluno_is_masked(rows[i].mask, rows[i].masked), is_hidden);
        assert_false(aluno_is_masked(rows[i].mask, rows[i].text));
        assert_false(aluno_is_masked(rows[i].mask, ""));
    }
    assert_true(aluno_is_masked(ALUNO_MASK_cpf, "***.982.247-25"));
    assert_false(aluno_is_masked(ALUNO_MASK_email, "a*@example.com"));
}

/* A masked value that does not fit is empty. */
static void test_a_masked_value_fits(void **state)
{
    (void)state;
    for (size_t size = 4; size < 16; size++)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            char out[16];
            memset(out, 'x', sizeof out);
            aluno_mask_text(rows[i].mask, rows[i].text, out, size);
            assert_true(strlen(out) < size);
            for (size_t k = size; k < sizeof out; k++)
                assert_int_equal(out[k], 'x');
        }
}

static void test_messages_are_masked_through_and_through(void **state)
{
    (void)state;
    static aluno_operation operation;
    aluno_student *each = &operation.students.items[0];
    ALUNO_SET_TEXT(operation, state, "COMMITTED");
    ALUNO_SET_TEXT(operation.student, br_document, "52998224725");
    strcpy(operation.student.email, "unset@example.com");
    operation.has.student = operation.has.students = true;
    operation.students.count = 1;
    ALUNO_SET_TEXT(*each, name, "Ana");
    ALUNO_SET_TEXT(*each, birth_date, "2010-12-31");
    ALUNO_SET_TEXT(*each, email, "ana@example.com");
    ALUNO_SET_TEXT(each[1], email, "beyond@example.com");
    aluno_mask_message(&aluno_operation_type, &operation);
    assert_string_equal(operation.state, "COMMITTED");
    assert_string_equal(operation.student.br_document, "***.982.247-**");
    assert_string_equal(operation.student.email, "unset@example.com");
    assert_string_equal(each->name, "Ana");
    assert_string_equal(each->birth_date, "2010-**-**");
    assert_string_equal(each->email, "a***@example.com");
    assert_string_equal(each[1].email, "beyond@example.com");
}

/* Every personal field of every message refuses its own masked value. */
static void test_masked_values_are_refused(void **state)
{
    (void)state;
    size_t count, refused = 0;
    const aluno_message_desc *const *all = aluno_messages(&count);
    for (size_t i = 0; i < count; i++)
        for (const aluno_field_desc *field = all[i]->fields; field->name != NULL; field++)
            for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
                char text[64];
                aluno__rule_violation violation;
                if (field->mask != rows[k].mask || !aluno_is_masked(field->mask, rows[k].masked))
                    continue;
                strcpy(text, rows[k].masked);
                assert_false(aluno__rules_check_text(field, text, &violation));
                assert_int_equal(violation.reason, ALUNO_REASON_VALUE_MASKED);
                refused++;
            }
    assert_true(refused > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_masks),
        cmocka_unit_test(test_what_is_masked_stays),
        cmocka_unit_test(test_a_masked_value_is_told_from_a_value),
        cmocka_unit_test(test_a_masked_value_fits),
        cmocka_unit_test(test_messages_are_masked_through_and_through),
        cmocka_unit_test(test_masked_values_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
