/* ListAuditEvents: what calls leave in the audit, filters, their violations, and page tokens. */
#include "audit_bed.h"

#include "audit/memo.h"
#include "audit/reading.h"
#include "base/clock.h"

#include <inttypes.h>
#include <sys/stat.h>

/* Two students, read by leo and changed by the registrar; and refusals. */
static void make_events(call_bed *bed)
{
    bed_add(bed, "João da Silva", 17, 52998224725);
    bed_add(bed, "Ângela Souza", 18, 11144477735);
    bed_delete(bed, 2);
    bed_call_as(bed, "leo", ALUNO_ROLE_reader);
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_OK);
    assert_int_equal(bed_get_by_id(bed, 99), ALUNO_NOT_FOUND);
    assert_int_equal(bed_delete(bed, 1), ALUNO_PERMISSION_DENIED);
}

/* ---- tests ---- */

static void test_conditions_find(void **state)
{
    call_bed *bed = *state;
    aluno_list_audit_events_request by_leo = {.has = {.none = false}}, refused = by_leo, got = by_leo,
                                    second = by_leo;
    make_events(bed);
    ALUNO_SET_TEXT(by_leo, caller, "leo");
    assert_string_equal(found(bed, &by_leo),
                        "GetStudent 1 name,age,br_document,email OK\n"
                        "GetStudent 99 - NOT_FOUND\nDeleteStudent - - PERMISSION_DENIED\n");
    ALUNO_SET_TEXT(refused, code, "PERMISSION_DENIED");
    assert_string_equal(found(bed, &refused), "DeleteStudent - - PERMISSION_DENIED\n");
    ALUNO_SET_TEXT(got, method, "GetStudent");
    ALUNO_SET(got, student_id, 1);
    assert_string_equal(found(bed, &got), "GetStudent 1 name,age,br_document,email OK\n");
    ALUNO_SET(second, student_id, 2);
    ALUNO_SET_TEXT(second, caller, "secretaria");
    assert_non_null(strstr(found(bed, &second), "DeleteStudent 2"));
    assert_int_equal(page.events.count, 2);
}

/* The students of its reply are encoded separately from the message. */
static void test_a_batch_is_recorded_with_its_students(void **state)
{
    call_bed *bed = *state;
    static aluno_batch_create_students_request batch;
    aluno_list_audit_events_request request = {.has = {.none = false}};
    const aluno__codec_keys keys[] = {ALUNO_KEYS_NUMBERED, ALUNO_KEYS_NAMED};
    ALUNO_SET_TEXT(request, method, "BatchCreateStudents");
    batch.has.students = true;
    batch.students.count = 2;
    for (int64_t i = 0; i < 2; i++) {
        bed->keys = keys[i];
        batch.students.items[0] = bed_student("Ana", 20, 100 + i);
        batch.students.items[1] = bed_student("Bia", 20, 200 + i);
        assert_int_equal(bed_call(bed, ALUNO_METHOD_batch_create_students, &batch), ALUNO_OK);
    }
    assert_string_equal(found(bed, &request), "BatchCreateStudents 1-2 name,age,br_document,email OK\n"
                                              "BatchCreateStudents 3-4 name,age,br_document,email OK\n");
}

/* Whether it reads its page or copies that of another watch. Without students there is no record, but of who
 * tries values that it sees masked. */
