/* The contract's rows as data: checks what the code that loops over them assumes. */
#include "unit.h"

#include "protocol/codec.h"

#include <stdio.h>

#define FITS(text, member_of, member) (strlen(text) < sizeof((member_of *)0)->member)

/* Checks that a text is not empty and has at most `max` bytes. */
static void check_text(const char *what, const char *text, size_t max)
{
    if (text == NULL || *text == '\0')
        fail_msg("%s: empty", what);
    if (strlen(text) > max)
        fail_msg("%s: longer than %zu bytes: %s", what, max, text);
}

static bool is_identifier(const char *name)
{
    return strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789") == strlen(name);
}

static void check_field(const aluno_message_desc *type, const aluno_field_desc *field)
{
    char what[128];
    snprintf(what, sizeof what, "%s.%s", type->name, field->name);
    check_text(what, field->name, sizeof((aluno_field_description *)0)->name - 1);
    check_text(what, field->name_pt, 40);
    for (int language = ALUNO_EN; language <= ALUNO_PT; language++)
        check_text(what, field->label[language], sizeof((aluno_field_description *)0)->doc - 1);
    assert_true(is_identifier(field->name) && is_identifier(field->name_pt));
    assert_true(field->has < type->has_size);
    assert_in_range(field->offset, type->has_size, type->size - 1);
    assert_true(field->min <= field->max);
    assert_int_equal(field->type != NULL, field->kind == ALUNO_KIND_ONE || field->kind == ALUNO_KIND_LIST);
    assert_ptr_equal(aluno_field_named(type, field->name, strlen(field->name)), field);
    assert_in_range(field->number, 1, 127);
    assert_ptr_equal(aluno_field_numbered(type, field->number), field); /* no other one has it */
    if (field->kind == ALUNO_KIND_TEXT || field->kind == ALUNO_KIND_LIST)
        assert_in_range(field->max, 1, 1 << 16);
}

static void test_fields(void **state)
{
    (void)state;
    size_t count;
    const aluno_message_desc *const *all = aluno_messages(&count);
    for (size_t i = 0; i < count; i++) {
        assert_in_range(all[i]->field_count, 0, ALUNO_FIELDS_MAX);
        assert_null(all[i]->fields[all[i]->field_count].name);
        for (size_t j = 0; j < all[i]->field_count; j++)
            check_field(all[i], &all[i]->fields[j]);
    }
}

/* A row that is removed from the contract takes its number with it. */
static void test_fields_keep_their_numbers(void **state)
{
    (void)state;
    const aluno_field_desc *all = aluno_student_type.fields;
    const aluno_field_desc fields[] = {all[0], all[2], all[3], {.name = NULL}};
    const aluno_message_desc type = {.fields = fields, .field_count = 3};
    for (size_t i = 0; i < type.field_count; i++)
        assert_ptr_equal(aluno_field_numbered(&type, fields[i].number), &fields[i]);
    assert_null(aluno_field_numbered(&type, all[1].number));
    assert_null(aluno_field_numbered(&type, 0));
    assert_null(aluno_field_numbered(&type, INT64_MAX));
}

/* No two fields of a message share a name, in either language, or an offset. */
static void check_apart(const aluno_message_desc *type, const aluno_field_desc *one,
                        const aluno_field_desc *other)
{
    if (strcmp(one->name, other->name) == 0 || strcmp(one->name_pt, other->name_pt) == 0)
        fail_msg("%s: %s and %s share a name", type->name, one->name, other->name);
    assert_true(one->has != other->has && one->offset < other->offset);
}

static void test_fields_are_apart(void **state)
{
    (void)state;
    size_t count;
    const aluno_message_desc *const *all = aluno_messages(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < all[i]->field_count; j++)
            for (size_t k = j + 1; k < all[i]->field_count; k++)
                check_apart(all[i], &all[i]->fields[j], &all[i]->fields[k]);
}

