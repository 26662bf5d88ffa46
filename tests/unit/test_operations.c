/* Changes are made once, and GetOperation returns their outcome. */
#include "gate.h"
#include "operation_bed.h"

#include "base/clock.h"
#include "purge.h"

static void test_committed_change_has_its_reply(void **state)
{
    call_bed *bed = *state;
    const aluno_create_student_request request = ana();
    aluno_student made;
    const int64_t before_ms = aluno__clock_unix_ms();
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, some_id), ALUNO_OK);
    made = bed->reply.student;
    const aluno_operation operation = ask(bed, some_id);
    assert_string_equal(operation.state, "COMMITTED");
    assert_string_equal(operation.method, "aluno.v1.StudentService/CreateStudent");
    assert_true(operation.commit_time >= before_ms && operation.commit_time <= aluno__clock_unix_ms());
    assert_true(operation.has.student);
    assert_int_equal(operation.student.id, made.id);
    assert_string_equal(operation.student.name, "Ana");
    assert_string_equal(ask(bed, "01912345-0000-7000-8000-00000000000A").state, "COMMITTED");
}

/* The thread that made the change durable may not have removed its first attempt when a retry is answered. */
static void test_replayed_change_is_not_in_progress(void **state)
{
    call_bed *bed = *state;
    const aluno_create_student_request request = ana();
    struct pending_change first = {.caller = bed->caller.name,
                                   .request_id = some_id,
                                   .method = aluno_method_of(ALUNO_METHOD_create_student)};
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, some_id), ALUNO_OK);
    pending_add(&bed->service.pending, &first);
    assert_string_equal(ask(bed, some_id).state, "IN_PROGRESS");
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, some_id), ALUNO_OK);
    assert_true(bed->reply_metadata.has.replayed);
    assert_string_equal(ask(bed, some_id).state, "COMMITTED");
    pending_remove(&bed->service.pending, &first);
    assert_string_equal(ask(bed, some_id).state, "COMMITTED");
}

static void test_what_did_nothing_is_not_seen(void **state)
{
    call_bed *bed = *state;
    aluno_create_student_request request = ana();
    aluno_operation operation = ask(bed, some_id);
    assert_string_equal(operation.state, "NOT_SEEN");
    assert_false(operation.has.method || operation.has.student || operation.has.commit_time);

    assert_int_equal(bed_call(bed, ALUNO_METHOD_create_student, &request), ALUNO_OK);
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, some_id),
                     ALUNO_ALREADY_EXISTS);
    assert_string_equal(ask(bed, some_id).state, "NOT_SEEN");

    ALUNO_SET_TEXT(request.student, br_document,
                   "11144477735"); /* a refused request's id may be used again */
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, some_id), ALUNO_OK);
    assert_string_equal(ask(bed, some_id).state, "COMMITTED");
}

/* A read is none, though it may have a request id: here the one that it asks for. */
static void test_a_read_is_not_in_progress(void **state)
{
    static const char id[] = "01900000-0000-7000-8000-00000000beef";
    call_bed *bed = *state;
    aluno_get_operation_request asked = {.has = {.none = false}};
    ALUNO_SET_TEXT(asked, request_id, id);
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_get_operation, &asked, id), ALUNO_OK);
    assert_string_equal(bed->reply.operation.state, "NOT_SEEN");
}

static void test_operation_is_its_callers_alone(void **state)
{
    call_bed *bed = *state;
    const aluno_create_student_request request = ana();
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, some_id), ALUNO_OK);
    bed_call_as(bed, "leo", ALUNO_ROLE_admin);
    assert_string_equal(ask(bed, some_id).state, "NOT_SEEN");
    bed_call_as(bed, "secretaria", ALUNO_ROLE_reader);
    assert_string_equal(ask(bed, some_id).state, "COMMITTED");
}

/* The name was issued again: its new holder learns the outcome, and no student. */
static void test_a_name_that_is_issued_again_reads_no_reply(void **state)
{
    call_bed *bed = *state;
    const aluno_create_student_request request = ana();
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, some_id), ALUNO_OK);
    const int64_t made_ms = ask(bed, some_id).commit_time;
    bed->caller.not_before_ms = made_ms;
    assert_true(ask(bed, some_id).has.student);
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, some_id), ALUNO_OK);
    assert_true(bed->reply_metadata.replayed);

    bed->caller.not_before_ms = made_ms + 1;
    const aluno_operation seen = ask(bed, some_id);
    assert_string_equal(seen.state, "COMMITTED");
    assert_int_equal(seen.commit_time, made_ms);
    assert_false(seen.has.student || seen.has.students);
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, some_id),
                     ALUNO_INVALID_ARGUMENT);
    check_reason(bed, ALUNO_REASON_REQUEST_ID_REUSED);
}

