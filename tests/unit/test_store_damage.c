/* A damaged database: refused when opening detects the damage, else reported by what reads it. */
#include "store_file.h"

/* The schema's page is damaged behind the file's header of 100 bytes. */
static void test_damaged_schema_is_refused(void **state)
{
    store_bed *bed = *state;
    uint8_t garbage[256];
    memset(garbage, 0xa5, sizeof garbage);
    bed_open(bed);
    bed_close(bed);
    write_at(bed->path, 100, garbage, sizeof garbage);
    check_refused(bed->path, "is damaged; restore a backup");
}

/* A value that no request could have stored is damage, not a reply that the client refuses. */
static void test_damaged_row_is_reported(void **state)
{
    store_bed *bed = *state;
    aluno_student found;
    aluno_error error;
    bed_open(bed);
    const int64_t id = bed_insert(bed, "Ana", 52998224725);
    bed_insert(bed, "Bia", 11144477735);
    bed_close(bed);
    alter(bed, "PRAGMA ignore_check_constraints = ON;"
               "UPDATE student SET email = printf('%.*c', 300, 'a') WHERE name = 'Ana'");

    bed_open(bed);
    assert_int_equal(bed_get(bed, id, &found, &error), ALUNO_DATA_LOSS);
    assert_string_equal(error.reason, "STORE_CORRUPT");
    assert_string_equal(error.detail, "student 1");
    assert_int_equal(bed_get(bed, id + 1, &found, &error), ALUNO_OK);
    assert_string_equal(found.name, "Bia");
}

/* Damage that opening does not detect is reported when the page is read. Other pages are served. */
static void test_damaged_page_is_reported(void **state)
{
    store_bed *bed = *state;
    aluno_student found;
    aluno_error error;
    bed_open(bed);
    const int64_t id = bed_insert(bed, "Ana", 52998224725);
    const int64_t page = bed_number(bed, "SELECT rootpage FROM sqlite_schema WHERE name = 'student'");
    bed_close(bed);

    uint8_t garbage[4096];
    memset(garbage, 0xa5, sizeof garbage);
    write_at(bed->path, (page - 1) * 4096, garbage, sizeof garbage);

    bed_open(bed);
    assert_int_equal(bed_get(bed, id, &found, &error), ALUNO_DATA_LOSS);
    assert_string_equal(error.reason, "STORE_CORRUPT");
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 1);

    static aluno_list_students_reply page_found;
    struct store_search search = STORE_SEARCH_ALL;
    struct store_position last;
    struct store_session *session = store_session_acquire(bed->store);
    search.deadline_ms = INT64_MAX;
    assert_int_equal(
        bed_search(session, &search, &(struct store_position){.id = 0}, 10, &page_found, &last, &error),
        ALUNO_DATA_LOSS);
    store_session_release(bed->store, session);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_make_folder, bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_damaged_schema_is_refused),
        TEST(test_damaged_row_is_reported),
        TEST(test_damaged_page_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