/* Returns the maximum size of an encoded message. */
static size_t encoded_most(const aluno_message_desc *type)
{
    enum { HEAD = 5, NUMBER = 9 };
    size_t most = HEAD;
    for (const aluno_field_desc *field = type->fields; field->name != NULL; field++) {
        most += HEAD + strlen(field->name) + NUMBER;
        if (field->kind == ALUNO_KIND_TEXT)
            most += (size_t)field->max;
        else if (field->kind == ALUNO_KIND_ONE)
            most += encoded_most(field->type);
        else if (field->kind == ALUNO_KIND_LIST)
            most += (size_t)field->max * encoded_most(field->type);
    }
    return most;
}

/* Any message and its envelope fit a body, so no reply is too large. */
static void test_messages_fit_a_body(void **state)
{
    (void)state;
    const size_t envelope = 512 + encoded_most(&aluno_reply_metadata_type);
    size_t count;
    const aluno_message_desc *const *all = aluno_messages(&count);
    for (size_t i = 0; i < count; i++) {
        assert_in_range(encoded_most(all[i]) + envelope, 1, ALUNO_MESSAGE_MAX);
        assert_in_range(all[i]->size, all[i]->has_size, ALUNO_MESSAGE_MAX);
        assert_in_range(all[i]->size, 1, sizeof(aluno_any_message));
    }
}

static void test_messages_have_their_own_names(void **state)
{
    (void)state;
    size_t count;
    const aluno_message_desc *const *all = aluno_messages(&count);
    for (size_t i = 0; i < count; i++) {
        check_text(all[i]->id, all[i]->name, sizeof((aluno_method_description *)0)->request - 1);
        check_text(all[i]->id, all[i]->doc, 255);
        for (size_t j = i + 1; j < count; j++)
            assert_true(strcmp(all[i]->name, all[j]->name) != 0 && strcmp(all[i]->id, all[j]->id) != 0);
    }
}

static void check_method(const aluno_method_desc *method)
{
    check_text("method", method->name, sizeof((aluno_method_description *)0)->name - 1);
    for (int language = ALUNO_EN; language <= ALUNO_PT; language++) {
        check_text(method->name, method->verb[language], 24);
        check_text(method->name, method->doc[language], sizeof((aluno_method_description *)0)->doc - 1);
    }
    assert_ptr_equal(aluno_method_named(method->name, strlen(method->name)), method);
    assert_null(aluno_method_named(method->name, strlen(method->name) - 1));
    if (method->effect == ALUNO_MUTATES)
        assert_in_range(method->role, ALUNO_ROLE_registrar, ALUNO_ROLE_admin);
}

static void test_methods(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALUNO_METHOD_COUNT; i++) {
        const aluno_method_desc *method = aluno_method_of((aluno_method_id)i);
        assert_int_equal(method->id, i);
        assert_in_range(method->number, 1, 127);
        assert_ptr_equal(aluno_method_numbered(method->number), method); /* no other one has it */
        check_method(method);
        for (size_t j = i + 1; j < ALUNO_METHOD_COUNT; j++) {
            const aluno_method_desc *other = aluno_method_of((aluno_method_id)j);
            assert_string_not_equal(method->verb[ALUNO_EN], other->verb[ALUNO_EN]);
            assert_string_not_equal(method->verb[ALUNO_PT], other->verb[ALUNO_PT]);
        }
    }
    assert_null(aluno_method_numbered(0));
    assert_null(aluno_method_numbered(INT64_MAX));
    assert_null(aluno_method_named("", 0));
    assert_null(aluno_method_named("aluno.v1.StudentService/", 24));
}

