/* The audit's segments: what is appended is read back, the chain goes on over restarts and segments, and each
 * alteration is found. */
#include "file_limit.h"
#include "store_bed.h"

#include "audit/audit.h"
#include "audit/folder.h"
#include "audit/frame.h"
#include "audit/reading.h"
#include "audit/verify.h"
#include "base/clock.h"
#include "protocol/codec.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>

enum { SEGMENT_BYTES = 65536 };

typedef struct audit_bed {
    char root[64], folder[80];
    struct audit_options options;
    struct audit *audit;
} audit_bed;

static void open_audit(audit_bed *bed)
{
    aluno_error error;
    if (audit_open(&bed->audit, &bed->options, NULL, &error) != ALUNO_OK)
        fail_msg("%s", error.message);
}

static void close_audit(audit_bed *bed)
{
    audit_close(bed->audit);
    bed->audit = NULL;
}

static int set_up(void **state)
{
    audit_bed *bed = calloc(1, sizeof *bed);
    snprintf(bed->root, sizeof bed->root, "/tmp/aluno-audit-XXXXXX");
    assert_non_null(mkdtemp(bed->root));
    snprintf(bed->folder, sizeof bed->folder, "%s/audit", bed->root);
    bed->options = (struct audit_options){
        .folder = bed->folder, .segment_bytes = SEGMENT_BYTES, .keep_ms = INT64_MAX / 2};
    open_audit(bed);
    *state = bed;
    return 0;
}

static int tear_down(void **state)
{
    audit_bed *bed = *state;
    audit_path path;
    struct audit_list list = {0};
    close_audit(bed);
    audit_list_read(&list, bed->folder, NULL);
    for (size_t i = 0; i < list.count; i++) {
        audit_segment_path(path, bed->folder, list.first[i]);
        unlink(path);
    }
    audit_list_free(&list);
    rmdir(bed->folder);
    rmdir(bed->root);
    free(bed);
    return 0;
}

/* Appends an event of a caller "c1", "c2" … about a student. Events of a caller share a map. */
static aluno_code try_append(audit_bed *bed, int64_t number)
{
    aluno_audit_event shared = {.has = {.caller_name = true}}, own = {.has = {.student_ids = true}};
    aluno__buffer bytes = {0};
    snprintf(shared.caller_name, sizeof shared.caller_name, "c%" PRId64, number % 3);
    aluno__codec_encode(&aluno_audit_event_type, &shared, ALUNO_KEYS_NUMBERED, &bytes);
    struct audit_record record = {.shared = bytes.size};
    ALUNO_SET(own, time, 1000 * number);
    snprintf(own.student_ids, sizeof own.student_ids, "%" PRId64 "-%" PRId64, number, number + 2);
    aluno__codec_encode(&aluno_audit_event_type, &own, ALUNO_KEYS_NUMBERED, &bytes);
    record.bytes = bytes.data;
    record.size = bytes.size;
    const aluno_code code = audit_append(bed->audit, &record, NULL);
    aluno__buffer_free(&bytes);
    return code;
}

static void append_many(audit_bed *bed, int64_t from, int64_t count)
{
    for (int64_t i = from; i < from + count; i++)
        assert_int_equal(try_append(bed, i), ALUNO_OK);
}

static size_t count_events(audit_bed *bed, const struct audit_filter *filter, int64_t after)
{
    struct audit_reader *reader;
    static aluno_audit_event event;
    size_t count = 0;
    bool found;
    assert_int_equal(audit_reader_open(&reader, bed->folder, after, NULL), ALUNO_OK);
    for (;; count++) {
        assert_int_equal(audit_reader_next(reader, filter, &event, &found, NULL), ALUNO_OK);
        if (!found)
            break;
        assert_true(event.sequence > after);
        after = event.sequence;
    }
    audit_reader_close(reader);
    return count;
}

static aluno_code verify(audit_bed *bed, const struct audit_head *head, struct audit_verified *found,
                         aluno_error *error)
{
    aluno_clear(&aluno_error_type, error);
    return audit_verify(bed->folder, head, head != NULL, found, error);
}

