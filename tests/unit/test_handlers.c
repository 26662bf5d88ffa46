/* service/handlers: each method, from request bytes to reply bytes, over a real store. test_dispatch.c tests
 * the checks before a handler. */
#include "call_bed.h"
#include "unit.h"

static const int64_t ana_cpf = 52998224725, bia_cpf = 11144477735, wrong_cpf = 12312312313;

/* ---- students ---- */

static void test_create(void **state)
{
    call_bed *bed = *state;
    aluno_create_student_request request = {0};
    ALUNO_SET(request, student, bed_student("  João \u00A0 da  Silva ", 16, 0));
    ALUNO_SET_TEXT(request.student, br_document, "529.982.247-25");
    ALUNO_SET(request.student, id, 99); /* the service sets it */
    assert_int_equal(bed_call(bed, ALUNO_METHOD_create_student, &request), ALUNO_OK);
    const aluno_student *created = &bed->reply.student;
    assert_int_equal(created->id, 1);
    assert_string_equal(created->name, "João da Silva");
    assert_int_equal(created->age, 16);
    assert_string_equal(created->br_document, "52998224725");
    assert_string_equal(created->email, "a@example.com");
    assert_true(created->has.etag && created->create_time > 0 &&
                created->update_time == created->create_time);
    assert_false(created->has.delete_time);
    assert_false(bed->reply_metadata.has.warnings);
    assert_string_equal(bed->reply_metadata.request_id, bed->metadata.request_id);
}

static void test_create_reports_all_violations(void **state)
{
    call_bed *bed = *state;
    aluno_create_student_request request = {.has.student = true};
    ALUNO_SET_TEXT(request.student, name, "");
    ALUNO_SET(request.student, age, 151);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_create_student, &request), ALUNO_INVALID_ARGUMENT);
    check_reason(bed, ALUNO_REASON_FIELDS_INVALID);
    assert_int_equal(bed->error.violations.count, 4);
    assert_int_equal(bed_total(bed), 0);
}

/* A refusal has no personal data: errors and logs reach people who may not read students. */
static void test_a_cpf_that_is_taken(void **state)
{
    call_bed *bed = *state;
    assert_int_equal(bed_create(bed, "Ana", 20, ana_cpf), ALUNO_OK);
    assert_int_equal(bed_create(bed, "Bia", 20, ana_cpf), ALUNO_ALREADY_EXISTS);
    check_reason(bed, ALUNO_REASON_CPF_TAKEN);
    assert_null(memmem(bed->last.execution.outcome.reply.data, bed->last.execution.outcome.reply.size,
                       "52998224725", 11));
    assert_null(
        memmem(bed->last.execution.outcome.reply.data, bed->last.execution.outcome.reply.size, "Bia", 3));
    assert_int_equal(bed_total(bed), 1);
}

