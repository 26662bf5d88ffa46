/* The methods of StudentService, from request bytes to reply bytes. */
#include "call_bed.h"

static aluno_student get(call_bed *bed, int64_t id)
{
    aluno_student found;
    const aluno_get_student_request request = {.has.id = true, .id = id};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_get_student, &request), ALUNO_OK);
    found = bed->reply.student;
    return found;
}

/* ---- validate_only ---- */

static void test_every_change_may_be_validated_only(void **state)
{
    (void)state;
    for (int i = 0; i < ALUNO_METHOD_COUNT; i++) {
        const aluno_method_desc *method = aluno_method_of((aluno_method_id)i);
        const aluno_field_desc *field = aluno_field_named(method->request, "validate_only", 13);
        assert_int_equal(field != NULL && field->kind == ALUNO_KIND_BOOL, method->effect == ALUNO_MUTATES);
    }
}

static void test_validated_creation_stores_nothing(void **state)
{
    call_bed *bed = *state;
    static const char id[] = "01912345-0000-7000-8000-00000000000a";
    aluno_student student;
    aluno_create_student_request request = {.has = {.student = true, .validate_only = true},
                                            .student = bed_student("  Ana  Lima", 20, 52998224724),
                                            .validate_only = true};
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, id), ALUNO_OK);
    student = bed->reply.student;
    assert_string_equal(student.name, "Ana Lima");
    assert_string_equal(student.etag, "1");
    assert_true(bed->reply_metadata.has.validate_only && bed->reply_metadata.validate_only);
    assert_int_equal(bed->reply_metadata.warnings.count, 1);
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM student"), 0);
    assert_int_equal(bed_number(&bed->store, "SELECT live FROM student_total"), 0);
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM operation"), 0);

    request.has.validate_only = false; /* a dry run does not use its request id */
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, id), ALUNO_OK);
    student = bed->reply.student;
    assert_false(bed->reply_metadata.has.validate_only || bed->reply_metadata.has.replayed);
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM student"), 1);
}

static void test_validation_refuses_what_the_change_would(void **state)
{
    call_bed *bed = *state;
    bed_add(bed, "Ana", 20, 52998224725);
    aluno_create_student_request request = {.has = {.student = true, .validate_only = true},
                                            .student = bed_student("Bia", 20, 52998224725),
                                            .validate_only = true};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_create_student, &request), ALUNO_ALREADY_EXISTS);
    ALUNO_SET(request.student, age, 200);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_create_student, &request), ALUNO_INVALID_ARGUMENT);
    check_violation_at(bed, 0, "student.age", ALUNO_REASON_AGE_RANGE);
}

static void test_validated_update_and_removal_change_nothing(void **state)
{
    call_bed *bed = *state;
    aluno_student student;
    const int64_t id = bed_add(bed, "Ana", 20, 52998224725).id;
    aluno_update_student_request update = {
        .has = {.id = true, .student = true, .validate_only = true}, .id = id, .validate_only = true};
    ALUNO_SET(update.student, age, 21);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_update_student, &update), ALUNO_OK);
    student = bed->reply.student;
    assert_int_equal(student.age, 21);
    assert_string_equal(student.etag, "2");

    const aluno_delete_student_request removal = {
        .has = {.id = true, .validate_only = true}, .id = id, .validate_only = true};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_delete_student, &removal), ALUNO_OK);
    student = bed->reply.student;
    assert_true(student.has.delete_time);

    student = get(bed, id);
    assert_int_equal(student.age, 20);
    assert_string_equal(student.etag, "1");
}

/* ---- etag ---- */

static void test_stale_etag_is_refused(void **state)
{
    call_bed *bed = *state;
    aluno_student now = bed_add(bed, "Ana", 20, 52998224725);
    aluno_update_student_request update = {.has = {.id = true, .student = true}, .id = now.id};
    ALUNO_SET(update.student, age, 21);
    ALUNO_SET_TEXT(update, etag, now.etag);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_update_student, &update), ALUNO_OK);
    now = bed->reply.student;
    assert_int_equal(bed_call(bed, ALUNO_METHOD_update_student, &update), ALUNO_ABORTED);
    check_reason(bed, ALUNO_REASON_ETAG_MISMATCH);
    assert_false(aluno_error_is_retryable(&bed->error)); /* not without reading again */

    aluno_delete_student_request removal = {.has.id = true, .id = now.id};
    ALUNO_SET_TEXT(removal, etag, "1");
    assert_int_equal(bed_call(bed, ALUNO_METHOD_delete_student, &removal), ALUNO_ABORTED);
    check_reason(bed, ALUNO_REASON_ETAG_MISMATCH);
    ALUNO_SET_TEXT(removal, etag, now.etag);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_delete_student, &removal), ALUNO_OK);
    now = bed->reply.student;

    aluno_undelete_student_request restoring = {.has.id = true, .id = now.id};
    ALUNO_SET_TEXT(restoring, etag, "2");
    assert_int_equal(bed_call(bed, ALUNO_METHOD_undelete_student, &restoring), ALUNO_ABORTED);
    ALUNO_SET_TEXT(restoring, etag, now.etag);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_undelete_student, &restoring), ALUNO_OK);
}