static void check_whole(audit_bed *bed, int64_t last)
{
    struct audit_verified found;
    aluno_error error;
    if (verify(bed, NULL, &found, &error) != ALUNO_OK)
        fail_msg("%s", error.detail);
    assert_int_equal(found.first, 1);
    assert_int_equal(found.last, last);
}

static void test_events_are_read_by_conditions(void **state)
{
    audit_bed *bed = *state;
    struct audit_filter all = AUDIT_FILTER_ALL, filter = AUDIT_FILTER_ALL;
    append_many(bed, 1, 9);
    assert_int_equal(count_events(bed, &all, 0), 9);
    assert_int_equal(count_events(bed, &all, 4), 5);
    filter.caller = "c1";
    assert_int_equal(count_events(bed, &filter, 0), 3);
    filter.from_ms = 4000;
    filter.to_ms = 6999;
    assert_int_equal(count_events(bed, &filter, 0), 1);
    filter = all;
    filter.student_ids = &(const int64_t){9};
    filter.student_count = 1; /* of 7-9, 8-10 and 9-11 */
    assert_int_equal(count_events(bed, &filter, 0), 3);
    filter.method = "aluno.v1.StudentService/GetStudent";
    assert_int_equal(count_events(bed, &filter, 0), 0);
    check_whole(bed, 9);
}

static void test_ids(void **state)
{
    (void)state;
    assert_true(audit_ids_have("3,7-9,12", 3));
    assert_true(audit_ids_have("3,7-9,12", 8));
    assert_true(audit_ids_have("3,7-9,12", 12));
    assert_false(audit_ids_have("3,7-9,12", 4));
    assert_false(audit_ids_have("3,7-9,12", 1));
    assert_false(audit_ids_have("", 1));
}

static void test_the_chain_goes_on_over_restarts_and_segments(void **state)
{
    audit_bed *bed = *state;
    struct audit_filter all = AUDIT_FILTER_ALL;
    struct audit_verified found;
    struct audit_head kept;
    aluno_error error;
    append_many(bed, 1, 5);
    close_audit(bed);
    check_whole(bed, 5);
    assert_int_equal(verify(bed, NULL, &found, &error), ALUNO_OK);
    kept = found.head;
    open_audit(bed);
    append_many(bed, 6, 3000);
    close_audit(bed);
    assert_int_equal(count_events(bed, &all, 0), 3005);
    assert_int_equal(verify(bed, &kept, &found, &error), ALUNO_OK);
    assert_int_equal(found.last, 3005);
    assert_int_equal(found.unchained, 0);
    assert_true(found.segments > 1);
    kept.hash[0] ^= 1;
    assert_int_equal(verify(bed, &kept, &found, &error), ALUNO_DATA_LOSS);
    kept.sequence = 4000;
    assert_int_equal(verify(bed, &kept, &found, &error), ALUNO_DATA_LOSS);
    open_audit(bed);
}

/* After a restore by root the service's own user goes on. */
static void test_root_gives_what_it_makes_to_the_owner(void **state)
{
    enum { OWNER = 4321 };
    audit_bed *bed = *state;
    audit_path segment;
    struct stat facts;
    if (geteuid() != 0)
        skip();
    close_audit(bed);
    audit_segment_path(segment, bed->folder, 1);
    assert_int_equal(unlink(segment), 0);
    assert_int_equal(rmdir(bed->folder), 0);
    assert_int_equal(chown(bed->root, OWNER, OWNER), 0);
    open_audit(bed);
    assert_int_equal(stat(bed->folder, &facts), 0);
    assert_int_equal(facts.st_uid, OWNER);
    assert_int_equal(stat(segment, &facts), 0);
    assert_int_equal(facts.st_uid, OWNER);
}