static void test_queued_change_is_in_progress_and_made_once(void **state)
{
    enum { TIMES = 3 };
    call_bed *bed = *state;
    static gate held;
    static bed_exchange at[TIMES];
    const aluno_create_student_request request = ana();
    aluno__buffer bytes = {0};
    int64_t id = 0;
    int made = 0; /* over PostgreSQL any of them may be the first */
    ALUNO_SET_TEXT(bed->metadata, request_id, some_id);
    bed_encode(bed, ALUNO_METHOD_create_student, &request, &bytes);
    gate_close(&held, &bed->store);
    for (int i = 0; i < TIMES; i++)
        exchange_begin(bed, &at[i], &bytes);
    const aluno_operation operation = ask(bed, some_id);
    if (!bed->service.is_remote) { /* there other writers go on, and may have made it */
        assert_string_equal(operation.state, "IN_PROGRESS");
        assert_false(operation.has.student);
    }
    assert_string_equal(operation.method, "aluno.v1.StudentService/CreateStudent");
    gate_open(&held);

    for (int i = 0; i < TIMES; i++) {
        assert_int_equal(exchange_end(bed, &at[i], ALUNO_METHOD_create_student), ALUNO_OK);
        id = i == 0 ? bed->reply.student.id : id;
        assert_int_equal(bed->reply.student.id, id);
        made += !bed->reply_metadata.has.replayed;
        execution_free(&at[i].execution);
    }
    assert_int_equal(made, 1);
    aluno__buffer_free(&bytes);
    assert_string_equal(ask(bed, some_id).state, "COMMITTED");
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM student"), 1);
}

/* Renames Ana under that request id, between two creations of the same batch. */
static void rename_between_others(call_bed *bed, bed_exchange at[3], int64_t first_cpf)
{
    static gate held;
    aluno__buffer bytes[3] = {{0}, {0}, {0}};
    aluno_update_student_request rename = {.has = {.id = true, .student = true}, .id = 1};
    ALUNO_SET_TEXT(rename.student, name, "Bia");
    gate_close(&held, &bed->store);
    for (int i = 0; i < 3; i++) {
        aluno_create_student_request other = {.has.student = true,
                                              .student = bed_student("Caio", 20, first_cpf + i)};
        char request_id[37];
        snprintf(request_id, sizeof request_id, "01912345-0000-7000-8000-%012d", (int)first_cpf + i);
        ALUNO_SET_TEXT(bed->metadata, request_id, i == 1 ? some_id : request_id);
        if (i == 1)
            bed_encode(bed, ALUNO_METHOD_update_student, &rename, &bytes[i]);
        else
            bed_encode(bed, ALUNO_METHOD_create_student, &other, &bytes[i]);
        exchange_begin(bed, &at[i], &bytes[i]);
    }
    gate_open(&held);
    assert_int_equal(exchange_end(bed, &at[0], ALUNO_METHOD_create_student), ALUNO_OK);
    assert_int_equal(exchange_end(bed, &at[2], ALUNO_METHOD_create_student), ALUNO_OK);
    assert_int_equal(exchange_end(bed, &at[1], ALUNO_METHOD_update_student), ALUNO_OK);
    for (int i = 0; i < 3; i++)
        aluno__buffer_free(&bytes[i]);
}

/* A repeat that could be made again is undone, whether its caller says that it is a repeat or not. Other
 * changes in the same transaction stay. */
static void test_repeat_is_undone_alone(void **state)
{
    enum { TIMES = 3 };
    call_bed *bed = *state;
    static bed_exchange at[3];
    bed_add(bed, "Ana", 20, 52998224725);
    for (int i = 0; i < TIMES; i++) {
        if (i == TIMES - 1)
            ALUNO_SET(bed->metadata, attempt, 2);
        rename_between_others(bed, at, 100 + 10 * i);
        assert_int_equal(bed->reply_metadata.has.replayed, i > 0);
        assert_string_equal(bed->reply.student.name, "Bia");
        assert_string_equal(bed->reply.student.etag, "2");
    }
    for (int i = 0; i < 3; i++)
        execution_free(&at[i].execution);
    assert_int_equal(bed_number(&bed->store, "SELECT revision FROM student WHERE id = 1"), 2);
    assert_int_equal(bed_total(bed), 1 + 2 * TIMES);
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM operation"), 2 + 2 * TIMES);
}

static void test_request_id_names_one_request(void **state)
{
    call_bed *bed = *state;
    aluno_create_student_request request = ana();
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, some_id), ALUNO_OK);
    ALUNO_SET(request.student, age, 21);
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, some_id),
                     ALUNO_INVALID_ARGUMENT);
    check_reason(bed, ALUNO_REASON_REQUEST_ID_REUSED);
    const aluno_delete_student_request removal = {.has.id = true, .id = 1};
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_delete_student, &removal, some_id),
                     ALUNO_INVALID_ARGUMENT);
    check_reason(bed, ALUNO_REASON_REQUEST_ID_REUSED);
}