/* Makes all students last updated at 1000. */
static aluno_code date_updates(job *unused, struct store_session *session)
{
    (void)unused;
    return bed_sql(session, "UPDATE student SET update_time = 1000");
}

/* Whoever synchronizes sends what is stored already: others must not see a change. */
static void test_update_that_changes_nothing_keeps_the_etag(void **state)
{
    call_bed *bed = *state;
    static const char id[] = "01912345-0000-7000-8000-00000000000a";
    job nothing = {.id = 0};
    aluno_student reply;
    const aluno_student before = bed_add(bed, "Ana Lima", 20, 52998224725);
    assert_int_equal(job_run(&bed->store, &nothing, date_updates), ALUNO_OK);
    aluno_update_student_request update = {.has = {.id = true, .student = true}, .id = before.id};
    ALUNO_SET_TEXT(update.student, name, " Ana  Lima ");
    ALUNO_SET(update.student, age, 20);
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_update_student, &update, id), ALUNO_OK);
    reply = bed->reply.student;
    assert_string_equal(reply.etag, before.etag);
    assert_int_equal(reply.update_time, 1000);
    assert_string_equal(reply.name, "Ana Lima");
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM operation"), 2); /* and the creation */

    ALUNO_SET_TEXT(update, update_mask, "*"); /* clears the e-mail, which the request lacks */
    ALUNO_SET_TEXT(update.student, br_document, "52998224725");
    bed->service.required = (aluno_student_has){.none = false};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_update_student, &update), ALUNO_OK);
    reply = bed->reply.student;
    assert_string_equal(reply.etag, "2");
    assert_true(reply.update_time > 1000);
}

/* ---- update_mask ---- */

static void test_mask_names_what_changes(void **state)
{
    call_bed *bed = *state;
    aluno_student now = bed_add(bed, "Ana", 20, 52998224725);
    aluno_update_student_request update = {
        .has = {.id = true, .student = true}, .id = now.id, .student = bed_student("Bia", 30, 11144477735)};
    static const struct {
        const char *mask, *name;
        int64_t age;
        const char *cpf;
    } cases[] = {
        {"age", "Ana", 30, "52998224725"},
        {" name , age,name", "Bia", 30, "52998224725"},
        {"etag,id,create_time", "Ana", 20, "52998224725"}, /* set by the service: ignored */
        {"*", "Bia", 30, "11144477735"},
        {"", "Bia", 30, "11144477735"}, /* no mask: the fields that are present */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        aluno_update_student_request back = update;
        back.student = bed_student("Ana", 20, 52998224725);
        assert_int_equal(bed_call(bed, ALUNO_METHOD_update_student, &back), ALUNO_OK);
        ALUNO_SET_TEXT(update, update_mask, cases[i].mask);
        assert_int_equal(bed_call(bed, ALUNO_METHOD_update_student, &update), ALUNO_OK);
        now = bed->reply.student;
        assert_string_equal(now.name, cases[i].name);
        assert_int_equal(now.age, cases[i].age);
        assert_string_equal(now.br_document, cases[i].cpf);
        update.has.update_mask = false;
    }
}

static void test_mask_is_validated(void **state)
{
    call_bed *bed = *state;
    aluno_update_student_request update = {.has = {.id = true, .student = true},
                                           .id = bed_add(bed, "Ana", 20, 52998224725).id};
    ALUNO_SET(update.student, age, 21);
    for (const char *const *mask =
             (const char *const[]){"agee", "age,", "name age", "student.age", "**", NULL};
         *mask != NULL; mask++) {
        ALUNO_SET_TEXT(update, update_mask, *mask);
        assert_int_equal(bed_call(bed, ALUNO_METHOD_update_student, &update), ALUNO_INVALID_ARGUMENT);
        check_violation_at(bed, 0, "update_mask", ALUNO_REASON_FIELD_UNKNOWN);
    }
    ALUNO_SET_TEXT(update, update_mask, "*");
    assert_int_equal(bed_call(bed, ALUNO_METHOD_update_student, &update), ALUNO_INVALID_ARGUMENT);
    assert_int_equal(bed->error.violations.count, 3);
    check_violation_at(bed, 0, "student.name", ALUNO_REASON_FIELD_REQUIRED);
    check_violation_at(bed, 1, "student.br_document", ALUNO_REASON_FIELD_REQUIRED);
    check_violation_at(bed, 2, "student.email", ALUNO_REASON_FIELD_REQUIRED);
    assert_int_equal(get(bed, update.id).age, 20);
}

/* ---- removal and restoration ---- */