static void test_check_digits_are_a_warning(void **state)
{
    call_bed *bed = *state;
    static const struct {
        aluno_language language;
        const char *message;
    } cases[] = {
        {ALUNO_EN, "the CPF's check digits do not match"},
        {ALUNO_PT, "os dígitos verificadores do CPF não conferem"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char message[128];
        assert_int_equal(bed_create(bed, "Ana", 20, wrong_cpf + (int64_t)i), ALUNO_OK);
        assert_int_equal(bed->reply_metadata.warnings.count, 1);
        assert_string_equal(bed->reply_metadata.warnings.items[0].field, "student.br_document");
        assert_string_equal(bed->reply_metadata.warnings.items[0].reason, "CPF_CHECK_DIGIT");
        aluno_violation_message(&bed->reply_metadata.warnings.items[0], cases[i].language, message,
                                sizeof message);
        assert_string_equal(message, cases[i].message);
    }
    assert_int_equal(bed_total(bed), 2);
}

static void test_garbled_names_are_a_warning(void **state)
{
    call_bed *bed = *state;
    assert_int_equal(bed_create(bed, "JoÃ£o", 20, ana_cpf), ALUNO_OK);
    assert_int_equal(bed->reply_metadata.warnings.count, 1);
    assert_string_equal(bed->reply_metadata.warnings.items[0].field, "student.name");
    assert_string_equal(bed->reply_metadata.warnings.items[0].reason, "NAME_MOJIBAKE");
    assert_string_equal(bed->reply_metadata.warnings.items[0].detail, "João");
    assert_int_equal(bed_create(bed, "Jo?o", 20, ana_cpf + 1), ALUNO_OK);
    assert_string_equal(bed->reply_metadata.warnings.items[0].reason, "NAME_MOJIBAKE");
    assert_false(bed->reply_metadata.warnings.items[0].has.detail);
}

static void test_check_digits_refused_where_strict(void **state)
{
    call_bed *bed = *state;
    bed->service.cpf_strict = true;
    assert_int_equal(bed_create(bed, "Ana", 20, wrong_cpf), ALUNO_INVALID_ARGUMENT);
    check_violation(bed, "student.br_document", ALUNO_REASON_CPF_CHECK_DIGIT);
    assert_int_equal(bed_create(bed, "Ana", 20, ana_cpf), ALUNO_OK);
    assert_int_equal(bed_total(bed), 1);
}

static void test_get(void **state)
{
    call_bed *bed = *state;
    assert_int_equal(bed_create(bed, "Ana", 20, ana_cpf), ALUNO_OK);
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_OK);
    assert_string_equal(bed->reply.student.name, "Ana");
    aluno_get_student_request request = {0};
    ALUNO_SET_TEXT(request, br_document, "529.982.247-25");
    assert_int_equal(bed_call(bed, ALUNO_METHOD_get_student, &request), ALUNO_OK);
    assert_int_equal(bed->reply.student.id, 1);
    assert_int_equal(bed_get_by_id(bed, 2), ALUNO_NOT_FOUND);
    check_reason(bed, ALUNO_REASON_STUDENT_NOT_FOUND);
}

static void test_update_changes_what_is_present(void **state)
{
    call_bed *bed = *state;
    assert_int_equal(bed_create(bed, "Ana", 20, ana_cpf), ALUNO_OK);
    aluno_update_student_request request = {.has.student = true};
    ALUNO_SET_TEXT(request, br_document, "52998224725");
    ALUNO_SET(request.student, age, 21);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_update_student, &request), ALUNO_OK);
    assert_int_equal(bed->reply.student.age, 21);
    assert_string_equal(bed->reply.student.name, "Ana");
    assert_string_equal(bed->reply.student.br_document, "52998224725");
    assert_string_equal(bed->reply.student.etag, "2");
}

static void test_update_of_a_cpf(void **state)
{
    call_bed *bed = *state;
    assert_int_equal(bed_create(bed, "Ana", 20, ana_cpf), ALUNO_OK);
    assert_int_equal(bed_create(bed, "Bia", 20, bia_cpf), ALUNO_OK);
    aluno_update_student_request request = {.has.student = true};
    ALUNO_SET(request, id, 2);
    ALUNO_SET_TEXT(request.student, br_document, "52998224725");
    assert_int_equal(bed_call(bed, ALUNO_METHOD_update_student, &request), ALUNO_ALREADY_EXISTS);
    check_reason(bed, ALUNO_REASON_CPF_TAKEN);
    ALUNO_SET_TEXT(request.student, br_document, "123.123.123-13");
    assert_int_equal(bed_call(bed, ALUNO_METHOD_update_student, &request), ALUNO_OK);
    assert_string_equal(bed->reply.student.br_document, "12312312313");
    assert_int_equal(bed->reply_metadata.warnings.count, 1);
}

