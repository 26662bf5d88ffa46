/* Masking of each personal field, by role, in the reply of each method. The methods, their replies' fields
 * and the roles come from the contract: a new one is tested by itself, or the test asks for its request. */
#include "call_bed.h"

#include "base/clock.h"
#include "hash.h"
#include "protocol/day.h"
#include "school_day.h"

#include <aluno/masking.h>

#include <inttypes.h>

#define CPF        "52998224725"
#define EMAIL      "ana@example.com"
#define BIRTH_DATE "2010-12-31"

/* ---- a request of each method that readers may call, whose reply has every personal field ---- */

static aluno_any_message request;
static char change_id[37];   /* of the change that created Ana */
static char watch_token[65]; /* of before it */

static void ask_get(const aluno_student *ana)
{
    request.get_student_request = (aluno_get_student_request){.has.id = true, .id = ana->id};
}

static void ask_list(const aluno_student *ana)
{
    (void)ana;
    aluno_clear(&aluno_list_students_request_type, &request);
}

static void ask_watch(const aluno_student *ana)
{
    (void)ana;
    aluno_clear(&aluno_watch_students_request_type, &request);
    ALUNO_SET_TEXT(request.watch_students_request, after, watch_token);
}

static void ask_operation(const aluno_student *ana)
{
    (void)ana;
    aluno_clear(&aluno_get_operation_request_type, &request);
    ALUNO_SET_TEXT(request.get_operation_request, request_id, change_id);
}

static void ask_reveal(const aluno_student *ana)
{
    request.reveal_student_request = (aluno_reveal_student_request){.has.id = true, .id = ana->id};
    ALUNO_SET_TEXT(request.reveal_student_request, purpose, "emissão do histórico");
}

static void (*const asks[ALUNO_METHOD_COUNT])(const aluno_student *ana) = {
    [ALUNO_METHOD_get_student] = ask_get,       [ALUNO_METHOD_list_students] = ask_list,
    [ALUNO_METHOD_watch_students] = ask_watch,  [ALUNO_METHOD_get_operation] = ask_operation,
    [ALUNO_METHOD_reveal_student] = ask_reveal,
};

/* ---- looking at replies ---- */

static bool is_personal(const aluno_field_desc *field)
{
    return field->mask != ALUNO_MASK_none && field->mask != ALUNO_MASK_name;
}

/* Whether a reply of that type can have a personal value. Warnings are no part of it. */
static bool may_be_personal(const aluno_message_desc *type)
{
    for (const aluno_field_desc *field = type->fields; field->name != NULL; field++)
        if (is_personal(field) || (field->type != NULL && may_be_personal(field->type)))
            return true;
    return false;
}

static size_t check_values(const aluno_message_desc *type, const void *message, bool is_masked);

static size_t check_value(const aluno_field_desc *field, const void *message, bool is_masked)
{
    size_t seen = 0;
    if (is_personal(field)) {
        assert_int_equal(aluno_is_masked(field->mask, aluno_value(field, message)), is_masked);
        return 1;
    }
    if (field->kind == ALUNO_KIND_ONE)
        seen += check_values(field->type, aluno_value(field, message), is_masked);
    for (size_t i = 0; field->kind == ALUNO_KIND_LIST && i < *aluno_count(field, message); i++)
        seen += check_values(field->type, aluno_item(field, message, i), is_masked);
    return seen;
}

/* Returns how many personal values there were. */
static size_t check_values(const aluno_message_desc *type, const void *message, bool is_masked)
{
    size_t seen = 0;
    for (const aluno_field_desc *field = type->fields; field->name != NULL; field++)
        if (*aluno_has(field, message))
            seen += check_value(field, message, is_masked);
    return seen;
}

/* Whether the reply's bytes have the value itself. */
static bool carries(const call_bed *bed, const char *value)
{
    const aluno__buffer *bytes = &bed->last.execution.outcome.reply;
    return memmem(bytes->data, bytes->size, value, strlen(value)) != NULL;
}

