/* The audit over many segments: a backlog, a flood of refusals, a full disk, retention, its own and
 * students'. */
#include "audit_bed.h"
#include "file_limit.h"
#include "store_file.h"

#include "audit/verify.h"
#include "base/clock.h"
#include "purge.h"

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
    audit_bed_open(bed, 1 << 16, INT64_MAX / 2);
    assert_int_equal(count_by_pages(bed, "ana", 64, &pages), BACKLOG);
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

/* A refusal that concerns a student has a record of its own. */
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
    audit_bed_reopen(bed, 1 << 20, INT64_MAX / 2);
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

/* While the store takes no change, what was committed cannot be fetched; a list would lack it. */
static void test_settling_fails_while_the_exchange_does(void **state)
{
    call_bed *bed = *state;
    struct audit *audit = bed->service.audit;
    char aside[128];
    snprintf(aside, sizeof aside, "%s.aside", bed->store.path);
    assert_true(audit_settle(audit, aluno__clock_ms() + 60000));
    assert_int_equal(rename(bed->store.path, aside), 0);
    audit_expect_change(audit);
    assert_false(audit_settle(audit, aluno__clock_ms() + 100));
    assert_int_equal(rename(aside, bed->store.path), 0);
    assert_true(audit_settle(audit, aluno__clock_ms() + 60000));
}

/* The name of the folder's only file that is no segment and no lock; empty: there is none. */
static void find_kept(audit_path kept)
{
    DIR *at = opendir(folder);
    *kept = '\0';
    for (struct dirent *entry; (entry = readdir(at));)
        if (strstr(entry->d_name, ".audit.damaged-") != NULL)
            snprintf(kept, sizeof(audit_path), "%s/%s", folder, entry->d_name);
    closedir(at);
}

/* The remains of a segment are evidence: the next segment does not overwrite them. */
static void test_damaged_segment_is_kept(void **state)
{
    static const char evidence[] = "what an attacker left";
    call_bed *bed = *state;
    struct audit_verified whole;
    audit_path path, kept;
    char left[sizeof evidence] = "";
    aluno_error error;
    aluno_list_audit_events_request request = {.has = {.none = false}};
    audit_close(bed->service.audit);
    assert_int_equal(audit_verify(folder, NULL, 0, &whole, &error), ALUNO_OK);
    audit_segment_path(path, folder, whole.last + 1);
    write_file(path, evidence, sizeof evidence);
    audit_bed_open(bed, 1 << 16, INT64_MAX / 2);
    find_kept(kept);
    const int fd = open(kept, O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(fd, left, sizeof left), sizeof left);
    close(fd);
    unlink(kept);
    assert_string_equal(left, evidence);
    ALUNO_SET_TEXT(request, method, "alunod/cut");
    assert_string_equal(found(bed, &request), "cut - - OK\n");
    assert_int_equal(audit_verify(folder, NULL, 0, &whole, &error), ALUNO_OK);
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
    audit_bed_reopen(bed, 1 << 16, -1000);
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

/* ---- erasures by the service itself ---- */

static void test_erasure_by_retention_is_recorded(void **state)
{
    call_bed *bed = *state;
    aluno_list_audit_events_request request = {.has = {.none = false}};
    for (int i = 0; i < 3; i++)
        bed_add(bed, "Ana", 20, 52998224725 + i);
    assert_int_equal(bed_delete(bed, 1), ALUNO_OK);
    assert_int_equal(bed_delete(bed, 2), ALUNO_OK);
    bed->service.erase_removed_after_ms = -100000000; /* the clock goes on */
    purge_start(&bed->service);
    ALUNO_SET_TEXT(request, method, "alunod/erase");
    for (page.events.count = 0; page.events.count == 0;)
        assert_int_equal(list(bed, &request), ALUNO_OK);
    assert_string_equal(found(bed, &request), "erase 1-2 - OK\n");
    assert_string_equal(page.events.items[0].detail, "retention");
    ALUNO_SET(request, student_id, 3);
    assert_string_equal(found(bed, &request), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, audit_bed_set_up, audit_bed_tear_down)
        TEST(test_a_backlog_fills_segments),
        TEST(test_refusals_that_are_alike_are_merged),
        TEST(test_refusals_with_students_are_not),
        TEST(test_a_full_disk_refuses_until_it_has_room),
        TEST(test_settling_fails_while_the_exchange_does),
        TEST(test_damaged_segment_is_kept),
        TEST(test_old_segments_are_removed),
        TEST(test_erasure_by_retention_is_recorded),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