static void test_update_of_nobody(void **state)
{
    call_bed *bed = *state;
    aluno_update_student_request request = {.has.student = true};
    ALUNO_SET(request, id, 7);
    ALUNO_SET(request.student, age, 21);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_update_student, &request), ALUNO_NOT_FOUND);
    check_reason(bed, ALUNO_REASON_STUDENT_NOT_FOUND);
}

static void test_delete_frees_the_cpf(void **state)
{
    call_bed *bed = *state;
    assert_int_equal(bed_create(bed, "Ana", 20, ana_cpf), ALUNO_OK);
    aluno_delete_student_request request = {0};
    ALUNO_SET_TEXT(request, br_document, "52998224725");
    assert_int_equal(bed_call(bed, ALUNO_METHOD_delete_student, &request), ALUNO_OK);
    assert_int_equal(bed->reply.student.id, 1);
    assert_true(bed->reply.student.delete_time > 0);
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_NOT_FOUND);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_delete_student, &request), ALUNO_NOT_FOUND);
    assert_int_equal(bed_create(bed, "Bia", 20, ana_cpf), ALUNO_OK);
    assert_int_equal(bed->reply.student.id, 2);
}

/* ---- pages ---- */

static void test_pages_follow_each_other(void **state)
{
    call_bed *bed = *state;
    char token[65];
    const aluno_list_students_reply *page = &bed->reply.list_students_reply;
    for (int64_t i = 0; i < 5; i++)
        assert_int_equal(bed_create(bed, "Ana", 20, 10000000000 + i), ALUNO_OK);
    assert_int_equal(bed_list(bed, 2, NULL), ALUNO_OK);
    for (int64_t first = 1; first <= 5; first += 2) {
        assert_int_equal(page->total_size, 5);
        assert_int_equal(page->students.count, first == 5 ? 1 : 2);
        assert_int_equal(page->students.items[0].id, first);
        assert_int_equal(page->has.next_page_token, first < 5);
        if (first == 5)
            break;
        snprintf(token, sizeof token, "%s", page->next_page_token);
        assert_int_equal(bed_list(bed, 2, token), ALUNO_OK);
    }
}

static void test_a_list_of_none(void **state)
{
    call_bed *bed = *state;
    assert_int_equal(bed_list(bed, 100, NULL), ALUNO_OK);
    const aluno_list_students_reply *page = &bed->reply.list_students_reply;
    assert_int_equal(page->has.students ? page->students.count : 0, 0);
    assert_int_equal(page->total_size, 0);
    assert_false(page->has.next_page_token);
}

static void test_tokens_that_the_service_did_not_give(void **state)
{
    call_bed *bed = *state;
    static const char *const tokens[] = {"",
                                         "1",
                                         "id-",
                                         "id-0",
                                         "id-01",
                                         "id--1",
                                         "id-A",
                                         "id-1 ",
                                         "id-0x1f",
                                         "name-1",
                                         " id-1",
                                         "id-ffffffffffffffff",
                                         "id-10000000000000001"};
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        if (bed_list(bed, 10, tokens[i]) != ALUNO_INVALID_ARGUMENT)
            fail_msg("accepted: \"%s\"", tokens[i]);
        check_violation(bed, "page_token", ALUNO_REASON_PAGE_TOKEN_INVALID);
    }
}

/* ---- the service itself ---- */

static void test_server_info(void **state)
{
    call_bed *bed = *state;
    const aluno_get_server_info_request request = {0};
    const aluno_server_info *info = &bed->reply.server_info;
    bed->service.start_ms = 1000;
    assert_int_equal(bed_call(bed, ALUNO_METHOD_get_server_info, &request), ALUNO_OK);
    assert_string_equal(info->version, ALUNO_VERSION);
    assert_int_equal(info->schema_version, store_schema_version(bed->service.store));
    assert_string_equal(info->store, bed->service.is_remote ? "PostgreSQL" : "SQLite");
    assert_int_equal(info->start_time, 1000);
    assert_true(info->server_time > info->start_time);
    assert_string_equal(info->cpf_check, "warn");
    assert_string_equal(info->caller_name, "secretaria");
    assert_string_equal(info->caller_role, "registrar");
    assert_int_equal(info->caller_not_after, 2000);
}

