/* service/dispatch.c: the checks before a handler (envelope, method, role, deadline, message) and the ledger
 * after it, from request bytes to reply bytes over a real store. test_handlers.c tests the methods. */
#include "call_bed.h"
#include "gate.h"
#include "sample.h"
#include "unit.h"

#include "access.h"
#include "base/clock.h"

/* ---- who may call what ---- */

static void test_roles(void **state)
{
    call_bed *bed = *state;
    static aluno_any_message empty;
    for (int role = ALUNO_ROLE_none; role < ALUNO_ROLE_COUNT; role++) {
        bed_call_as(bed, "alguém", (aluno_role)role);
        for (size_t i = 0; i < ALUNO_METHOD_COUNT; i++) {
            const aluno_method_desc *method = aluno_method_of((aluno_method_id)i);
            const aluno_code code = bed_call(bed, method->id, &empty);
            if (!aluno_role_may((aluno_role)role, method)) {
                assert_int_equal(code, ALUNO_PERMISSION_DENIED);
                check_reason(bed, ALUNO_REASON_ROLE_MISSING);
            } else {
                assert_int_not_equal(code, ALUNO_PERMISSION_DENIED);
            }
        }
    }
}

static void test_the_role_needed_is_reported(void **state)
{
    call_bed *bed = *state;
    bed_call_as(bed, "leitor", ALUNO_ROLE_reader);
    assert_int_equal(bed_create(bed, "Ana", 20, 52998224725), ALUNO_PERMISSION_DENIED);
    assert_string_equal(bed->error.detail, "reader < registrar");
    bed_call_as(bed, "auditora", ALUNO_ROLE_auditor);
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_PERMISSION_DENIED);
    assert_string_equal(bed->error.detail, "auditor != reader");
}

static void test_roles_come_from_certificates(void **state)
{
    (void)state;
    aluno__tls_peer peer = {.common_name = "ana", .unit = "registrar", .not_after_ms = 5};
    assert_int_equal(access_caller(&peer).role, ALUNO_ROLE_registrar);
    assert_string_equal(access_caller(&peer).name, "ana");
    assert_int_equal(access_caller(&peer).not_after_ms, 5);
    snprintf(peer.unit, sizeof peer.unit, "Registrar");
    assert_int_equal(access_caller(&peer).role, ALUNO_ROLE_none);
    snprintf(peer.unit, sizeof peer.unit, "admin");
    peer.common_name[0] = '\0';
    assert_int_equal(access_caller(&peer).role, ALUNO_ROLE_none);
}

/* ---- what a call must carry ---- */

static void test_unknown_method(void **state)
{
    call_bed *bed = *state;
    static const char name[] = "aluno.v1.StudentService/ExpelStudent";
    aluno__codec_pack_array(&bed->request, 4);
    aluno__codec_pack_uint(&bed->request, 0);
    aluno__codec_pack_uint(&bed->request, BED_MSGID);
    aluno__codec_pack_text(&bed->request, name, sizeof name - 1);
    aluno__codec_pack_array(&bed->request, 2);
    aluno__buffer_append(&bed->request, "\x80\x80", 2);
    assert_int_equal(bed_send(bed, ALUNO_METHOD_health_check), ALUNO_UNIMPLEMENTED);
    check_reason(bed, ALUNO_REASON_METHOD_UNKNOWN);
}

static void test_changes_need_a_request_id(void **state)
{
    call_bed *bed = *state;
    aluno_create_student_request request = {0};
    ALUNO_SET(request, student, bed_student("Ana", 20, 52998224725));
    bed_write(bed, ALUNO_METHOD_create_student, &request);
    assert_int_equal(bed_send(bed, ALUNO_METHOD_create_student), ALUNO_INVALID_ARGUMENT);
    check_violation(bed, "request_id", ALUNO_REASON_FIELD_REQUIRED);
    ALUNO_SET_TEXT(bed->metadata, request_id, "1");
    bed_write(bed, ALUNO_METHOD_create_student, &request);
    assert_int_equal(bed_send(bed, ALUNO_METHOD_create_student), ALUNO_INVALID_ARGUMENT);
    check_violation(bed, "request_id", ALUNO_REASON_UUID_SYNTAX);
    bed->metadata.has.request_id = false;
    assert_int_equal(bed_total(bed), 0);
}