/* A full segment is no failure that passes by itself. */
static void test_a_next_segment_that_cannot_be_made(void **state)
{
    audit_bed *bed = *state;
    char obstacle[128];
    struct audit_verified found;
    aluno_error error;
    snprintf(obstacle, sizeof obstacle, "%s/segment.unfinished", bed->folder);
    assert_int_equal(mkdir(obstacle, 0700), 0);
    append_many(bed, 1, 1000);
    for (int i = 0; i < 2; i++) {
        assert_true(audit_settle(bed->audit, aluno__clock_ms() + 60000));
        assert_int_equal(audit_health(bed->audit, &error), ALUNO_UNAVAILABLE);
        append_many(bed, 1001 + i, 1);
    }
    assert_int_equal(rmdir(obstacle), 0);
    assert_true(audit_settle(bed->audit, aluno__clock_ms() + 60000));
    assert_int_equal(audit_health(bed->audit, &error), ALUNO_OK);
    append_many(bed, 1003, 1);
    close_audit(bed);
    check_whole(bed, 1003);
    assert_int_equal(verify(bed, NULL, &found, &error), ALUNO_OK);
    assert_int_equal(found.segments, 2);
    open_audit(bed);
}

/* ---- alterations ---- */

static uint8_t bytes[SEGMENT_BYTES * 2];

static size_t read_segment(audit_bed *bed, int64_t first, audit_path path)
{
    audit_segment_path(path, bed->folder, first);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return size;
}

static void write_segment(const audit_path path, const uint8_t *from, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(from, 1, size, file), size);
    fclose(file);
}

static void check_damaged(audit_bed *bed, const char *what)
{
    struct audit_verified found;
    aluno_error error;
    const aluno_code code = verify(bed, NULL, &found, &error);
    if (code != ALUNO_DATA_LOSS)
        fail_msg("%s is not found", what);
    assert_non_null(strstr(error.detail, ".audit"));
}

/* A closed chain of two segments; the first has these bytes. */
static size_t prepare(audit_bed *bed, audit_path first, int64_t *second)
{
    struct audit_list list = {0};
    int64_t number = 1;
    while (list.count < 2) {
        append_many(bed, number, 300);
        number += 300;
        assert_false(audit_settle(bed->audit, aluno__clock_ms() + 60000) == false);
        assert_int_equal(audit_list_read(&list, bed->folder, NULL), ALUNO_OK);
    }
    *second = list.first[1];
    audit_list_free(&list);
    append_many(bed, number, 3);
    close_audit(bed);
    return read_segment(bed, 1, first);
}

static void flip_and_check(audit_bed *bed, const audit_path path, size_t at, unsigned bit)
{
    char what[64];
    const uint8_t flipped = bytes[at] ^ (uint8_t)(1u << bit);
    const int fd = open(path, O_WRONLY);
    snprintf(what, sizeof what, "bit %u of byte %zu", bit, at);
    assert_int_equal(pwrite(fd, &flipped, 1, (off_t)at), 1);
    check_damaged(bed, what);
    assert_int_equal(pwrite(fd, bytes + at, 1, (off_t)at), 1);
    close(fd);
}

static void test_a_flipped_bit_is_found(void **state)
{
    audit_bed *bed = *state;
    audit_path path;
    int64_t second;
    const size_t size = prepare(bed, path, &second);
    for (size_t at = 0; at < SEGMENT_HEADER + 300; at++) /* the header and whole frames … */
        flip_and_check(bed, path, at, (unsigned)(at % 8));
    for (size_t at = SEGMENT_HEADER + 300; at < size; at += 997) /* … and here and there */
        flip_and_check(bed, path, at, (unsigned)(at % 8));
    flip_and_check(bed, path, size - 1, 7);
    open_audit(bed);
}

static void test_a_segment_that_goes_while_it_is_read(void **state)
{
    audit_bed *bed = *state;
    const struct audit_filter all = AUDIT_FILTER_ALL;
    static aluno_audit_event event;
    struct audit_reader *reader;
    audit_path path;
    int64_t second;
    bool found;
    prepare(bed, path, &second);
    assert_int_equal(audit_reader_open(&reader, bed->folder, 0, NULL), ALUNO_OK);
    assert_int_equal(unlink(path), 0); /* as retention does */
    assert_int_equal(audit_reader_next(reader, &all, &event, &found, NULL), ALUNO_OK);
    assert_true(found);
    assert_int_equal(event.sequence, second);
    audit_reader_close(reader);
    open_audit(bed);
}