/* ---- the matrix ---- */

static aluno_student given_ana(call_bed *bed)
{
    aluno_create_student_request creation = {.has = {.none = false}};
    const aluno_watch_students_request watch = {.has = {.none = false}};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_watch_students, &watch), ALUNO_OK);
    strcpy(watch_token, bed->reply.watch_students_reply.token);
    ALUNO_SET(creation, student, bed_student("Ana", 0, 52998224725));
    creation.student.has.age = false;
    ALUNO_SET_TEXT(creation.student, email, EMAIL);
    ALUNO_SET_TEXT(creation.student, birth_date, BIRTH_DATE);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_create_student, &creation), ALUNO_OK);
    strcpy(change_id, bed->metadata.request_id);
    return bed->reply.student;
}

static void check_role(call_bed *bed, const aluno_method_desc *method, aluno_role role,
                       const aluno_student *ana)
{
    const bool is_masked = role < ALUNO_ROLE_registrar && method->id != ALUNO_METHOD_reveal_student;
    bed_call_as(bed, "secretaria", role);
    asks[method->id](ana);
    assert_int_equal(bed_call(bed, method->id, &request), ALUNO_OK);
    assert_true(check_values(method->reply, &bed->reply, is_masked) >= 3);
    assert_int_equal(carries(bed, CPF), !is_masked);
    assert_int_equal(carries(bed, EMAIL), !is_masked);
    assert_int_equal(carries(bed, BIRTH_DATE), !is_masked);
}

static void test_each_role_sees_what_is_its_due(void **state)
{
    call_bed *bed = *state;
    const aluno_student ana = given_ana(bed);
    bed->service.reveal = ALUNO_ROLE_reader;
    for (int i = 0; i < ALUNO_METHOD_COUNT; i++) {
        const aluno_method_desc *method = aluno_method_of((aluno_method_id)i);
        if (!aluno_role_may(ALUNO_ROLE_reader, method) || !may_be_personal(method->reply))
            continue;
        if (asks[i] == NULL)
            fail_msg("%s: add its request to `asks`", method->name);
        for (int role = (int)method->role; role <= (int)ALUNO_ROLE_admin; role++)
            for (int keys = ALUNO_KEYS_NAMED; keys <= ALUNO_KEYS_NUMBERED; keys++) {
                bed->keys = (aluno__codec_keys)keys;
                check_role(bed, method, (aluno_role)role, &ana);
            }
    }
}

static aluno_code reveal(call_bed *bed, aluno_role role, const aluno_student *ana, const char *purpose)
{
    bed_call_as(bed, "leitora", role);
    ask_reveal(ana);
    request.reveal_student_request.has.purpose = purpose != NULL;
    strcpy(request.reveal_student_request.purpose, purpose != NULL ? purpose : "");
    return bed_call(bed, ALUNO_METHOD_reveal_student, &request);
}

/* The reply that follows is masked again. */
static void test_revealing_is_permitted_by_the_service_and_has_a_purpose(void **state)
{
    call_bed *bed = *state;
    const aluno_student ana = given_ana(bed);
    assert_int_equal(reveal(bed, ALUNO_ROLE_registrar, &ana, "matrícula"), ALUNO_OK);
    assert_int_equal(reveal(bed, ALUNO_ROLE_reader, &ana, "matrícula"), ALUNO_PERMISSION_DENIED);
    check_reason(bed, ALUNO_REASON_ROLE_MISSING);
    assert_string_equal(bed->error.detail, "reader < registrar, by --reveal");
    bed->service.reveal = ALUNO_ROLE_reader;
    assert_int_equal(reveal(bed, ALUNO_ROLE_reader, &ana, "matrícula"), ALUNO_OK);
    assert_string_equal(bed->reply.student.br_document, CPF);
    assert_string_equal(bed->reply.student.birth_date, BIRTH_DATE);
    assert_int_equal(bed_get_by_id(bed, ana.id), ALUNO_OK);
    assert_string_equal(bed->reply.student.br_document, "***.982.247-**");
    const char *const none[] = {NULL, ""};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(reveal(bed, ALUNO_ROLE_reader, &ana, none[i]), ALUNO_INVALID_ARGUMENT);
        check_violation(bed, "purpose", i == 0 ? ALUNO_REASON_FIELD_REQUIRED : ALUNO_REASON_PURPOSE_INVALID);
    }
}