static void test_a_watch_is_recorded_with_its_students(void **state)
{
    call_bed *bed = *state;
    aluno_list_audit_events_request request = {.has = {.none = false}};
    aluno_watch_students_request watch = {.has = {.none = false}}, other = watch;
    assert_int_equal(bed_call(bed, ALUNO_METHOD_watch_students, &watch), ALUNO_OK);
    ALUNO_SET_TEXT(watch, after, bed->reply.watch_students_reply.token);
    bed_add(bed, "João da Silva", 17, 52998224725);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(bed_call(bed, ALUNO_METHOD_watch_students, &watch), ALUNO_OK);
        assert_int_equal(bed->reply.watch_students_reply.changes.count, 1);
    }
    bed_call_as(bed, "leo", ALUNO_ROLE_reader);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_watch_students, &watch), ALUNO_OK);
    ALUNO_SET_TEXT(other, query, "ana");
    assert_int_equal(bed_call(bed, ALUNO_METHOD_watch_students, &other), ALUNO_OK);
    ALUNO_SET_TEXT(other, query, "111.444.777-35");
    assert_int_equal(bed_call(bed, ALUNO_METHOD_watch_students, &other), ALUNO_OK);
    ALUNO_SET_TEXT(request, method, "WatchStudents");
    assert_string_equal(found(bed, &request), "WatchStudents 1 name,age,br_document,email OK\n"
                                              "WatchStudents 1 name,age,br_document,email OK\n"
                                              "WatchStudents 1 name,age,br_document,email OK\n"
                                              "WatchStudents - - OK\n");
}

/* A record has its own caller, kind and purpose, though what a caller's records of a kind share is encoded
 * once.
 */
static void test_kinds_of_calls_alternate(void **state)
{
    call_bed *bed = *state;
    static struct caller callers[2];
    aluno_list_audit_events_request request = {.has = {.none = false}};
    aluno_get_student_request by_cpf = {.has = {.br_document = true}};
    bed_add(bed, "João da Silva", 17, 52998224725);
    snprintf(by_cpf.br_document, sizeof by_cpf.br_document, "52998224725");
    bed_call_as(bed, "leo", ALUNO_ROLE_reader);
    callers[0] = bed->caller;
    bed_call_as(bed, "lia", ALUNO_ROLE_reader);
    callers[1] = bed->caller;
    callers[1].number = callers[0].number + MEMOS; /* they take the same slot in turn */
    for (int i = 0; i < 12; i++) {
        bed->caller = callers[i % 2];
        ALUNO_SET_TEXT(bed->metadata, purpose, "matrícula");
        bed->metadata.has.purpose = i % 4 >= 2;
        assert_int_equal(
            i % 3 == 0 ? bed_get_by_id(bed, 1) : bed_call(bed, ALUNO_METHOD_get_student, &by_cpf), ALUNO_OK);
    }
    bed->metadata.has.purpose = false;
    ALUNO_SET_TEXT(request, method, "GetStudent");
    assert_int_equal(list(bed, &request), ALUNO_OK);
    assert_int_equal(page.events.count, 12);
    for (int i = 0; i < 12; i++) {
        const aluno_audit_event *event = &page.events.items[i];
        assert_string_equal(event->caller_name, callers[i % 2].name);
        assert_string_equal(event->query_kind, i % 3 == 0 ? "id" : "br_document");
        assert_int_equal(event->has.purpose, i % 4 >= 2);
    }
}

static void test_times_find(void **state)
{
    call_bed *bed = *state;
    aluno_list_audit_events_request request = {.has = {.none = false}};
    make_events(bed);
    assert_int_equal(list(bed, &request), ALUNO_OK);
    const int64_t first = page.events.items[0].time;
    ALUNO_SET(request, to_time, first - 1);
    assert_int_equal(list(bed, &request), ALUNO_OK);
    assert_int_equal(page.events.count, 0);
    assert_false(page.has.next_page_token);
    ALUNO_SET(request, to_time, first);
    assert_int_equal(list(bed, &request), ALUNO_OK);
    assert_true(page.events.count >= 1);
}

/* The next list has an event of the one before, with what it searched by. */
static void test_reading_is_recorded(void **state)
{
    call_bed *bed = *state;
    aluno_list_audit_events_request request = {.has = {.none = false}};
    ALUNO_SET_TEXT(request, caller, "auditora");
    ALUNO_SET(request, student_id, 7);
    assert_int_equal(list(bed, &request), ALUNO_OK);
    assert_int_equal(page.events.count, 0);
    request.has.student_id = false;
    assert_int_equal(list(bed, &request), ALUNO_OK);
    assert_int_equal(page.events.count, 1);
    assert_string_equal(page.events.items[0].method, "aluno.v1.AuditService/ListAuditEvents");
    assert_string_equal(page.events.items[0].query_kind, "caller,student_id");
    assert_string_equal(page.events.items[0].caller_role, "auditor");
    assert_false(page.events.items[0].has.student_ids);
}