static void test_reads_need_none(void **state)
{
    call_bed *bed = *state;
    const aluno_list_students_request request = {0};
    bed_write(bed, ALUNO_METHOD_list_students, &request);
    assert_int_equal(bed_send(bed, ALUNO_METHOD_list_students), ALUNO_OK);
    assert_false(bed->reply_metadata.has.request_id);
    assert_string_equal(bed->reply_metadata.server_version, ALUNO_VERSION);
}

static void test_a_deadline_that_passed(void **state)
{
    call_bed *bed = *state;
    ALUNO_SET(bed->metadata, timeout_ms, 0);
    assert_int_equal(bed_create(bed, "Ana", 20, 52998224725), ALUNO_DEADLINE_EXCEEDED);
    check_reason(bed, ALUNO_REASON_DEADLINE_PASSED);
    bed->metadata.has.timeout_ms = false;
    assert_int_equal(bed_total(bed), 0);
}

/* A call whose deadline passed in a queue is not run. */
static void test_a_deadline_that_passes_in_the_queue(void **state)
{
    call_bed *bed = *state;
    static gate held;
    aluno_create_student_request request = {0};
    ALUNO_SET(request, student, bed_student("Ana", 20, 52998224725));
    ALUNO_SET_TEXT(bed->metadata, request_id, "0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d");
    ALUNO_SET(bed->metadata, timeout_ms, 20000);
    bed_write(bed, ALUNO_METHOD_create_student, &request);
    gate_close(&held, &bed->store);
    exchange_begin(bed, &bed->last, &bed->request);
    bed->last.execution.call.deadline_ms -= 20000;
    gate_open(&held);
    assert_int_equal(exchange_end(bed, &bed->last, ALUNO_METHOD_create_student), ALUNO_DEADLINE_EXCEEDED);
    assert_string_equal(bed->error.detail, "20000 ms");
    assert_int_equal(bed_total(bed), 0);
}

/* Nor is one whose connection has closed. */
static void test_nobody_waits_for_the_reply(void **state)
{
    call_bed *bed = *state;
    atomic_store(&bed->gone, true);
    assert_int_equal(bed_create(bed, "Ana", 20, 52998224725), ALUNO_CANCELLED);
    check_reason(bed, ALUNO_REASON_CALL_CANCELLED);
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_CANCELLED);
    atomic_store(&bed->gone, false);
    assert_int_equal(bed_total(bed), 0);
}

static void test_a_call_is_counted_with_its_duration(void **state)
{
    call_bed *bed = *state;
    struct distribution_reading reading;
    const int64_t begun_us = aluno__clock_us();
    bed_add(bed, "Ana", 20, 52998224725);
    distribution_read(&bed->service.counters.durations[ALUNO_METHOD_create_student], &reading);
    assert_int_equal(reading.count, 1);
    assert_in_range(reading.sum, 0, aluno__clock_us() - begun_us);
}

static void test_a_service_that_stops(void **state)
{
    call_bed *bed = *state;
    const aluno_health_check_request health = {0};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_health_check, &health), ALUNO_OK);
    assert_string_equal(bed->reply.health_check_reply.status, "SERVING");
    atomic_store(&bed->service.draining, true);
    for (size_t i = 0; i < ALUNO_METHOD_COUNT; i++) {
        static aluno_any_message empty;
        const aluno_code code = bed_call(bed, (aluno_method_id)i, &empty);
        assert_int_equal(code, i == ALUNO_METHOD_health_check ? ALUNO_OK : ALUNO_UNAVAILABLE);
        if (code != ALUNO_OK)
            check_reason(bed, ALUNO_REASON_DRAINING);
    }
    assert_int_equal(bed_call(bed, ALUNO_METHOD_health_check, &health), ALUNO_OK);
    assert_string_equal(bed->reply.health_check_reply.status, "NOT_SERVING");
}