/* ---- values that come back masked ---- */

static void test_a_masked_value_is_not_stored(void **state)
{
    call_bed *bed = *state;
    const aluno_student ana = given_ana(bed);
    for (const aluno_field_desc *field = aluno_student_type.fields; field->name != NULL; field++) {
        char path[64];
        if (!is_personal(field))
            continue;
        bed_call_as(bed, "leitora", ALUNO_ROLE_reader);
        assert_int_equal(bed_get_by_id(bed, ana.id), ALUNO_OK);
        aluno_update_student_request update = {.has.id = true, .id = ana.id};
        update.has.student = *aluno_has(field, &update.student) = true;
        memcpy(aluno_value(field, &update.student), aluno_value(field, &bed->reply.student),
               (size_t)field->max + 1);
        bed_call_as(bed, "secretaria", ALUNO_ROLE_registrar);
        assert_int_equal(bed_call(bed, ALUNO_METHOD_update_student, &update), ALUNO_INVALID_ARGUMENT);
        snprintf(path, sizeof path, "student.%s", field->name);
        check_violation(bed, path, ALUNO_REASON_VALUE_MASKED);
    }
    assert_int_equal(bed_get_by_id(bed, ana.id), ALUNO_OK);
    assert_string_equal(bed->reply.student.etag, ana.etag);
}

/* ---- finding by what one knows, and no more ---- */

static aluno_code list_with(call_bed *bed, const char *query, const char *token)
{
    aluno_list_students_request list = {.has = {.none = false}};
    ALUNO_SET(list, page_size, 1);
    ALUNO_SET_TEXT(list, query, query);
    if (token != NULL)
        ALUNO_SET_TEXT(list, page_token, token);
    return bed_call(bed, ALUNO_METHOD_list_students, &list);
}

static int64_t total_of(call_bed *bed, const char *query)
{
    assert_int_equal(list_with(bed, query, NULL), ALUNO_OK);
    return bed->reply.list_students_reply.total_size;
}

static void test_a_reader_finds_by_a_whole_value_only(void **state)
{
    call_bed *bed = *state;
    static const char *const parts[] = {"529", "982.247", "529.982", "98224725", "5299822472", "ana 247"};
    static const char *const masked[] = {"***.982.247-**", "*982247*", "52998224***"};
    given_ana(bed);
    bed_call_as(bed, "leitora", ALUNO_ROLE_reader);
    assert_int_equal(total_of(bed, "529.982.247-25"), 1);
    assert_int_equal(total_of(bed, EMAIL), 1);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        assert_int_equal(list_with(bed, parts[i], NULL), ALUNO_PERMISSION_DENIED);
        assert_string_equal(bed->error.detail, "query, part of a CPF: reader < registrar");
    }
    for (size_t i = 0; i < sizeof masked / sizeof *masked; i++)
        assert_int_equal(list_with(bed, masked[i], NULL), ALUNO_INVALID_ARGUMENT);
    assert_int_equal(total_of(bed, "ana@example"), 0);
    for (const aluno_field_desc *field = aluno_student_type.fields; field->name != NULL; field++) {
        aluno_list_students_request list = {.has = {.none = false}};
        if (!is_personal(field))
            continue;
        ALUNO_SET_TEXT(list, order_by, field->name);
        assert_int_not_equal(bed_call(bed, ALUNO_METHOD_list_students, &list), ALUNO_OK);
    }
}