static void test_request_id_is_validated(void **state)
{
    call_bed *bed = *state;
    aluno_get_operation_request request = {.has = {.none = false}};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_get_operation, &request), ALUNO_INVALID_ARGUMENT);
    check_violation_at(bed, 0, "request_id", ALUNO_REASON_FIELD_REQUIRED);
    ALUNO_SET_TEXT(request, request_id, "42");
    assert_int_equal(bed_call(bed, ALUNO_METHOD_get_operation, &request), ALUNO_INVALID_ARGUMENT);
    check_violation_at(bed, 0, "request_id", ALUNO_REASON_UUID_SYNTAX);
}

/* ---- forgetting ---- */

/* The recorded replies become what no service records. */
static aluno_code damage_replies(job *at, struct store_session *session)
{
    (void)at;
    return bed_sql(session, postgres_bed() != NULL ? "UPDATE operation SET reply = '\\xc1'"
                                                   : "UPDATE operation SET reply = x'c1'");
}

static void test_damaged_reply_is_told(void **state)
{
    call_bed *bed = *state;
    static job at;
    const aluno_create_student_request request = ana();
    aluno_get_operation_request asked = {.has = {.none = false}};
    ALUNO_SET_TEXT(asked, request_id, some_id);
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, some_id), ALUNO_OK);
    assert_int_equal(job_run(&bed->store, &at, damage_replies), ALUNO_OK);
    assert_int_equal(bed_call_with_id(bed, ALUNO_METHOD_create_student, &request, some_id), ALUNO_DATA_LOSS);
    check_reason(bed, ALUNO_REASON_STORE_CORRUPT);
    assert_int_not_equal(bed_call(bed, ALUNO_METHOD_get_operation, &asked), ALUNO_OK);
    assert_int_equal(bed_total(bed), 1);
}

static aluno_code record_without_id(job *at, struct store_session *session)
{
    const struct store_operation operation = {"secretaria", "a/B", "no-id", 1, 0};
    const struct store_reply reply = {0};
    return operation_record(session, &operation, &reply, 1, &at->error);
}

static void test_what_is_no_request_id_is_not_recorded(void **state)
{
    call_bed *bed = *state;
    static job at;
    struct store_record record = {.bytes = {0}};
    bool found = true;
    aluno_error error;
    assert_int_equal(job_run(&bed->store, &at, record_without_id), ALUNO_INTERNAL);
    struct store_session *session = store_session_acquire(bed->store.store);
    assert_int_equal(operation_read(session, "secretaria", "no-id", &found, &record, &error), ALUNO_OK);
    assert_false(found);
    store_session_release(bed->store.store, session);
}

enum { OLD = 3500, YOUNG = 10 };

static aluno_code record_many(job *at, struct store_session *session)
{
    const struct store_reply reply = {0};
    for (int i = 0; i < OLD + YOUNG; i++) {
        char request_id[37];
        const struct store_operation operation = {"secretaria", "a/B", request_id, 1, 0};
        const int64_t age_ms = i < OLD ? PURGE_AFTER_MS + 60000 : PURGE_AFTER_MS - 60000;
        snprintf(request_id, sizeof request_id, "01900000-0000-7000-8000-%012x", (unsigned)i);
        const aluno_code code =
            operation_record(session, &operation, &reply, aluno__clock_unix_ms() - age_ms, &at->error);
        if (code != ALUNO_OK)
            return code;
    }
    return ALUNO_OK;
}

static aluno_code nothing(job *at, struct store_session *session)
{
    (void)at, (void)session;
    return ALUNO_OK;
}

/* Expired operations are deleted in several batches, with other changes in between. */
static void test_forgetting_catches_up(void **state)
{
    call_bed *bed = *state;
    static job at;
    int others = 0;
    assert_int_equal(job_run(&bed->store, &at, record_many), ALUNO_OK);
    purge_start(&bed->service);
    while (bed_number(&bed->store, "SELECT count(*) FROM operation") > YOUNG && others++ < 1000)
        assert_int_equal(job_run(&bed->store, &at, nothing), ALUNO_OK);
    assert_int_equal(bed_number(&bed->store, "SELECT count(*) FROM operation"), YOUNG);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_bed_set_up, call_bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_committed_change_has_its_reply),
        TEST(test_replayed_change_is_not_in_progress),
        TEST(test_what_did_nothing_is_not_seen),
        TEST(test_a_read_is_not_in_progress),
        TEST(test_operation_is_its_callers_alone),
        TEST(test_a_name_that_is_issued_again_reads_no_reply),
        TEST(test_queued_change_is_in_progress_and_made_once),
        TEST(test_repeat_is_undone_alone),
        TEST(test_request_id_names_one_request),
        TEST(test_request_id_is_validated),
        TEST(test_damaged_reply_is_told),
        TEST(test_what_is_no_request_id_is_not_recorded),
        TEST(test_forgetting_catches_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