static void test_frames_that_vanish_or_change_places_are_found(void **state)
{
    audit_bed *bed = *state;
    audit_path path, next;
    int64_t second;
    static uint8_t altered[sizeof bytes];
    struct frame one, other;
    const size_t size = prepare(bed, path, &second);
    frame_read(bytes + SEGMENT_HEADER, size, &one);
    uint8_t *after = bytes + SEGMENT_HEADER + one.whole;
    frame_read(after, size, &other);

    memcpy(altered, bytes, SEGMENT_HEADER); /* without the first record */
    memcpy(altered + SEGMENT_HEADER, after, size - SEGMENT_HEADER - one.whole);
    write_segment(path, altered, size - one.whole);
    check_damaged(bed, "a removed record");

    memcpy(altered + SEGMENT_HEADER, after, other.whole); /* the first two exchanged */
    memcpy(altered + SEGMENT_HEADER + other.whole, bytes + SEGMENT_HEADER, one.whole);
    memcpy(altered + SEGMENT_HEADER + one.whole + other.whole, after + other.whole,
           size - SEGMENT_HEADER - one.whole - other.whole);
    write_segment(path, altered, size);
    check_damaged(bed, "reordered records");

    write_segment(path, bytes, SEGMENT_HEADER + one.whole); /* without its tail */
    check_damaged(bed, "a truncated segment");

    write_segment(path, bytes, size);
    audit_segment_path(next, bed->folder, second);
    struct audit_verified found;
    aluno_error error;
    assert_int_equal(verify(bed, NULL, &found, &error), ALUNO_OK);
    const struct audit_head kept = found.head;
    assert_int_equal(unlink(next), 0); /* the last segment: only a head shows it */
    assert_int_equal(verify(bed, NULL, &found, &error), ALUNO_OK);
    assert_int_equal(verify(bed, &kept, &found, &error), ALUNO_DATA_LOSS);
    open_audit(bed);
}

/* A service that ended suddenly: the last records have no hash, and half a record may follow. */
static void test_a_sudden_end_is_gone_on_from(void **state)
{
    audit_bed *bed = *state;
    audit_path path;
    struct frame frame;
    size_t at = SEGMENT_HEADER;
    append_many(bed, 1, 20);
    close_audit(bed);
    size_t size = read_segment(bed, 1, path);
    for (int64_t i = 1; i <= 20; i++, at += frame.whole) {
        frame_read(bytes + at, size - at, &frame);
        if (i > 10)
            memset(bytes + at + frame.whole - FRAME_HASH, 0, FRAME_HASH);
    }
    memset(bytes + size, 'x', 100);
    bytes[size] = bytes[size + 1] = bytes[size + 2] = bytes[size + 3] = 0; /* its size was not written */
    write_segment(path, bytes, size + 100);
    open_audit(bed);
    append_many(bed, 21, 1);
    close_audit(bed);
    check_whole(bed, 22); /* and one that says that the end was cut */
    open_audit(bed);
}

/* The next segment cannot be made: the present one is used up first. */
static void test_a_full_disk_passes(void **state)
{
    audit_bed *bed = *state;
    struct audit_filter all = AUDIT_FILTER_ALL;
    aluno_error error;
    int64_t count = 0;
    signal(SIGXFSZ, SIG_IGN);
    limit_files(4096);
    while (try_append(bed, count + 1) == ALUNO_OK)
        assert_true(++count < 100000);
    assert_int_equal(audit_health(bed->audit, &error), ALUNO_UNAVAILABLE);
    assert_true(aluno_error_is(&error, ALUNO_REASON_AUDIT_UNAVAILABLE));
    limit_files(RLIM_INFINITY);
    assert_true(audit_settle(bed->audit, aluno__clock_ms() + 60000));
    assert_int_equal(audit_health(bed->audit, &error), ALUNO_OK);
    append_many(bed, count + 1, 10);
    close_audit(bed);
    assert_int_equal(count_events(bed, &all, 0), count + 10);
    check_whole(bed, count + 10);
    open_audit(bed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids),
        cmocka_unit_test_setup_teardown(test_events_are_read_by_conditions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_chain_goes_on_over_restarts_and_segments, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_next_segment_that_cannot_be_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_root_gives_what_it_makes_to_the_owner, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_flipped_bit_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_segment_that_goes_while_it_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_frames_that_vanish_or_change_places_are_found, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_sudden_end_is_gone_on_from, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_full_disk_passes, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