/* A token for the list of `query`, after the student with that id, with the ages of `day`: as list.c has it.
 */
static void forge_token(const char *query, int64_t id, int64_t day, char token[65])
{
    const struct store_position position = {id, 1};
    const bool deleted = false;
    uint64_t seal = hash_bytes(HASH_START, query, strlen(query) + 1);
    seal = hash_bytes(seal, "", 1);
    seal = hash_bytes(seal, &deleted, sizeof deleted);
    seal = hash_bytes(seal, &position, sizeof position);
    seal = hash_bytes(seal, &day, sizeof day);
    snprintf(token, 65, "%016" PRIx64 "-%" PRIx64 "-%x-%" PRIx64, seal, (uint64_t)id, 1u, (uint64_t)day);
}

/* Else a reader would see on which day the age changes. */
static void test_a_reader_does_not_choose_the_day_of_ages(void **state)
{
    call_bed *bed = *state;
    char token[65];
    const int64_t today = school_day(aluno__clock_unix_ms());
    bed_add(bed, "Bia", 16, 11144477735);
    given_ana(bed);
    const int64_t days[] = {aluno__day_make(2030, 12, 30), aluno__day_make(2020, 1, 1), today + (1 << 9)};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        forge_token("age>=0", 1, days[i], token);
        bed_call_as(bed, "secretaria", ALUNO_ROLE_registrar);
        assert_int_equal(list_with(bed, "age>=0", token), ALUNO_OK);
        bed_call_as(bed, "leitora", ALUNO_ROLE_reader);
        assert_int_equal(list_with(bed, "age>=0", token), ALUNO_INVALID_ARGUMENT);
        check_violation(bed, "page_token", ALUNO_REASON_PAGE_TOKEN_INVALID);
    }
    forge_token("age>=0", 1, today, token);
    assert_int_equal(list_with(bed, "age>=0", token), ALUNO_OK);
    assert_int_equal(bed->reply.list_students_reply.students.count, 1);
}

/* ---- fields that need more than the method ---- */

static void test_removed_students_are_for_registrars(void **state)
{
    call_bed *bed = *state;
    const aluno_student ana = given_ana(bed);
    assert_int_equal(bed_delete(bed, ana.id), ALUNO_OK);
    aluno_get_student_request get = {.has = {.id = true, .show_deleted = true}, .id = ana.id};
    aluno_list_students_request list = {.has = {.show_deleted = true}};
    for (int role = ALUNO_ROLE_reader; role <= ALUNO_ROLE_registrar; role++)
        for (int is_asked = 0; is_asked <= 1; is_asked++) {
            const bool may = role >= ALUNO_ROLE_registrar;
            get.show_deleted = list.show_deleted = is_asked;
            bed_call_as(bed, "alguém", (aluno_role)role);
            const aluno_code got = bed_call(bed, ALUNO_METHOD_get_student, &get);
            assert_int_equal(got, !is_asked ? ALUNO_NOT_FOUND : may ? ALUNO_OK : ALUNO_PERMISSION_DENIED);
            assert_int_equal(bed_call(bed, ALUNO_METHOD_list_students, &list),
                             is_asked && !may ? ALUNO_PERMISSION_DENIED : ALUNO_OK);
            if (!is_asked || may)
                continue;
            check_reason(bed, ALUNO_REASON_ROLE_MISSING);
            assert_string_equal(bed->error.detail, "show_deleted: reader < registrar");
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_bed_set_up, call_bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_role_sees_what_is_its_due),
        TEST(test_revealing_is_permitted_by_the_service_and_has_a_purpose),
        TEST(test_a_masked_value_is_not_stored),
        TEST(test_a_reader_finds_by_a_whole_value_only),
        TEST(test_a_reader_does_not_choose_the_day_of_ages),
        TEST(test_removed_students_are_for_registrars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