/* Describe's reply has room for the whole contract. */
static void test_the_contract_fits_its_description(void **state)
{
    (void)state;
    size_t count, fields = 0;
    const aluno_message_desc *const *all = aluno_messages(&count);
    for (size_t i = 0; i < count; i++)
        fields += all[i]->field_count;
    assert_in_range(ALUNO_METHOD_COUNT, 1,
                    sizeof(((aluno_describe_reply *)0)->methods.items) / sizeof(aluno_method_description));
    assert_in_range(fields, 1,
                    sizeof(((aluno_describe_reply *)0)->fields.items) / sizeof(aluno_field_description));
}

static void check_reason(const aluno_reason_desc *info)
{
    assert_true(FITS(info->name, aluno_error, reason) && FITS(info->name, aluno_violation, reason));
    assert_in_range(info->code, ALUNO_CANCELLED, ALUNO_UNAUTHENTICATED);
    for (int language = ALUNO_EN; language <= ALUNO_PT; language++) {
        check_text(info->name, info->text[language], 127);
        check_text(info->name, info->remedy[language], 255);
    }
    assert_ptr_equal(aluno_reason_named(info->name), info);
}

static void test_reasons(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALUNO_REASON_COUNT; i++)
        check_reason(aluno_reason_of((aluno_reason)i));
    assert_null(aluno_reason_named(""));
    assert_null(aluno_reason_named("cpf_taken"));
    assert_int_equal(aluno_reason_of(ALUNO_REASON_CPF_TAKEN)->code, ALUNO_ALREADY_EXISTS);
}

static void test_codes(void **state)
{
    (void)state;
    assert_string_equal(aluno_code_name(ALUNO_OK), "OK");
    assert_string_equal(aluno_code_name(3), "INVALID_ARGUMENT");
    assert_string_equal(aluno_code_name(16), "UNAUTHENTICATED");
    assert_string_equal(aluno_code_name(17), "UNKNOWN");
    assert_string_equal(aluno_code_name(INT64_MIN), "UNKNOWN");
}

/* By the rows of the contract: who may call what. */
static void test_the_auditor_stands_beside_the_other_roles(void **state)
{
    (void)state;
    static const aluno_method_id auditors[] = {ALUNO_METHOD_get_server_info, ALUNO_METHOD_describe,
                                               ALUNO_METHOD_health_check, ALUNO_METHOD_list_audit_events};
    size_t allowed = 0;
    for (int i = 0; i < ALUNO_METHOD_COUNT; i++)
        allowed += aluno_role_may(ALUNO_ROLE_auditor, aluno_method_of((aluno_method_id)i));
    assert_int_equal(allowed, sizeof auditors / sizeof *auditors);
    for (size_t i = 0; i < allowed; i++)
        assert_true(aluno_role_may(ALUNO_ROLE_auditor, aluno_method_of(auditors[i])));
    for (int role = ALUNO_ROLE_none; role <= ALUNO_ROLE_admin; role++)
        assert_false(aluno_role_may((aluno_role)role, aluno_method_of(ALUNO_METHOD_list_audit_events)));
    assert_true(aluno_role_may(ALUNO_ROLE_admin, aluno_method_of(ALUNO_METHOD_get_student)));
    assert_false(aluno_role_may(ALUNO_ROLE_reader, aluno_method_of(ALUNO_METHOD_create_student)));
}

static void test_roles(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALUNO_ROLE_COUNT; i++) {
        assert_int_equal(aluno_role_named(aluno_role_name((aluno_role)i)), i);
        assert_true(FITS(aluno_role_name((aluno_role)i), aluno_server_info, caller_role));
    }
    assert_true(ALUNO_ROLE_none < ALUNO_ROLE_reader && ALUNO_ROLE_reader < ALUNO_ROLE_registrar &&
                ALUNO_ROLE_registrar < ALUNO_ROLE_admin);
    assert_true(ALUNO_ROLE_auditor == ALUNO_ROLE_COUNT - 1);
    assert_int_equal(aluno_role_named(""), ALUNO_ROLE_none);
    assert_int_equal(aluno_role_named("Admin"), ALUNO_ROLE_none);
    assert_int_equal(aluno_role_named("administrator"), ALUNO_ROLE_none);
}