static aluno_student remove_student(call_bed *bed, int64_t id)
{
    aluno_student removed;
    const aluno_delete_student_request request = {.has.id = true, .id = id};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_delete_student, &request), ALUNO_OK);
    removed = bed->reply.student;
    return removed;
}

static aluno_code restore(call_bed *bed, int64_t id)
{
    const aluno_undelete_student_request request = {.has.id = true, .id = id};
    return bed_call(bed, ALUNO_METHOD_undelete_student, &request);
}

static void test_removed_student_comes_back(void **state)
{
    call_bed *bed = *state;
    aluno_student back;
    const int64_t id = bed_add(bed, "Ana", 20, 52998224725).id;
    assert_int_equal(restore(bed, id), ALUNO_ALREADY_EXISTS);
    check_reason(bed, ALUNO_REASON_STUDENT_NOT_REMOVED);
    remove_student(bed, id);
    assert_int_equal(restore(bed, id), ALUNO_OK);
    back = bed->reply.student;
    assert_false(back.has.delete_time);
    assert_string_equal(back.etag, "3");
    assert_string_equal(get(bed, id).name, "Ana");
    assert_int_equal(bed_number(&bed->store, "SELECT live FROM student_total"), 1);
    assert_int_equal(restore(bed, id + 1), ALUNO_NOT_FOUND);
}

static void test_cpf_given_to_another_stops_a_restoration(void **state)
{
    call_bed *bed = *state;
    const int64_t id = bed_add(bed, "Ana", 20, 52998224725).id;
    remove_student(bed, id);
    const int64_t other = bed_add(bed, "Bia", 20, 52998224725).id;
    assert_int_equal(restore(bed, id), ALUNO_ALREADY_EXISTS);
    check_reason(bed, ALUNO_REASON_CPF_TAKEN);
    remove_student(bed, other);
    assert_int_equal(restore(bed, id), ALUNO_OK);
}

/* Makes all removals that many days older. */
static aluno_code age_removals(job *at, struct store_session *session)
{
    char sql[128];
    snprintf(sql, sizeof sql, "UPDATE student SET delete_time = delete_time - 86400000 * CAST(%d AS bigint)",
             (int)at->id);
    return bed_sql(session, sql);
}

static void test_restoration_has_a_term(void **state)
{
    call_bed *bed = *state;
    job days = {.id = 29};
    const int64_t id = bed_add(bed, "Ana", 20, 52998224725).id;
    remove_student(bed, id);
    assert_int_equal(job_run(&bed->store, &days, age_removals), ALUNO_OK);
    assert_int_equal(restore(bed, id), ALUNO_OK);
    remove_student(bed, id);
    days.id = 31;
    assert_int_equal(job_run(&bed->store, &days, age_removals), ALUNO_OK);
    assert_int_equal(restore(bed, id), ALUNO_FAILED_PRECONDITION);
    check_reason(bed, ALUNO_REASON_RESTORE_EXPIRED);
}

static void test_removed_student_is_read_when_asked_for(void **state)
{
    call_bed *bed = *state;
    aluno_student found;
    aluno_get_student_request by_id = {.has.id = true}, by_cpf = {.has = {.none = false}};
    ALUNO_SET_TEXT(by_cpf, br_document, "52998224725");
    remove_student(bed, bed_add(bed, "Ana", 20, 52998224725).id);
    by_id.id = remove_student(bed, bed_add(bed, "Bia", 20, 52998224725).id).id;
    assert_int_equal(bed_call(bed, ALUNO_METHOD_get_student, &by_id), ALUNO_NOT_FOUND);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_get_student, &by_cpf), ALUNO_NOT_FOUND);
    ALUNO_SET(by_id, show_deleted, true);
    ALUNO_SET(by_cpf, show_deleted, true);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_get_student, &by_id), ALUNO_OK);
    found = bed->reply.student;
    assert_string_equal(found.name, "Bia");
    assert_true(found.has.delete_time);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_get_student, &by_cpf), ALUNO_OK);
    found = bed->reply.student;
    assert_string_equal(found.name, "Bia"); /* the last of them */
    bed_add(bed, "Caio", 20, 52998224725);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_get_student, &by_cpf), ALUNO_OK);
    found = bed->reply.student;
    assert_string_equal(found.name, "Caio"); /* a student who is not removed comes first */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_bed_set_up, call_bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_change_may_be_validated_only),
        TEST(test_validated_creation_stores_nothing),
        TEST(test_validation_refuses_what_the_change_would),
        TEST(test_validated_update_and_removal_change_nothing),
        TEST(test_stale_etag_is_refused),
        TEST(test_update_that_changes_nothing_keeps_the_etag),
        TEST(test_mask_names_what_changes),
        TEST(test_mask_is_validated),
        TEST(test_removed_student_comes_back),
        TEST(test_cpf_given_to_another_stops_a_restoration),
        TEST(test_restoration_has_a_term),
        TEST(test_removed_student_is_read_when_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
