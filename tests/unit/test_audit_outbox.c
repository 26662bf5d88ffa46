/* The outbox of the audit: rows of records, to bytes and back, and through a store. */
#include "store_bed.h"

#include "store/sqlite/audit_outbox.h"

#include <inttypes.h>

static void add(struct audit_outbox *outbox, const char *record)
{
    assert_true(audit_outbox_add(outbox, (const uint8_t *)record, strlen(record)));
}

/* The records of the row: "ID RECORD, " of each. */
static const char *text_of(int64_t id, const uint8_t *bytes, size_t size)
{
    static char text[512];
    struct audit_outbox_row row;
    size_t length = 0;
    *text = '\0';
    bool is_row = audit_outbox_row_open(&row, id, bytes, size);
    for (; is_row && row.left > 0; row.id++) {
        is_row = audit_outbox_row_next(&row);
        if (is_row)
            length += (size_t)snprintf(text + length, sizeof text - length, "%d %.*s, ", (int)row.id,
                                       (int)row.record.size, (const char *)row.record.data);
    }
    aluno__buffer_free(&row.record);
    return is_row ? text : NULL;
}

static void test_a_row_has_the_records_of_its_transaction(void **state)
{
    (void)state;
    struct audit_outbox outbox = {.count = 0};
    add(&outbox, "the first student");
    add(&outbox, "the first teacher");
    add(&outbox, "");
    add(&outbox, "another");
    add(&outbox, "the first student");
    audit_outbox_complete(&outbox);
    assert_string_equal(text_of(12, outbox.row.data, outbox.row.size),
                        "8 the first student, 9 the first teacher, 10 , 11 another, 12 the first student, ");
    assert_true(outbox.row.size < 5 * sizeof "the first student"); /* what they share is there once */
    audit_outbox_free(&outbox);
}

static void test_a_savepoint_is_gone_back_to(void **state)
{
    (void)state;
    struct audit_outbox outbox = {.count = 0};
    audit_outbox_mark(&outbox);
    add(&outbox, "undone");
    audit_outbox_go_back(&outbox);
    assert_int_equal(outbox.count, 0);
    add(&outbox, "made");
    audit_outbox_mark(&outbox);
    add(&outbox, "made not");
    audit_outbox_go_back(&outbox);
    add(&outbox, "made, too");
    audit_outbox_complete(&outbox);
    assert_string_equal(text_of(2, outbox.row.data, outbox.row.size), "1 made, 2 made, too, ");
    audit_outbox_clear(&outbox);
    assert_int_equal(outbox.count, 0);
    audit_outbox_free(&outbox);
}

static void test_the_row_of_an_older_version_is_a_record(void **state)
{
    (void)state;
    assert_string_equal(text_of(7, (const uint8_t *)"\x81\x02\x05", 3), "7 \x81\x02\x05, ");
}

static void test_a_row_that_is_cut_is_none(void **state)
{
    (void)state;
    struct audit_outbox outbox = {.count = 0};
    add(&outbox, "abc");
    add(&outbox, "abcdef");
    audit_outbox_complete(&outbox);
    for (size_t size = 0; size < outbox.row.size; size++) {
        uint8_t *cut = malloc(size > 0 ? size : 1); /* of its own size, for the sanitizer */
        memcpy(cut, outbox.row.data, size);
        assert_null(text_of(2, cut, size));
        free(cut);
    }
    audit_outbox_free(&outbox);
}

/* ---- through a store ---- */

static aluno_code record_five(job *at, struct store_session *session)
{
    for (char name[] = "a"; name[0] <= 'e'; name[0]++)
        if (audit_record(session, (const uint8_t *)name, 1, &at->error) != ALUNO_OK)
            return ALUNO_INTERNAL;
    return student_insert(session, &at->student, 1000, &at->out, &at->error);
}

/* With a savepoint of its own, which is gone back to. */
static aluno_code record_and_fail(job *at, struct store_session *session)
{
    audit_record(session, (const uint8_t *)"undone", 6, &at->error);
    student_insert(session, &at->student, 1000, &at->out, &at->error);
    return ALUNO_ABORTED;
}

struct rows {
    struct store_audit_rows rows; /* first: the store gives it back */
    char text[64];
};

static void add_row(struct store_audit_rows *rows, int64_t id, const void *record, size_t size)
{
    struct rows *to = (struct rows *)(void *)rows;
    const size_t length = strlen(to->text);
    snprintf(to->text + length, sizeof to->text - length, "%" PRId64 "%.*s ", id, (int)size,
             (const char *)record);
}

static void check_pending(store_bed *bed, int64_t after, int64_t limit, const char *wanted)
{
    struct rows to = {{add_row}, ""};
    struct store_session *session = store_session_acquire(bed->store);
    assert_int_equal(audit_pending(session, after, limit, &to.rows, NULL), ALUNO_OK);
    store_session_release(bed->store, session);
    assert_string_equal(to.text, wanted);
}

static aluno_code forget_all(job *at, struct store_session *session)
{
    return audit_forget(session, 10, &at->error);
}

static void test_records_are_handed_over_from_any_on(void **state)
{
    store_bed *bed = *state;
    static job at;
    for (int64_t i = 0; i < 2; i++) {
        at.student = bed_student("Ana", 20, 100 + i);
        assert_int_equal(job_run(bed, &at, record_five), ALUNO_OK);
    }
    check_pending(bed, 0, 100, "1a 2b 3c 4d 5e 6a 7b 8c 9d 10e ");
    check_pending(bed, 2, 2, "3c 4d ");
    check_pending(bed, 4, 3, "5e 6a 7b ");
    check_pending(bed, 10, 3, "");
    assert_int_equal(job_run(bed, &at, forget_all), ALUNO_OK);
    check_pending(bed, 0, 100, "");
    at.student = bed_student("Ana", 20, 102);
    assert_int_equal(job_run(bed, &at, record_five), ALUNO_OK); /* no id comes twice */
    check_pending(bed, 0, 100, "11a 12b 13c 14d 15e ");
}

static void test_a_change_that_is_undone_has_no_record(void **state)
{
    store_bed *bed = *state;
    static job at, other;
    at.student = bed_student("Ana", 20, 100);
    other.student = bed_student("Bia", 20, 200);
    for (int is_tentative = 0; is_tentative < 2; is_tentative++) {
        at.change.is_tentative = is_tentative == 1;
        assert_int_equal(job_run(bed, &at, record_and_fail), ALUNO_ABORTED);
    }
    check_pending(bed, 0, 100, "");
    assert_int_equal(job_run(bed, &other, record_five), ALUNO_OK);
    check_pending(bed, 0, 100, "1a 2b 3c 4d 5e ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_row_has_the_records_of_its_transaction),
        cmocka_unit_test(test_a_savepoint_is_gone_back_to),
        cmocka_unit_test(test_the_row_of_an_older_version_is_a_record),
        cmocka_unit_test(test_a_row_that_is_cut_is_none),
        cmocka_unit_test_setup_teardown(test_records_are_handed_over_from_any_on, bed_set_up, bed_tear_down),
        cmocka_unit_test_setup_teardown(test_a_change_that_is_undone_has_no_record, bed_set_up,
                                        bed_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