static void test_language(void **state)
{
    call_bed *bed = *state;
    static const struct {
        const char *language, *message;
    } cases[] = {
        {"pt", "há campos inválidos: student.age: a idade deve estar entre 0 e 150"},
        {"pt-BR", "há campos inválidos: student.age: a idade deve estar entre 0 e 150"},
        {"en", "some fields are not valid: student.age: the age must be from 0 to 150"},
        {"fr", "some fields are not valid: student.age: the age must be from 0 to 150"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        aluno_create_student_request request = {0};
        ALUNO_SET(request, student, bed_student("Ana", 151, 52998224725));
        ALUNO_SET_TEXT(bed->metadata, language, cases[i].language);
        assert_int_equal(bed_call(bed, ALUNO_METHOD_create_student, &request), ALUNO_INVALID_ARGUMENT);
        check_violation(bed, "student.age", ALUNO_REASON_AGE_RANGE);
        assert_string_equal(bed->error.message, cases[i].message);
    }
}

/* A failed commit replaces the reply of the change by an error. */
static void test_a_change_that_is_not_committed(void **state)
{
    call_bed *bed = *state;
    assert_int_equal(bed_create(bed, "Ana", 20, 52998224725), ALUNO_OK);
    aluno_error full;
    aluno__error_set(&full, ALUNO_REASON_STORE_FULL, NULL);
    dispatch_fail(&bed->last.execution.call, &full);
    assert_int_equal(bed_read(bed, &bed->last.execution.outcome, ALUNO_METHOD_create_student),
                     ALUNO_RESOURCE_EXHAUSTED);
    check_reason(bed, ALUNO_REASON_STORE_FULL);
    assert_string_equal(bed->error.request_id, bed->metadata.request_id);
}

/* ---- exactly once ---- */

static void test_a_repeat_gets_the_stored_reply(void **state)
{
    call_bed *bed = *state;
    assert_int_equal(bed_create(bed, "Ana", 20, 52998224725), ALUNO_OK);
    assert_false(bed->reply_metadata.has.replayed);
    const aluno_student created = bed->reply.student;
    assert_int_equal(bed_send(bed, ALUNO_METHOD_create_student), ALUNO_OK);
    assert_true(bed->reply_metadata.has.replayed && bed->reply_metadata.replayed);
    assert_string_equal(bed->reply_metadata.request_id, bed->metadata.request_id);
    assert_int_equal(bed->reply.student.id, created.id);
    assert_int_equal(bed->reply.student.create_time, created.create_time);
    assert_string_equal(bed->reply.student.name, "Ana");
    assert_int_equal(bed_total(bed), 1);
}

/* Whether the last reply has names of fields. */
static bool has_names(const call_bed *bed)
{
    const aluno__buffer *reply = &bed->last.execution.outcome.reply;
    return memmem(reply->data, reply->size, "server_version", 14) != NULL ||
           memmem(reply->data, reply->size, "reason", 6) != NULL;
}

/* Replies made, repeated, listed, and of failures. */
static void test_a_reply_has_the_keys_of_its_request(void **state)
{
    static const aluno__codec_keys kinds[] = {ALUNO_KEYS_NAMED, ALUNO_KEYS_NUMBERED};
    static const int64_t cpfs[] = {52998224725, 11144477735};
    call_bed *bed = *state;
    const aluno_list_students_request all = {.has = {.none = false}};
    const aluno_get_student_request nobody = {.has = {.id = true}, .id = 1000};
    for (size_t i = 0; i < 2; i++) {
        const bool named = kinds[i] == ALUNO_KEYS_NAMED;
        bed->keys = kinds[i];
        assert_int_equal(bed_create(bed, "Ana", 20, cpfs[i]), ALUNO_OK);
        assert_int_equal(has_names(bed), named);
        assert_int_equal(bed_send(bed, ALUNO_METHOD_create_student), ALUNO_OK);
        assert_true(bed->reply_metadata.has.replayed);
        assert_int_equal(has_names(bed), named);
        assert_int_equal(bed_call(bed, ALUNO_METHOD_list_students, &all), ALUNO_OK);
        assert_int_equal(has_names(bed), named);
        assert_string_equal(bed->reply.list_students_reply.students.items[0].name, "Ana");
        assert_int_equal(bed_call(bed, ALUNO_METHOD_get_student, &nobody), ALUNO_NOT_FOUND);
        assert_int_equal(has_names(bed), named);
    }
}

static void test_a_repeat_gets_the_warnings_too(void **state)
{
    call_bed *bed = *state;
    for (int attempt = 1; attempt <= 3; attempt++) {
        const aluno_code code = attempt == 1 ? bed_create(bed, "Ana", 20, 52998224724) /* ends in 25 */
                                             : bed_send(bed, ALUNO_METHOD_create_student);
        assert_int_equal(code, ALUNO_OK);
        assert_int_equal(bed->reply_metadata.has.replayed, attempt > 1);
        assert_true(bed->reply_metadata.has.warnings);
        assert_int_equal(bed->reply_metadata.warnings.count, 1);
        assert_string_equal(bed->reply_metadata.warnings.items[0].reason, "CPF_CHECK_DIGIT");
    }
}

static void test_a_request_id_for_another_request(void **state)
{
    call_bed *bed = *state;
    aluno_create_student_request request = {0};
    assert_int_equal(bed_create(bed, "Ana", 20, 52998224725), ALUNO_OK);
    ALUNO_SET(request, student, bed_student("Bia", 20, 11144477735));
    bed_write(bed, ALUNO_METHOD_create_student, &request);
    assert_int_equal(bed_send(bed, ALUNO_METHOD_create_student), ALUNO_INVALID_ARGUMENT);
    check_reason(bed, ALUNO_REASON_REQUEST_ID_REUSED);
    assert_int_equal(bed_total(bed), 1);
}

/* Request ids ignore case. Metadata may differ between attempts. */
static void test_attempts_may_look_different(void **state)
{
    call_bed *bed = *state;
    aluno_create_student_request request = {0};
    ALUNO_SET(request, student, bed_student("Ana", 20, 52998224725));
    ALUNO_SET_TEXT(bed->metadata, request_id, "0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d");
    bed_write(bed, ALUNO_METHOD_create_student, &request);
    assert_int_equal(bed_send(bed, ALUNO_METHOD_create_student), ALUNO_OK);
    ALUNO_SET_TEXT(bed->metadata, request_id, "0190A0E6-5F3C-7B1A-9C2D-3E4F5A6B7C8D");
    ALUNO_SET(bed->metadata, attempt, 2);
    bed_write(bed, ALUNO_METHOD_create_student, &request);
    assert_int_equal(bed_send(bed, ALUNO_METHOD_create_student), ALUNO_OK);
    assert_true(bed->reply_metadata.has.replayed);
}

static void test_a_request_id_belongs_to_its_caller(void **state)
{
    call_bed *bed = *state;
    assert_int_equal(bed_create(bed, "Ana", 20, 52998224725), ALUNO_OK);
    bed_call_as(bed, "outra", ALUNO_ROLE_registrar);
    assert_int_equal(bed_send(bed, ALUNO_METHOD_create_student), ALUNO_ALREADY_EXISTS);
    check_reason(bed, ALUNO_REASON_CPF_TAKEN);
}

/* A refused change is not recorded: the same request may succeed later. */
static void test_refusals_are_not_remembered(void **state)
{
    call_bed *bed = *state;
    assert_int_equal(bed_create(bed, "Ana", 20, 52998224725), ALUNO_OK);
    aluno_delete_student_request removal = {0};
    ALUNO_SET(removal, id, bed->reply.student.id);
    assert_int_equal(bed_create(bed, "Bia", 20, 52998224725), ALUNO_ALREADY_EXISTS);
    assert_string_equal(bed->error.request_id, bed->metadata.request_id);
    const aluno__buffer refused = bed->request;
    bed->request = (aluno__buffer){0};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_delete_student, &removal), ALUNO_OK);
    aluno__buffer_free(&bed->request);
    bed->request = refused;
    assert_int_equal(bed_send(bed, ALUNO_METHOD_create_student), ALUNO_OK);
    assert_false(bed->reply_metadata.has.replayed);
    assert_string_equal(bed->reply.student.name, "Bia");
}