/* The pages of ExportSubject: all that was recorded of a person's students, once, and of nobody else. */
static void test_export_has_all_events(void **state)
{
    enum { READS = 100 };
    call_bed *bed = *state;
    size_t count = 0, pages = 0;
    int64_t last = 0;
    aluno_export_subject_request request = {.has = {.none = false}};
    make_events(bed);
    for (int i = 0; i < READS; i++)
        assert_int_equal(bed_get_by_id(bed, 1), ALUNO_OK);
    bed_call_as(bed, "diretora", ALUNO_ROLE_admin);
    ALUNO_SET_TEXT(request, br_document, "52998224725");
    const aluno_subject *reply = &bed->reply.subject;
    do {
        assert_int_equal(bed_call(bed, ALUNO_METHOD_export_subject, &request), ALUNO_OK);
        assert_int_equal(reply->students.count, 1);
        assert_int_equal(reply->has.changes, pages++ == 0);
        for (size_t i = 0; i < reply->events.count; i++, count++) {
            assert_true(reply->events.items[i].sequence > last);
            assert_string_equal(reply->events.items[i].student_ids, "1");
            last = reply->events.items[i].sequence;
        }
        if (reply->has.next_page_token)
            ALUNO_SET_TEXT(request, page_token, reply->next_page_token);
    } while (reply->has.next_page_token);
    assert_int_equal(count, 1 + 1 + READS); /* the creation, and reads */
    assert_true(pages > 1);

    request.has.br_document = false; /* the token is another person's */
    ALUNO_SET(request, id, 2);
    assert_int_equal(bed_call(bed, ALUNO_METHOD_export_subject, &request), ALUNO_INVALID_ARGUMENT);
    check_violation(bed, "page_token", ALUNO_REASON_PAGE_TOKEN_INVALID);
    request.has.page_token = false;
    assert_int_equal(bed_call(bed, ALUNO_METHOD_export_subject, &request), ALUNO_OK);
    assert_int_equal(reply->events.count, 2 + 1); /* the creation, the removal, and the refused page */
    assert_int_equal(reply->changes.count, 2);
    assert_string_equal(reply->changes.items[0].method, "aluno.v1.StudentService/DeleteStudent");
}

/* Pages' own events do not prolong the list that they are pages of. */
static void test_pages(void **state)
{
    enum { CALLS = 150 };
    call_bed *bed = *state;
    size_t pages;
    for (int i = 0; i < CALLS; i++)
        bed_get_by_id(bed, 1 + i);
    assert_int_equal(count_by_pages(bed, "secretaria", 64, &pages), CALLS);
    assert_int_equal(pages, 3);
    assert_int_equal(count_by_pages(bed, "secretaria", 50, &pages), CALLS);
    assert_int_equal(pages, 4); /* the third is full, and others' events follow it: none for the fourth */
    const int64_t all = count_by_pages(bed, NULL, 1, &pages);
    assert_int_equal(pages, all);
}

static void test_tokens_are_of_their_list(void **state)
{
    call_bed *bed = *state;
    aluno_list_audit_events_request request = {.has = {.none = false}};
    make_events(bed);
    ALUNO_SET(request, page_size, 1);
    assert_int_equal(list(bed, &request), ALUNO_OK);
    ALUNO_SET_TEXT(request, page_token, page.next_page_token);
    assert_int_equal(list(bed, &request), ALUNO_OK);
    ALUNO_SET_TEXT(request, caller, "leo");
    assert_int_equal(list(bed, &request), ALUNO_INVALID_ARGUMENT);
    check_violation(bed, "page_token", ALUNO_REASON_PAGE_TOKEN_INVALID);
    request.has.caller = false;
    ALUNO_SET_TEXT(request, page_token, "1-2-3");
    assert_int_equal(list(bed, &request), ALUNO_INVALID_ARGUMENT);
    check_violation(bed, "page_token", ALUNO_REASON_PAGE_TOKEN_INVALID);
}