/* The row of a mask stands after its field's own. A value that a person is known by has a mask, and only
 * texts can be masked. */
static void test_personal_fields(void **state)
{
    (void)state;
#define ALUNO_SENSITIVE(message, field, how)                                                                 \
    assert_int_equal(aluno_field_named(&aluno_##message##_type, #field, strlen(#field))->mask,               \
                     ALUNO_MASK_##how);
#define ALUNO_NEEDS(message, field, least)                                                                   \
    assert_int_equal(aluno_field_named(&aluno_##message##_type, #field, strlen(#field))->role,               \
                     ALUNO_ROLE_##least);
#include <aluno/contract.def>
    size_t count;
    const aluno_message_desc *const *all = aluno_messages(&count);
    for (size_t i = 0; i < count; i++)
        for (const aluno_field_desc *field = all[i]->fields; field->name != NULL; field++) {
            const bool is_of_person = field->rule == ALUNO_RULE_cpf || field->rule == ALUNO_RULE_email ||
                                      field->rule == ALUNO_RULE_birth_date || field->rule == ALUNO_RULE_name;
            if (is_of_person && field->mask == ALUNO_MASK_none)
                fail_msg("%s.%s: add ALUNO_SENSITIVE after its row", all[i]->name, field->name);
            assert_true(field->mask == ALUNO_MASK_none || field->kind == ALUNO_KIND_TEXT);
        }
}

static void test_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALUNO_RULE_COUNT; i++)
        for (int language = ALUNO_EN; language <= ALUNO_PT; language++)
            check_text("rule", aluno_rule_text((aluno_rule)i, (aluno_language)language),
                       sizeof((aluno_field_description *)0)->rule - 1);
    for (size_t i = 0; i < ALUNO_MASK_COUNT; i++) {
        assert_true(FITS(aluno_mask_name((aluno_mask)i), aluno_field_description, sensitive));
        assert_true(*aluno_mask_form((aluno_mask)i, ALUNO_PT) != '\0');
    }
    assert_string_equal(aluno_kind_name(ALUNO_KIND_INT), "int");
    assert_string_equal(aluno_kind_name(ALUNO_KIND_LIST), "list");
    assert_string_equal(aluno_presence_name(ALUNO_OPTIONAL), "optional");
    assert_string_equal(aluno_presence_name(ALUNO_PARTIAL), "partial");
    assert_string_equal(aluno_version(), ALUNO_VERSION);
    assert_true(FITS(ALUNO_VERSION, aluno_server_info, version));
}

static void test_text_is_set_only_where_it_fits(void **state)
{
    (void)state;
    aluno_student student = {0};
    assert_true(ALUNO_SET_TEXT(student, etag, "12345678901234567890"));
    assert_true(student.has.etag);
    student.has.etag = false;
    assert_false(ALUNO_SET_TEXT(student, etag, "123456789012345678901"));
    assert_false(student.has.etag);
    assert_string_equal(student.etag, "12345678901234567890");
}

/* Who reads the count of a list alone finds none of what was there before. */
static void a_copy_has_no_items_of_before(void **state)
{
    (void)state;
    static aluno_error from, to;
    aluno_clear(&aluno_error_type, &from);
    to.has.violations = true;
    to.violations.count = 3;
    aluno_copy(&aluno_error_type, &to, &from);
    assert_false(to.has.violations);
    assert_int_equal(to.violations.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_has_no_items_of_before),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_fields_keep_their_numbers),
        cmocka_unit_test(test_fields_are_apart),
        cmocka_unit_test(test_messages_fit_a_body),
        cmocka_unit_test(test_messages_have_their_own_names),
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_the_contract_fits_its_description),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_the_auditor_stands_beside_the_other_roles),
        cmocka_unit_test(test_personal_fields),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_text_is_set_only_where_it_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
