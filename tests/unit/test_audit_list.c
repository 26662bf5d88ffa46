/* ListAuditEvents: what calls leave in the audit, filters, their violations, and page tokens. */
#include "call_bed.h"
#include "file_limit.h"
#include "unit.h"

#include "audit/audit.h"
#include "audit/folder.h"
#include "audit/reading.h"
#include "audit/verify.h"
#include "base/clock.h"

#include <inttypes.h>

static aluno_list_audit_events_reply page;
static char folder[256];

static void open_audit(call_bed *bed, int64_t segment_bytes, int64_t keep_ms)
{
    aluno_error error;
    snprintf(folder, sizeof folder, "%s-audit", bed->store.path);
    const struct audit_options options = {
        .folder = folder, .segment_bytes = segment_bytes, .keep_ms = keep_ms};
    if (audit_open(&bed->service.audit, &options, bed->service.store, &error) != ALUNO_OK)
        fail_msg("%s", error.message);
}

static int set_up(void **state)
{
    const int failure = call_bed_set_up(state);
    if (failure == 0)
        open_audit(*state, 1 << 16, INT64_MAX / 2);
    return failure;
}

static void reopen_audit(call_bed *bed, int64_t segment_bytes, int64_t keep_ms)
{
    audit_close(bed->service.audit);
    open_audit(bed, segment_bytes, keep_ms);
}

static int tear_down(void **state)
{
    call_bed *bed = *state;
    struct audit_list segments = {0};
    audit_path path;
    audit_close(bed->service.audit);
    bed->service.audit = NULL;
    audit_list_read(&segments, folder, NULL);
    for (size_t i = 0; i < segments.count; i++) {
        audit_segment_path(path, folder, segments.first[i]);
        unlink(path);
    }
    audit_list_free(&segments);
    rmdir(folder);
    return call_bed_tear_down(state);
}

/* ---- calls ---- */

static aluno_code list(call_bed *bed, const aluno_list_audit_events_request *request)
{
    const struct caller before = bed->caller;
    bed_call_as(bed, "auditora", ALUNO_ROLE_auditor);
    const aluno_code code = bed_call(bed, ALUNO_METHOD_list_audit_events, request);
    if (code == ALUNO_OK)
        page = bed->reply.list_audit_events_reply;
    bed->caller = before;
    return code;
}

/* Lists all of the caller's events by pages of that size; returns how many there are. Their numbers ascend.
 */
static int64_t count_by_pages(call_bed *bed, const char *caller, int64_t size, size_t *pages)
{
    int64_t count = 0, last = 0;
    aluno_list_audit_events_request request = {.has = {.none = false}};
    ALUNO_SET(request, page_size, size);
    if (caller != NULL)
        ALUNO_SET_TEXT(request, caller, caller);
    for (*pages = 1;; (*pages)++) {
        assert_int_equal(list(bed, &request), ALUNO_OK);
        for (size_t i = 0; i < page.events.count; i++) {
            assert_true(page.events.items[i].sequence > last);
            last = page.events.items[i].sequence;
        }
        count += (int64_t)page.events.count;
        if (!page.has.next_page_token)
            return count;
        ALUNO_SET_TEXT(request, page_token, page.next_page_token);
    }
}

/* The events of a filter, as a text: "method students fields code" of each, in lines. */
static const char *found(call_bed *bed, const aluno_list_audit_events_request *request)
{
    static char text[4096];
    size_t length = 0;
    assert_int_equal(list(bed, request), ALUNO_OK);
    *text = '\0';
    for (size_t i = 0; i < page.events.count; i++) {
        const aluno_audit_event *event = &page.events.items[i];
        length += (size_t)snprintf(text + length, sizeof text - length, "%s %s %s %s\n",
                                   strrchr(event->method, '/') + 1,
                                   event->has.student_ids ? event->student_ids : "-",
                                   event->has.fields ? event->fields : "-", event->code);
    }
    return text;
}

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

/* Its reply's students are encoded beside the message. */
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

enum { BACKLOG = 1500 };

/* Leaves records of changes that no audit has fetched. */
static aluno_code leave_backlog(job *at, struct store_session *session)
{
    static aluno_audit_event event;
    aluno__buffer bytes = {0};
    aluno_code code = ALUNO_OK;
    ALUNO_SET(event, time, 1000);
    ALUNO_SET_TEXT(event, caller_name, "ana");
    memset(event.student_ids, '1', sizeof event.student_ids - 1);
    event.has.student_ids = true;
    aluno__codec_encode(&aluno_audit_event_type, &event, ALUNO_KEYS_NUMBERED, &bytes);
    for (int i = 0; i < BACKLOG && code == ALUNO_OK; i++)
        code = audit_record(session, bytes.data, bytes.size, &at->error);
    aluno__buffer_free(&bytes);
    return code;
}