static void test_bad_conditions(void **state)
{
    call_bed *bed = *state;
    aluno_list_audit_events_request request = {.has = {.none = false}};
    ALUNO_SET(request, from_time, 2000);
    ALUNO_SET(request, to_time, 1000);
    ALUNO_SET_TEXT(request, method, "ExpelStudent");
    ALUNO_SET_TEXT(request, code, "ok");
    assert_int_equal(list(bed, &request), ALUNO_INVALID_ARGUMENT);
    assert_int_equal(bed->error.violations.count, 3);
    check_violation_at(bed, 0, "to_time", ALUNO_REASON_NUMBER_RANGE);
    check_violation_at(bed, 1, "method", ALUNO_REASON_METHOD_UNKNOWN);
    check_violation_at(bed, 2, "code", ALUNO_REASON_WORD_UNKNOWN);
}

/* A reader that has read as many events as it may finds none, and says where it was. */
static void test_a_reader_reads_so_many(void **state)
{
    call_bed *bed = *state;
    struct audit_filter filter = AUDIT_FILTER_ALL;
    struct audit_reader *reader;
    aluno_audit_event event;
    bool found;
    make_events(bed);
    filter.most = 2;
    filter.caller = "nobody";
    assert_int_equal(audit_reader_open(&reader, folder, 1, NULL), ALUNO_OK);
    assert_int_equal(audit_reader_next(reader, &filter, &event, &found, NULL), ALUNO_OK);
    assert_false(found);
    assert_int_equal(audit_reader_position(reader), 3);
    audit_reader_close(reader);
}

/* A purpose is what students' data are for. */
static void test_no_purpose_is_asked_for(void **state)
{
    call_bed *bed = *state;
    const aluno_list_audit_events_request request = {.has = {.none = false}};
    bed->service.purpose = PURPOSE_OF_ALL;
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_FAILED_PRECONDITION);
    check_reason(bed, ALUNO_REASON_PURPOSE_REQUIRED);
    assert_int_equal(list(bed, &request), ALUNO_OK);
    assert_int_equal(page.events.count, 2); /* the audit's own start, and the refusal */
}

static void test_serial_numbers(void **state)
{
    call_bed *bed = *state;
    static const struct {
        const char *asked;
        size_t count;
    } cases[] = {{"8a01ff", 1}, {"8A:01:FF", 1}, {"008a01ff", 1}, {"8a01", 0}, {"8a01ff00", 0}, {"", 0}};
    aluno__tls_peer peer = {.common_name = "ana"};
    snprintf(peer.serial, sizeof peer.serial, "008a01ff");
    bed->caller.identity = &peer;
    bed_get_by_id(bed, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        aluno_list_audit_events_request request = {.has = {.none = false}};
        ALUNO_SET_TEXT(request, caller, cases[i].asked);
        assert_int_equal(list(bed, &request), ALUNO_OK);
        assert_int_equal(page.events.count, cases[i].count);
    }
}

/* A worker's next call begins with nothing of the one before it. */
static void test_a_refusal_after_a_repeat(void **state)
{
    aluno_list_audit_events_request refused = {.has = {.none = false}};
    call_bed *bed = *state;
    bed_add(bed, "Ana", 20, 52998224725);
    assert_int_equal(bed_send(bed, ALUNO_METHOD_create_student), ALUNO_OK);
    assert_true(bed->reply_metadata.has.replayed);
    bed_call_as(bed, "leo", ALUNO_ROLE_reader);
    assert_int_equal(bed_delete(bed, 1), ALUNO_PERMISSION_DENIED);
    ALUNO_SET_TEXT(refused, code, "PERMISSION_DENIED");
    assert_int_equal(list(bed, &refused), ALUNO_OK);
    assert_int_equal(page.events.count, 1);
    assert_false(page.events.items[0].has.replayed);
}

