/* The audit's folder, or its file, is taken away under a running service. */
#include "audit_bed.h"

#include "base/clock.h"

/* The audit's thread notices it by itself. */
static void wait_for_health(const call_bed *bed, aluno_code wanted)
{
    while (audit_health(bed->service.audit, NULL) != wanted)
        aluno__clock_sleep(10);
}

static const char *aside(void)
{
    static char path[sizeof folder + 8];
    snprintf(path, sizeof path, "%s.aside", folder);
    return path;
}

static void test_calls_are_refused_until_the_folder_is_back(void **state)
{
    call_bed *bed = *state;
    bed_add(bed, "Ana", 20, 1);
    assert_int_equal(rename(folder, aside()), 0);
    wait_for_health(bed, ALUNO_UNAVAILABLE);
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_UNAVAILABLE);
    assert_true(aluno_error_is(&bed->error, ALUNO_REASON_AUDIT_UNAVAILABLE));
    assert_int_equal(rename(aside(), folder), 0);
    wait_for_health(bed, ALUNO_OK);
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_OK);
}

/* The store forgets the record of a change when it is in a file that has its name. */
static void test_a_change_is_recorded_though_the_folder_is_lost(void **state)
{
    call_bed *bed = *state;
    aluno_list_audit_events_request created = {.has = {.none = false}};
    ALUNO_SET_TEXT(created, method, "CreateStudent");
    ALUNO_SET_TEXT(created, code, "OK");
    assert_int_equal(rename(folder, aside()), 0);
    while (bed_create(bed, "Ana", 20, 1) != ALUNO_OK) { /* it was noticed at once */
        assert_int_equal(rename(aside(), folder), 0);
        wait_for_health(bed, ALUNO_OK);
        assert_int_equal(rename(folder, aside()), 0);
    }
    wait_for_health(bed, ALUNO_UNAVAILABLE);
    audit_bed_reopen(bed, 1 << 16, INT64_MAX / 2);
    assert_string_equal(found(bed, &created), "CreateStudent 1 name,age,br_document,email OK\n");
    audit_folder_remove(aside());
}

/* No next segment hides it. */
static void test_a_full_segment_that_is_removed(void **state)
{
    call_bed *bed = *state;
    audit_path segment;
    audit_segment_path(segment, folder, 1);
    assert_int_equal(unlink(segment), 0);
    do
        bed_get_by_id(bed, 1);
    while (audit_health(bed->service.audit, NULL) == ALUNO_OK);
    assert_int_equal(access(segment, F_OK), -1);
    audit_bed_reopen(bed, 1 << 16, INT64_MAX / 2);
    assert_int_equal(bed_get_by_id(bed, 1), ALUNO_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, audit_bed_set_up, audit_bed_tear_down)
        TEST(test_calls_are_refused_until_the_folder_is_back),
        TEST(test_a_change_is_recorded_though_the_folder_is_lost),
        TEST(test_a_full_segment_that_is_removed),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
