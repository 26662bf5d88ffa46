/* The whole database is verified while it is in use, on a schedule. */
#include "stderr_capture.h"
#include "store_file.h"
#include "store_load.h"

#include "checks.h"
#include "store/sqlite/verify.h"

static struct store_verified verified(store_bed *bed)
{
    struct store_verified found;
    aluno_error error;
    if (store_verify(bed->store, NULL, &found, &error) != ALUNO_OK)
        fail_msg("%s", error.detail);
    assert_true(found.is_complete);
    return found;
}

static const char *health(store_bed *bed)
{
    static aluno_error error;
    return store_health(bed->store, &error) == ALUNO_OK ? "" : error.reason;
}

/* Opens the store anew, so that its pages come from the disk. */
static void reopen(store_bed *bed)
{
    bed_close(bed);
    bed_open(bed);
}

static void test_sound_database_is_sound(void **state)
{
    enum { ROUNDS = 5 };
    struct load load = {.bed = *state};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, insert_students, &load), 0);
    for (int i = 0; i < ROUNDS; i++) {
        const int64_t before = atomic_load(&load.stored);
        const struct store_verified found = verified(load.bed);
        assert_int_equal(found.damaged_pages + found.damaged_tables + found.unfinished_tables, 0);
        assert_true(found.pages > 0);
        assert_in_range(found.students, before, atomic_load(&load.stored) + 1);
        store_tick(load.bed->store); /* a checkpoint, at the same time as changes */
    }
    atomic_store(&load.stopping, true);
    pthread_join(thread, NULL);
}

/* Damage is found before a call meets it, and gone from health once it is gone from the disk. */
static void test_damaged_page_is_found(void **state)
{
    store_bed *bed = *state;
    const uint8_t damage = 0x55, sound = 0;
    bed_insert(bed, "Ana", 1);
    const int64_t page = bed_number(bed, "SELECT rootpage FROM sqlite_schema WHERE name = 'operation'");
    reopen(bed);
    write_at(bed->path, (page - 1) * 4096 + 2000, &damage, 1);
    assert_string_equal(health(bed), "");
    stderr_capture();
    struct store_verified found = verified(bed);
    const char *said = stderr_captured();
    assert_int_equal(found.damaged_pages, 1);
    assert_int_equal(found.damaged_tables, 1);
    assert_non_null(strstr(said, "A page of the database is damaged."));
    assert_non_null(strstr(said, "A table of the database is damaged.\" table=operation"));
    assert_string_equal(health(bed), "STORE_CORRUPT");
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student"), 1);

    write_at(bed->path, (page - 1) * 4096 + 2000, &sound, 1);
    found = verified(bed);
    assert_int_equal(found.damaged_pages + found.damaged_tables, 0);
    assert_string_equal(health(bed), "");
}

/* Data that match their digest may be wrong nevertheless. */
static void test_wrong_count_is_found(void **state)
{
    store_bed *bed = *state;
    static job at;
    bed_insert(bed, "Ana", 1);
    struct store_session *session = store_session_acquire(bed->store);
    assert_int_equal(sqlite3_exec(session->db, "PRAGMA query_only = OFF; UPDATE student_total SET live = 7",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    store_session_release(bed->store, session);
    assert_int_equal(verified(bed).damaged_tables, 1);
    assert_string_equal(health(bed), "STORE_CORRUPT");
    at.student = bed_student("Bia", 20, 2);
    assert_int_equal(job_run(bed, &at, job_insert), ALUNO_OK); /* changes and reads go on */
}

/* The first page is read by each connection that opens. */
static void test_damaged_first_page_is_found(void **state)
{
    store_bed *bed = *state;
    const uint8_t damage = 0x55;
    struct checks *checks;
    struct checks_facts facts;
    bed_insert(bed, "Ana", 1);
    reopen(bed);
    write_at(bed->path, 3000, &damage, 1);
    assert_int_equal(checks_start(&checks, bed->store, 0, 3600000, NULL), ALUNO_OK);
    do
        checks_measure(checks, &facts);
    while (facts.failed == 0);
    checks_stop(checks);
    assert_string_equal(health(bed), "STORE_CORRUPT");
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student"), 1); /* of an open connection */
}

/* A table that takes too long is no damage. */
static void test_large_table_is_left_unfinished(void **state)
{
    store_bed *bed = *state;
    struct store_verified found;
    struct place *place = place_new(bed->path, -1);
    bed_insert(bed, "Ana", 1);
    bed_close(bed);
    alter(bed, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
               " INSERT INTO search_index SELECT i, x'00', zeroblob(10) FROM n");
    bed_open(bed);
    assert_int_equal(verify(bed->path, place, 0, NULL, &found, NULL), ALUNO_OK);
    assert_true(found.is_complete && found.unfinished_tables > 0);
    assert_int_equal(found.damaged_tables, 0);
    assert_int_equal(found.students, 1);
    place_free(place);
}

static void test_stopped_check_says_nothing(void **state)
{
    store_bed *bed = *state;
    const atomic_bool stop = true;
    struct store_verified found;
    assert_int_equal(store_verify(bed->store, &stop, &found, NULL), ALUNO_OK);
    assert_false(found.is_complete);
    assert_int_equal(found.pages, 0);
}

/* ---- the schedule ---- */

static struct checks_facts wait_for(struct checks *checks, int64_t count)
{
    struct checks_facts seen;
    do
        checks_measure(checks, &seen);
    while (seen.sound + seen.damaged + seen.failed < count);
    return seen;
}

static void test_checks_are_made_on_a_schedule(void **state)
{
    store_bed *bed = *state;
    const uint8_t damage = 0x55;
    struct checks *checks;
    struct checks_facts facts;
    bed_insert(bed, "Ana", 1);
    const int64_t page = bed_number(bed, "SELECT rootpage FROM sqlite_schema WHERE name = 'operation'");
    reopen(bed);
    assert_int_equal(checks_start(&checks, bed->store, 0, 1, NULL), ALUNO_OK);
    facts = wait_for(checks, 2);
    assert_int_equal(facts.damaged + facts.failed, 0);
    assert_int_equal(facts.found.students, 1);
    assert_true(facts.end_ms > 0);
    write_at(bed->path, (page - 1) * 4096 + 2000, &damage, 1);
    do
        checks_measure(checks, &facts);
    while (facts.damaged == 0);
    checks_stop(checks);
    /* A page that is damaged after its turn is found by its table alone. */
    assert_true(facts.found.damaged_pages + facts.found.damaged_tables > 0);
    assert_string_equal(health(bed), "STORE_CORRUPT");
}

static void test_check_waits_for_its_time(void **state)
{
    store_bed *bed = *state;
    struct checks *checks;
    struct checks_facts facts;
    assert_int_equal(checks_start(&checks, bed->store, 3600000, 3600000, NULL), ALUNO_OK);
    checks_measure(checks, &facts);
    assert_int_equal(facts.sound + facts.damaged + facts.failed, 0);
    checks_stop(checks);
    checks_stop(NULL);
    checks_measure(NULL, &facts);
    assert_int_equal(facts.end_ms, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_set_up, bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sound_database_is_sound),        TEST(test_damaged_page_is_found),
        TEST(test_wrong_count_is_found),           TEST(test_damaged_first_page_is_found),
        TEST(test_large_table_is_left_unfinished), TEST(test_stopped_check_says_nothing),
        TEST(test_checks_are_made_on_a_schedule),  TEST(test_check_waits_for_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