/* ---- hostile bytes ---- */

/* Dispatches any bytes, copied to memory of exactly their size. The reply must be for this msgid. */
static void check_answered(call_bed *bed, const uint8_t *bytes, size_t size, uint64_t msgid)
{
    uint8_t *exact = sample_exact(bytes, size);
    struct execution *at = &bed->last.execution;
    if (dispatch_open(&at->call, &at->outcome, &bed->service, &bed->caller, exact, size)) {
        assert_int_equal(at->call.envelope.msgid, msgid);
    } else {
        const aluno_code code =
            whole_reply_read(at->outcome.reply.data, at->outcome.reply.size, msgid, &aluno_student_type,
                             &bed->reply, &bed->reply_metadata, &bed->error);
        assert_int_equal(code, at->outcome.code);
        assert_string_equal(bed->error.reason, at->outcome.error.reason);
    }
    dispatch_close(&at->call);
    free(exact);
}

static void test_hostile_bytes_are_answered(void **state)
{
    call_bed *bed = *state;
    static const char *const bodies[] = {
        "", "\xC1", "\xDD\xFF", "\x94", "\x94\x00", "\x93\x00\x01\xA1x", "GET / HTTP/1.1\r\n"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        check_answered(bed, (const uint8_t *)bodies[i], strlen(bodies[i]), 0);
    check_answered(bed, (const uint8_t *)"\xDD\xFF\0\0\0", 5, 0);
    check_answered(bed, (const uint8_t *)"\x94\0\x09\xA1x\x92\xC0\xC0", 8, 9);
}

/* Mutates a request after its head, which has the msgid. The reply always has that msgid. */
static void test_mutants_are_answered(void **state)
{
    call_bed *bed = *state;
    enum { MUTANTS = 20000, HEAD = 3 };
    aluno_create_student_request request = {0};
    uint64_t seed = 52;
    ALUNO_SET(request, student, bed_student("Ana", 20, 52998224725));
    ALUNO_SET_TEXT(bed->metadata, request_id, "0190a0e6-5f3c-7b1a-9c2d-3e4f5a6b7c8d");
    bed_write(bed, ALUNO_METHOD_create_student, &request);
    for (size_t i = 0; i < MUTANTS; i++) {
        uint8_t bytes[512];
        size_t size = bed->request.size;
        assert_in_range(size, 16, sizeof bytes);
        memcpy(bytes, bed->request.data, size);
        for (size_t changes = 1 + sample_below(&seed, 4); changes > 0; changes--)
            bytes[HEAD + sample_below(&seed, size - HEAD)] = (uint8_t)sample_next(&seed);
        if (i % 4 == 0)
            size = 8 + sample_below(&seed, size - 8);
        check_answered(bed, bytes, size, BED_MSGID);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_bed_set_up, call_bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_roles),
        TEST(test_the_role_needed_is_reported),
        TEST(test_roles_come_from_certificates),
        TEST(test_unknown_method),
        TEST(test_changes_need_a_request_id),
        TEST(test_reads_need_none),
        TEST(test_a_deadline_that_passed),
        TEST(test_a_deadline_that_passes_in_the_queue),
        TEST(test_nobody_waits_for_the_reply),
        TEST(test_a_call_is_counted_with_its_duration),
        TEST(test_a_service_that_stops),
        TEST(test_language),
        TEST(test_a_change_that_is_not_committed),
        TEST(test_a_repeat_gets_the_stored_reply),
        TEST(test_a_reply_has_the_keys_of_its_request),
        TEST(test_a_repeat_gets_the_warnings_too),
        TEST(test_a_request_id_for_another_request),
        TEST(test_attempts_may_look_different),
        TEST(test_a_request_id_belongs_to_its_caller),
        TEST(test_refusals_are_not_remembered),
        TEST(test_hostile_bytes_are_answered),
        TEST(test_mutants_are_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
