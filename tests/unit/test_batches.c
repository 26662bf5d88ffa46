/* BatchCreateStudents creates all rows or none, and reports every wrong row. */
#include "call_bed.h"

/* Returns a batch of `count` students with CPFs from `first` on. Static because it is large. */
static aluno_batch_create_students_request *batch_of(size_t count, int64_t first)
{
    static aluno_batch_create_students_request request;
    aluno_clear(&aluno_batch_create_students_request_type, &request);
    request.has.students = true;
    request.students.count = count;
    for (size_t i = 0; i < count; i++)
        request.students.items[i] = bed_student("Ana", 20, first + (int64_t)i);
    return &request;
}

static void test_batch_is_created_in_order(void **state)
{
    static aluno_batch_create_students_reply reply;
    static aluno_operation operation;
    call_bed *bed = *state;
    static const char id[] = "01912345-0000-7000-8000-00000000000a";
    size_t warnings = 0;
    for (int again = 0; again < 2; again++) {
        const aluno_batch_create_students_request *request = batch_of(100, 1000);
        assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_batch_create_students, request, id), ALUNO_OK);
        reply = bed->reply.batch_create_students_reply;
        assert_int_equal(bed->reply_metadata.has.replayed, again);
        warnings = again == 0 ? bed->reply_metadata.warnings.count : warnings;
        assert_int_equal(bed->reply_metadata.warnings.count, warnings); /* none of another reply */
        assert_int_equal(reply.students.count, 100);
        assert_string_equal(reply.students.items[99].br_document, "00000001099");
        assert_int_equal(reply.students.items[99].id, reply.students.items[0].id + 99);
    }
    assert_int_equal(bed_number(&bed->store, "SELECT live FROM student_total"), 100);
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM operation"), 1);

    aluno_get_operation_request question = {.has = {.none = false}};
    ALUNO_SET_TEXT(question, request_id, id);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_get_operation, &question), ALUNO_OK);
    operation = bed->reply.operation;
    assert_string_equal(operation.state, "COMMITTED");
    assert_false(operation.has.student);
    assert_int_equal(operation.students.count, 100);
    assert_string_equal(operation.students.items[99].br_document, "00000001099");
}

static void test_batch_of_nobody_is_refused(void **state)
{
    call_bed *bed = *state;
    assert_int_equal(bed_call(bed, ALUNO_METHOD_batch_create_students, batch_of(0, 1)),
                     ALUNO_INVALID_ARGUMENT);
    check_violation_at(bed, 0, "students", ALUNO_REASON_FIELD_REQUIRED);
    aluno_batch_create_students_request *without = batch_of(0, 1);
    without->has.students = false;
    assert_int_equal(bed_call(bed, ALUNO_METHOD_batch_create_students, without), ALUNO_INVALID_ARGUMENT);
    check_violation_at(bed, 0, "students", ALUNO_REASON_FIELD_REQUIRED);
}

static void test_batch_reports_every_violation_of_every_row(void **state)
{
    call_bed *bed = *state;
    aluno_batch_create_students_request *request = batch_of(5, 1000);
    ALUNO_SET(request->students.items[1], age, -1);
    ALUNO_SET_TEXT(request->students.items[3], name, " ");
    request->students.items[3].has.email = false;
    assert_int_equal(bed_call(bed, ALUNO_METHOD_batch_create_students, request), ALUNO_INVALID_ARGUMENT);
    assert_int_equal(bed->error.violations.count, 3);
    check_violation_at(bed, 0, "students[1].age", ALUNO_REASON_AGE_RANGE);
    check_violation_at(bed, 1, "students[3].name", ALUNO_REASON_NAME_EMPTY);
    check_violation_at(bed, 2, "students[3].email", ALUNO_REASON_FIELD_REQUIRED);
    assert_false(bed->error.has.detail);

    request = batch_of(100, 1000);
    for (size_t i = 0; i < 100; i++)
        ALUNO_SET(request->students.items[i], age, 151);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_batch_create_students, request), ALUNO_INVALID_ARGUMENT);
    assert_int_equal(bed->error.violations.count, 32);
    assert_string_equal(bed->error.detail, "> 32");
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM student"), 0);
}

static void test_batch_names_the_rows_whose_cpf_is_taken(void **state)
{
    call_bed *bed = *state;
    bed_add(bed, "Bia", 20, 1001);
    aluno_batch_create_students_request *request = batch_of(4, 1000);
    request->students.items[3] = request->students.items[2];
    assert_int_equal(bed_call(bed, ALUNO_METHOD_batch_create_students, request), ALUNO_ALREADY_EXISTS);
    check_reason(bed, ALUNO_REASON_CPF_TAKEN);
    assert_int_equal(bed->error.violations.count, 2);
    check_violation_at(bed, 0, "students[1].br_document", ALUNO_REASON_CPF_TAKEN);
    check_violation_at(bed, 1, "students[3].br_document", ALUNO_REASON_CPF_TAKEN);
    assert_int_equal(bed_number(&bed->store, "SELECT live FROM student_total"), 1); /* all or none */
}

static void test_batch_validates_check_digits_of_each_row(void **state)
{
    call_bed *bed = *state;
    aluno_batch_create_students_request *request = batch_of(2, 52998224724); /* wrong, then right */
    ALUNO_SET(*request, validate_only, true);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_batch_create_students, request), ALUNO_OK);
    assert_int_equal(bed->reply_metadata.warnings.count, 1);
    assert_string_equal(bed->reply_metadata.warnings.items[0].field, "students[0].br_document");
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM student"), 0);

    bed->service.cpf_strict = true;
    assert_int_equal(bed_call(bed, ALUNO_METHOD_batch_create_students, request), ALUNO_INVALID_ARGUMENT);
    assert_int_equal(bed->error.violations.count, 1);
    check_violation_at(bed, 0, "students[0].br_document", ALUNO_REASON_CPF_CHECK_DIGIT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_bed_set_up, call_bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_batch_is_created_in_order),
        TEST(test_batch_of_nobody_is_refused),
        TEST(test_batch_reports_every_violation_of_every_row),
        TEST(test_batch_names_the_rows_whose_cpf_is_taken),
        TEST(test_batch_validates_check_digits_of_each_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
