/* Every field of Student that a client sets survives creating, updating and listing. The tests loop over the
 * contract, so new fields are covered. How age and birth date follow each other: test_age.c. */
#include "call_bed.h"

#include "school_day.h"

#include "base/clock.h"
#include "protocol/day.h"

/* Two valid values for each rule of a text; other texts get letters. */
static const char *text_of(const aluno_field_desc *field, int which)
{
    static const char *const values[ALUNO_RULE_COUNT][2] = {
        [ALUNO_RULE_name] = {"Ana", "Bia"},
        [ALUNO_RULE_cpf] = {"52998224725", "11144477735"},
        [ALUNO_RULE_email] = {"ana@example.com", "bia@example.com"},
        [ALUNO_RULE_uuid] = {"0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d", "0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8e"},
    };
    const char *value = values[field->rule][which];
    return value != NULL ? value : which == 0 ? "a" : "b";
}

static bool is_clients(const aluno_field_desc *field)
{
    return field->presence != ALUNO_OUTPUT;
}

/* Sets every field that clients set. */
static aluno_student student_of(int which)
{
    aluno_student student = {.has = {.none = false}};
    for (size_t i = 0; i < aluno_student_type.field_count; i++) {
        const aluno_field_desc *field = &aluno_student_type.fields[i];
        void *value = aluno_value(field, &student);
        if (!is_clients(field))
            continue;
        *aluno_has(field, &student) = true;
        if (field->kind == ALUNO_KIND_INT)
            *(int64_t *)value = field->min + which;
        else if (field->kind == ALUNO_KIND_BOOL)
            *(bool *)value = which == 0;
        else if (field->rule == ALUNO_RULE_birth_date) /* of that age on every day of the year */
            aluno__day_write(
                aluno__day_make(aluno__day_year(school_day(aluno__clock_unix_ms())) - which, 1, 1), value);
        else if (field->kind == ALUNO_KIND_TEXT)
            snprintf(value, (size_t)field->max + 1, "%s", text_of(field, which));
        else
            fail_msg("%s: no sample for a field of this kind", field->name);
    }
    return student;
}

static void check_field(const aluno_field_desc *field, const aluno_student *found,
                        const aluno_student *wanted)
{
    const void *a = aluno_value(field, found), *b = aluno_value(field, wanted);
    const bool both = *aluno_has(field, found) == *aluno_has(field, wanted);
    const bool same = !*aluno_has(field, wanted)       ? true
                      : field->kind == ALUNO_KIND_INT  ? *(const int64_t *)a == *(const int64_t *)b
                      : field->kind == ALUNO_KIND_BOOL ? *(const bool *)a == *(const bool *)b
                                                       : strcmp(a, b) == 0;
    if (!both || !same)
        fail_msg("%s did not survive", field->name);
}

static void check_fields(const aluno_student *found, const aluno_student *wanted)
{
    for (size_t i = 0; i < aluno_student_type.field_count; i++)
        if (is_clients(&aluno_student_type.fields[i]))
            check_field(&aluno_student_type.fields[i], found, wanted);
}

/* Reads the only student, by get and by list, and checks the fields of both. */
static void check_stored(call_bed *bed, const aluno_student *wanted)
{
    static aluno_list_students_reply page;
    aluno_student found;
    const aluno_get_student_request get = {.has.id = true, .id = 1};
    const aluno_list_students_request list = {.has = {.none = false}};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_get_student, &get), ALUNO_OK);
    found = bed->reply.student;
    check_fields(&found, wanted);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_list_students, &list), ALUNO_OK);
    page = bed->reply.list_students_reply;
    assert_int_equal(page.students.count, 1);
    check_fields(&page.students.items[0], wanted);
}

static void create(call_bed *bed, const aluno_student *student)
{
    aluno_student created;
    const aluno_create_student_request request = {.has.student = true, .student = *student};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_create_student, &request), ALUNO_OK);
    created = bed->reply.student;
    check_fields(&created, student);
}

static void update(call_bed *bed, const aluno_student *changes, const char *mask, const aluno_student *wanted)
{
    aluno_student updated;
    aluno_update_student_request request = {
        .has = {.id = true, .student = true}, .id = 1, .student = *changes};
    if (mask != NULL)
        ALUNO_SET_TEXT(request, update_mask, mask);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_update_student, &request), ALUNO_OK);
    updated = bed->reply.student;
    check_fields(&updated, wanted);
    check_stored(bed, wanted);
}

static void test_every_field_survives_creation_and_update(void **state)
{
    call_bed *bed = *state;
    const aluno_student first = student_of(0), second = student_of(1);
    create(bed, &first);
    check_stored(bed, &first);
    update(bed, &second, NULL, &second);
}

static void test_every_field_is_updated_alone(void **state)
{
    call_bed *bed = *state;
    const aluno_student first = student_of(0), second = student_of(1);
    create(bed, &first);
    for (size_t i = 0; i < aluno_student_type.field_count; i++) {
        const aluno_field_desc *field = &aluno_student_type.fields[i];
        aluno_student wanted = first;
        if (!is_clients(field) || field->presence == ALUNO_EITHER)
            continue;
        memcpy(aluno_value(field, &wanted), aluno_value(field, &second),
               field->kind == ALUNO_KIND_TEXT  ? (size_t)field->max + 1
               : field->kind == ALUNO_KIND_INT ? sizeof(int64_t)
                                               : sizeof(bool));
        update(bed, &second, field->name, &wanted);
        update(bed, &first, NULL, &first);
    }
}

/* A field that an update mask names and the student lacks is cleared (AIP-134). */
static void test_every_optional_field_is_cleared_alone(void **state)
{
    call_bed *bed = *state;
    const aluno_student first = student_of(0);
    create(bed, &first);
    for (size_t i = 0; i < aluno_student_type.field_count; i++) {
        const aluno_field_desc *field = &aluno_student_type.fields[i];
        aluno_student wanted = first, none = {.has = {.none = false}};
        if (field->presence != ALUNO_OPTIONAL)
            continue;
        *aluno_has(field, &wanted) = false;
        update(bed, &none, field->name, &wanted);
        update(bed, &first, NULL, &first);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_bed_set_up, call_bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_field_survives_creation_and_update),
        TEST(test_every_field_is_updated_alone),
        TEST(test_every_optional_field_is_cleared_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