/* Nor is it read or answered: the next segment cannot be made when the present one is full. */
static void test_what_cannot_be_recorded_is_not_made(void **state)
{
    call_bed *bed = *state;
    char obstacle[300];
    int reads = 0;
    bed_add(bed, "Ana", 20, 52998224725);
    snprintf(obstacle, sizeof obstacle, "%s/segment.unfinished", folder);
    assert_int_equal(mkdir(obstacle, 0700), 0);
    while (bed_get_by_id(bed, 1) == ALUNO_OK)
        assert_true(++reads < 100000);
    check_reason(bed, ALUNO_REASON_AUDIT_UNAVAILABLE);
    assert_int_equal(bed_create(bed, "Bia", 20, 11144477735), ALUNO_UNAVAILABLE);
    check_reason(bed, ALUNO_REASON_AUDIT_UNAVAILABLE);
    assert_int_equal(rmdir(obstacle), 0);
    assert_true(audit_settle(bed->service.audit, aluno__clock_ms() + 60000));
    assert_int_equal(bed_total(bed), 1);
}

/* The record that the change would have had in the store is gone with it. */
static void test_a_change_that_is_not_committed_is_recorded(void **state)
{
    const aluno_delete_student_request request = {.has.id = true, .id = 1};
    aluno_list_audit_events_request failed = {.has = {.none = false}};
    call_bed *bed = *state;
    struct execution *at = &bed->last.execution;
    aluno_error full;
    aluno__error_set(&full, ALUNO_REASON_STORE_FULL, NULL);
    ALUNO_SET_TEXT(bed->metadata, request_id, "01900000-0000-7000-8000-00000000beef");
    bed_write(bed, ALUNO_METHOD_delete_student, &request);
    assert_true(dispatch_open(&at->call, &at->outcome, &bed->service, &bed->caller, bed->request.data,
                              bed->request.size));
    at->call.is_recorded = true;
    dispatch_fail(&at->call, &full);
    dispatch_close(&at->call);
    ALUNO_SET_TEXT(failed, code, "RESOURCE_EXHAUSTED");
    assert_string_equal(found(bed, &failed), "DeleteStudent 1 - RESOURCE_EXHAUSTED\n");
}

/* Without a record there is no reply. */
static void test_a_record_that_finds_no_memory(void **state)
{
    const aluno_delete_student_request request = {.has.id = true, .id = 1};
    call_bed *bed = *state;
    struct execution *at = &bed->last.execution;
    bed_call_as(bed, "leo", ALUNO_ROLE_reader);
    bed_write(bed, ALUNO_METHOD_delete_student, &request);
    assert_false(dispatch_open(&at->call, &at->outcome, &bed->service, &bed->caller, bed->request.data,
                               bed->request.size));
    at->outcome.record.failed = true;
    dispatch_close(&at->call);
    assert_int_equal(bed_read(bed, &at->outcome, ALUNO_METHOD_delete_student), ALUNO_UNAVAILABLE);
    check_reason(bed, ALUNO_REASON_AUDIT_UNAVAILABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, audit_bed_set_up, audit_bed_tear_down)
        TEST(test_conditions_find),
        TEST(test_kinds_of_calls_alternate),
        TEST(test_times_find),
        TEST(test_reading_is_recorded),
        TEST(test_pages),
        TEST(test_tokens_are_of_their_list),
        TEST(test_bad_conditions),
        TEST(test_serial_numbers),
        TEST(test_a_refusal_after_a_repeat),
        TEST(test_what_cannot_be_recorded_is_not_made),
        TEST(test_a_change_that_is_not_committed_is_recorded),
        TEST(test_a_record_that_finds_no_memory),
        TEST(test_no_purpose_is_asked_for),
        TEST(test_a_reader_reads_so_many),
        TEST(test_export_has_all_events),
        TEST(test_a_batch_is_recorded_with_its_students),
        TEST(test_a_watch_is_recorded_with_its_students),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
