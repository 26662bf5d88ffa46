/* The methods of StudentService, from the bytes of a request to those of its reply: what each does, answers
 * and refuses. */
#include "call_bed.h"

static aluno_student create(call_bed *bed, const char *name, int64_t age, int64_t cpf)
{
    aluno_student made;
    const aluno_create_student_request request = {.has.student = true,
                                                  .student = bed_student(name, age, cpf)};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_create_student, &request, &made, NULL), ALUNO_OK);
    return made;
}

static aluno_student get(call_bed *bed, int64_t id)
{
    aluno_student found;
    const aluno_get_student_request request = {.has.id = true, .id = id};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_get_student, &request, &found, NULL), ALUNO_OK);
    return found;
}

/* ---- validate_only ---- */

static void every_change_may_be_validated_only(void **state)
{
    (void)state;
    for (int i = 0; i < ALUNO_METHOD_COUNT; i++) {
        const aluno_method *method = aluno_method_of((aluno_method_id)i);
        const aluno_field *field = aluno_field_named(method->request, "validate_only", 13);
        assert_int_equal(field != NULL && field->kind == ALUNO_BOOL, method->effect == ALUNO_MUTATES);
    }
}

static void validated_creation_stores_nothing(void **state)
{
    call_bed *bed = *state;
    char id[37];
    aluno_student told;
    aluno_reply_metadata beside;
    aluno_create_student_request request = {.has = {.student = true, .validate_only = true},
                                            .student = bed_student("  Ana  Lima", 20, 52998224724),
                                            .validate_only = true};
    bed_request_id(bed, id);
    assert_int_equal(bed_call_as(bed, ALUNO_METHOD_create_student, &request, id, &told, &beside, NULL),
                     ALUNO_OK);
    assert_string_equal(told.name, "Ana Lima");
    assert_string_equal(told.etag, "1");
    assert_true(beside.has.validate_only && beside.validate_only);
    assert_int_equal(beside.warnings.count, 1);
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM student"), 0);
    assert_int_equal(bed_number(&bed->store, "SELECT live FROM student_total"), 0);
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM operation"), 0);

    request.has.validate_only = false; /* its request id is still free */
    assert_int_equal(bed_call_as(bed, ALUNO_METHOD_create_student, &request, id, &told, &beside, NULL),
                     ALUNO_OK);
    assert_false(beside.has.validate_only || beside.has.replayed);
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM student"), 1);
}

static void validation_refuses_what_the_change_would(void **state)
{
    call_bed *bed = *state;
    aluno_error error;
    create(bed, "Ana", 20, 52998224725);
    aluno_create_student_request request = {.has = {.student = true, .validate_only = true},
                                            .student = bed_student("Bia", 20, 52998224725),
                                            .validate_only = true};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_create_student, &request, NULL, &error),
                     ALUNO_ALREADY_EXISTS);
    ALUNO_SET(request.student, age, 200);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_create_student, &request, NULL, &error),
                     ALUNO_INVALID_ARGUMENT);
    check_violation(&error, 0, "student.age", ALUNO_REASON_AGE_RANGE);
}

static void validated_update_and_removal_change_nothing(void **state)
{
    call_bed *bed = *state;
    aluno_student told;
    const int64_t id = create(bed, "Ana", 20, 52998224725).id;
    aluno_update_student_request update = {
        .has = {.id = true, .student = true, .validate_only = true}, .id = id, .validate_only = true};
    ALUNO_SET(update.student, age, 21);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_update_student, &update, &told, NULL), ALUNO_OK);
    assert_int_equal(told.age, 21);
    assert_string_equal(told.etag, "2");

    const aluno_delete_student_request removal = {
        .has = {.id = true, .validate_only = true}, .id = id, .validate_only = true};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_delete_student, &removal, &told, NULL), ALUNO_OK);
    assert_true(told.has.delete_time);

    told = get(bed, id);
    assert_int_equal(told.age, 20);
    assert_string_equal(told.etag, "1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_bed_set_up, bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_change_may_be_validated_only),
        TEST(validated_creation_stores_nothing),
        TEST(validation_refuses_what_the_change_would),
        TEST(validated_update_and_removal_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
