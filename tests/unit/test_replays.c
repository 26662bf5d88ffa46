/* The reply to a repeated change, and the data that the ledger keeps for it. */
#include "call_bed.h"

static bool warns(const call_bed *bed, const char *field, aluno_reason reason)
{
    for (size_t i = 0; bed->reply_metadata.has.warnings && i < bed->reply_metadata.warnings.count; i++)
        if (strcmp(bed->reply_metadata.warnings.items[i].field, field) == 0 &&
            strcmp(bed->reply_metadata.warnings.items[i].reason, aluno_reason_of(reason)->name) == 0)
            return true;
    return false;
}

/* A retry after the student has changed learns that its change was made, and sees the student as it is. */
static void test_a_repeat_after_other_changes(void **state)
{
    call_bed *bed = *state;
    assert_int_equal(bed_create(bed, "Ana", 20, 52998224725), ALUNO_OK);
    const aluno__buffer first = bed->request;
    bed->request = (aluno__buffer){0};
    aluno_delete_student_request request = {0};
    ALUNO_SET(request, id, bed->reply.student.id);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_delete_student, &request), ALUNO_OK);
    aluno__buffer_free(&bed->request);
    bed->request = first;
    assert_int_equal(bed_send(bed, ALUNO_METHOD_create_student), ALUNO_OK);
    assert_true(bed->reply_metadata.has.replayed);
    assert_true(warns(bed, "student", ALUNO_REASON_REPLY_SUPERSEDED));
    assert_string_equal(bed->reply.student.name, "Ana");
    assert_string_equal(bed->reply.student.etag, "2");
    assert_true(bed->reply.student.has.delete_time);
    assert_int_equal(bed_total(bed), 0);
}

static void rename_to(call_bed *bed, const char *name, const char *request_id)
{
    aluno_update_student_request request = {.has = {.id = true, .student = true}, .id = 1};
    ALUNO_SET_TEXT(request.student, name, name);
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_update_student, &request, request_id), ALUNO_OK);
}

/* A repeat that could be made again is undone before the student is read for its reply. */
static void test_a_repeat_shows_no_change_of_its_own(void **state)
{
    static const char first[] = "01912345-0000-7000-8000-00000000000a",
                      second[] = "01912345-0000-7000-8000-00000000000b";
    call_bed *bed = *state;
    bed_add(bed, "Ana", 20, 52998224725);
    rename_to(bed, "Bia", first);
    rename_to(bed, "Eva", second);
    for (int attempt = 1; attempt <= 2; attempt++) {
        ALUNO_SET(bed->metadata, attempt, attempt);
        rename_to(bed, "Bia", first);
        assert_true(bed->reply_metadata.has.replayed);
        assert_true(warns(bed, "student", ALUNO_REASON_REPLY_SUPERSEDED));
        assert_string_equal(bed->reply.student.name, "Eva");
        assert_string_equal(bed->reply.student.etag, "3");
        rename_to(bed, "Eva", second);
        assert_true(bed->reply_metadata.has.replayed);
        assert_false(bed->reply_metadata.has.warnings);
        assert_string_equal(bed->reply.student.etag, "3");
    }
    bed->metadata.has.attempt = false;
}

/* The ledger holds no value of a student. */
static void test_the_ledger_names_students(void **state)
{
    call_bed *bed = *state;
    bed_add(bed, "Ana", 20, 52998224725);
    rename_to(bed, "Bia", "01912345-0000-7000-8000-00000000000a");
    assert_int_equal(bed_delete(bed, 1), ALUNO_OK);
    assert_int_equal(bed_number(&bed->store,
                                "SELECT count(*) FROM operation WHERE student = 1 AND students = 1"
                                " AND hash <> 0 AND length(reply) = 1"),
                     3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_bed_set_up, call_bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_repeat_after_other_changes),
        TEST(test_a_repeat_shows_no_change_of_its_own),
        TEST(test_the_ledger_names_students),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