static void test_describe_all(void **state)
{
    call_bed *bed = *state;
    const aluno_describe_request request = {0};
    const aluno_describe_reply *reply = &bed->reply.describe_reply;
    assert_int_equal(bed_call(bed, ALUNO_METHOD_describe, &request), ALUNO_OK);
    assert_int_equal(reply->methods.count, ALUNO_METHOD_COUNT);
    for (size_t i = 0; i < ALUNO_METHOD_COUNT; i++)
        assert_string_equal(reply->methods.items[i].name, aluno_method_of((aluno_method_id)i)->name);
    for (size_t i = 0; i < reply->fields.count; i++) /* each field once */
        for (size_t j = i + 1; j < reply->fields.count; j++)
            assert_false(strcmp(reply->fields.items[i].message, reply->fields.items[j].message) == 0 &&
                         strcmp(reply->fields.items[i].name, reply->fields.items[j].name) == 0);
}

static void test_describe_one(void **state)
{
    call_bed *bed = *state;
    aluno_describe_request request = {0};
    const aluno_describe_reply *reply = &bed->reply.describe_reply;
    ALUNO_SET_TEXT(request, method, "grpc.health.v1.Health/Check");
    ALUNO_SET_TEXT(bed->metadata, language, "pt");
    assert_int_equal(bed_call(bed, ALUNO_METHOD_describe, &request), ALUNO_OK);
    assert_int_equal(reply->methods.count, 1);
    assert_string_equal(reply->methods.items[0].doc, "diz se o serviço está atendendo");
    assert_string_equal(reply->methods.items[0].role, "none");
    assert_int_equal(reply->fields.count, 3);
    assert_string_equal(reply->fields.items[1].message, "HealthCheckReply");
    assert_string_equal(reply->fields.items[1].name, "status");
    ALUNO_SET_TEXT(request, method, "aluno.v1.StudentService/ExpelStudent");
    assert_int_equal(bed_call(bed, ALUNO_METHOD_describe, &request), ALUNO_UNIMPLEMENTED);
    check_reason(bed, ALUNO_REASON_METHOD_UNKNOWN);
}

/* As in gRPC's health protocol, no name or an empty one means the whole service. */
static void test_health_of_a_service(void **state)
{
    call_bed *bed = *state;
    static const char *const names[] = {"", "aluno.v1.StudentService", "grpc.health.v1.Health"};
    aluno_health_check_request request = {0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        ALUNO_SET_TEXT(request, service, names[i]);
        assert_int_equal(bed_call(bed, ALUNO_METHOD_health_check, &request), ALUNO_OK);
        assert_string_equal(bed->reply.health_check_reply.status, "SERVING");
    }
    ALUNO_SET_TEXT(request, service, "aluno.v1.Student");
    assert_int_equal(bed_call(bed, ALUNO_METHOD_health_check, &request), ALUNO_NOT_FOUND);
    check_reason(bed, ALUNO_REASON_SERVICE_UNKNOWN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_bed_set_up, call_bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_create),
        TEST(test_create_reports_all_violations),
        TEST(test_a_cpf_that_is_taken),
        TEST(test_check_digits_are_a_warning),
        TEST(test_garbled_names_are_a_warning),
        TEST(test_check_digits_refused_where_strict),
        TEST(test_get),
        TEST(test_update_changes_what_is_present),
        TEST(test_update_of_a_cpf),
        TEST(test_update_of_nobody),
        TEST(test_delete_frees_the_cpf),
        TEST(test_pages_follow_each_other),
        TEST(test_a_list_of_none),
        TEST(test_tokens_that_the_service_did_not_give),
        TEST(test_health_of_a_service),
        TEST(test_server_info),
        TEST(test_describe_all),
        TEST(test_describe_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