/* The audit's thread makes the next segment itself, so it must not wait for it. */
static void test_a_backlog_fills_segments(void **state)
{
    call_bed *bed = *state;
    static job at;
    size_t pages;
    audit_close(bed->service.audit);
    assert_int_equal(job_run(&bed->store, &at, leave_backlog), ALUNO_OK);
    open_audit(bed, 1 << 16, INT64_MAX / 2);
    assert_int_equal(count_by_pages(bed, "ana", 64, &pages), BACKLOG);
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

/* ---- refusals that are alike ---- */

/* The calls that the caller's events stand for: *records of them. */
static int64_t count_calls(call_bed *bed, const char *caller, size_t *records)
{
    int64_t count = 0;
    aluno_list_audit_events_request request = {.has = {.none = false}};
    ALUNO_SET(request, page_size, 64);
    ALUNO_SET_TEXT(request, caller, caller);
    assert_int_equal(list(bed, &request), ALUNO_OK);
    *records = page.events.count;
    for (size_t i = 0; i < page.events.count; i++) {
        const aluno_audit_event *event = &page.events.items[i];
        count += event->has.count ? event->count : 1;
        assert_false(event->has.count && (event->has.request_id || event->has.student_ids));
    }
    return count;
}

static void test_refusals_that_are_alike_are_merged(void **state)
{
    enum { CALLS = 500 };
    call_bed *bed = *state;
    size_t records;
    for (int i = 0; i < CALLS; i++) {
        bed_call_as(bed, "leo", ALUNO_ROLE_reader);
        assert_int_equal(bed_delete(bed, 1), ALUNO_PERMISSION_DENIED);
        bed_call_as(bed, "lea", ALUNO_ROLE_reader);
        assert_int_equal(bed_delete(bed, 1 + i), ALUNO_PERMISSION_DENIED);
    }
    assert_int_equal(count_calls(bed, "leo", &records), CALLS);
    assert_in_range(records, 2, 60);
    assert_int_equal(count_calls(bed, "lea", &records), CALLS);
    assert_in_range(records, 2, 60);
}

/* What tells of a student is recorded by itself. */
static void test_refusals_with_students_are_not(void **state)
{
    call_bed *bed = *state;
    size_t records;
    for (int i = 0; i < 10; i++)
        assert_int_equal(bed_get_by_id(bed, 99), ALUNO_NOT_FOUND);
    assert_int_equal(count_calls(bed, "secretaria", &records), 10);
    assert_int_equal(records, 10);
}

/* ---- the disk ---- */

static const char *health(call_bed *bed)
{
    const aluno_health_check_request request = {.has = {.none = false}};
    assert_int_equal(bed_call(bed, ALUNO_METHOD_health_check, &request), ALUNO_OK);
    return bed->reply.health_check_reply.status;
}

static void test_a_full_disk_refuses_until_it_has_room(void **state)
{
    call_bed *bed = *state;
    bed_add(bed, "João da Silva", 17, 52998224725);
    reopen_audit(bed, 1 << 20, INT64_MAX / 2);
    signal(SIGXFSZ, SIG_IGN);
    limit_files(1 << 18);
    for (int i = 0; bed_get_by_id(bed, 1) == ALUNO_OK; i++)
        assert_true(i < 100000);
    check_reason(bed, ALUNO_REASON_AUDIT_UNAVAILABLE);
    assert_string_equal(health(bed), "NOT_SERVING");
    assert_string_equal(bed->reply.health_check_reply.reason, "AUDIT_UNAVAILABLE");
    limit_files(RLIM_INFINITY);
    assert_true(audit_settle(bed->service.audit, aluno__clock_ms() + 60000));
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_OK);
    assert_string_equal(health(bed), "SERVING");
}

/* The chain is whole from the first record that is left. */
static void test_old_segments_are_removed(void **state)
{
    call_bed *bed = *state;
    struct audit_list segments = {0};
    struct audit_verified whole;
    aluno_error error;
    bed_add(bed, "João da Silva", 17, 52998224725);
    while (segments.count < 3) {
        for (int i = 0; i < 300; i++)
            assert_int_equal(bed_get_by_id(bed, 1), ALUNO_OK);
        assert_true(audit_settle(bed->service.audit, aluno__clock_ms() + 60000));
        assert_int_equal(audit_list_read(&segments, folder, NULL), ALUNO_OK);
    }
    const int64_t last = segments.first[segments.count - 1];
    reopen_audit(bed, 1 << 16, -1000);
    assert_int_equal(audit_list_read(&segments, folder, NULL), ALUNO_OK);
    assert_int_equal(segments.count, 1);
    assert_int_equal(segments.first[0], last);
    audit_list_free(&segments);
    assert_int_equal(audit_verify(folder, NULL, 0, &whole, &error), ALUNO_OK);
    assert_int_equal(whole.first, last);
    aluno_list_audit_events_request request = {.has = {.none = false}};
    ALUNO_SET_TEXT(request, method, "alunod/remove");
    assert_int_equal(list(bed, &request), ALUNO_OK);
    assert_int_equal(page.events.count, 1);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_conditions_find),
        TEST(test_times_find),
        TEST(test_reading_is_recorded),
        TEST(test_pages),
        TEST(test_tokens_are_of_their_list),
        TEST(test_bad_conditions),
        TEST(test_serial_numbers),
        TEST(test_no_purpose_is_asked_for),
        TEST(test_a_reader_reads_so_many),
        TEST(test_export_has_all_events),
        TEST(test_refusals_that_are_alike_are_merged),
        TEST(test_refusals_with_students_are_not),
        TEST(test_a_full_disk_refuses_until_it_has_room),
        TEST(test_old_segments_are_removed),
        TEST(test_a_backlog_fills_segments),
        TEST(test_a_batch_is_recorded_with_its_students),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
