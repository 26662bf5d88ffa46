/* Bit rot is found and not served: each page has a digest. Databases without digests get them. */
#include "stderr_capture.h"
#include "store_file.h"

#include "store/sqlite/page_digest.h"

#include <sys/stat.h>

enum { PAGE = 4096 };

static void read_page(const char *path, int64_t number, uint8_t page[PAGE])
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(pread(fd, page, PAGE, (number - 1) * PAGE), PAGE);
    close(fd);
}

/* Changes one bit of the first place where the text is. */
static void damage_text(const char *path, const char *text)
{
    static uint8_t bytes[1 << 20];
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t size = pread(fd, bytes, sizeof bytes, 0);
    close(fd);
    uint8_t *at = memmem(bytes, (size_t)size, text, strlen(text));
    assert_non_null(at);
    *at ^= 1;
    write_at(path, at - bytes, at, 1);
}

static bool has_digests(const char *path)
{
    uint8_t page[PAGE];
    read_page(path, 1, page);
    return page_size_with_digests(page) == PAGE;
}

static const char *health(store_bed *bed)
{
    static aluno_error error;
    return store_health(bed->store, &error) == ALUNO_OK ? "" : error.reason;
}

static int64_t root_of(store_bed *bed, const char *name)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT rootpage FROM sqlite_schema WHERE name = '%s'", name);
    return bed_number(bed, sql);
}

static aluno_code find(store_bed *bed, const char *document, aluno_student *out, aluno_error *error)
{
    struct store_session *session = store_session_acquire(bed->store);
    const aluno_code code = student_by_document(session, document, STORE_PRESENT, out, error);
    store_session_release(bed->store, session);
    return code;
}

/* One bit of a name. SQLite itself would return the wrong name. */
static void test_changed_bit_is_not_served(void **state)
{
    store_bed *bed = *state;
    aluno_student found;
    aluno_error error;
    char line[64];
    bed_open(bed);
    const int64_t id = bed_insert(bed, "Fernanda", 1), page = root_of(bed, "student");
    bed_close(bed);
    assert_true(has_digests(bed->path));
    damage_text(bed->path, "Fernanda");

    bed_open(bed);
    stderr_capture();
    const aluno_code code = bed_get(bed, id, &found, &error);
    const char *said = stderr_captured();
    assert_int_equal(code, ALUNO_DATA_LOSS);
    assert_string_equal(error.reason, "STORE_CORRUPT");
    snprintf(line, sizeof line, "page=%lld", (long long)page);
    assert_non_null(strstr(said, "A page of the database is damaged."));
    assert_non_null(strstr(said, line));
    assert_null(strstr(said, "ernanda"));
    assert_string_equal(health(bed), "STORE_CORRUPT");
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 1); /* other pages are served */
}

static void test_index_is_covered(void **state)
{
    store_bed *bed = *state;
    aluno_student found;
    aluno_error error;
    uint8_t byte = 0x55;
    bed_open(bed);
    const int64_t id = bed_insert(bed, "Ana", 52998224725);
    const int64_t page = bed_number(bed, "SELECT rootpage FROM sqlite_schema WHERE type = 'index'"
                                         " AND tbl_name = 'student' AND sql LIKE '%br_document%'");
    bed_close(bed);
    write_at(bed->path, (page - 1) * PAGE + 2000, &byte, 1); /* among bytes that no entry has */

    bed_open(bed);
    assert_int_equal(find(bed, "52998224725", &found, &error), ALUNO_DATA_LOSS);
    assert_int_equal(bed_get(bed, id, &found, &error), ALUNO_OK);
}

/* A write that the disk lost, or put elsewhere. */
static void test_page_of_another_place_is_damage(void **state)
{
    store_bed *bed = *state;
    aluno_student found;
    aluno_error error;
    uint8_t page[PAGE];
    bed_open(bed);
    const int64_t id = bed_insert(bed, "Ana", 1), number = root_of(bed, "student");
    bed_close(bed);
    read_page(bed->path, number, page);
    assert_true(page_is_sound(page, PAGE, number));
    assert_false(page_is_sound(page, PAGE, number + 1));

    memset(page, 0, sizeof page);
    assert_false(page_is_sound(page, PAGE, number));
    write_at(bed->path, (number - 1) * PAGE, page, sizeof page);
    bed_open(bed);
    assert_int_equal(bed_get(bed, id, &found, &error), ALUNO_DATA_LOSS);
}

static void test_damaged_backup_is_refused(void **state)
{
    store_bed *bed = *state;
    struct store_facts facts;
    aluno_error error;
    const char *copy = in_folder(bed, "copy.db");
    bed_open(bed);
    bed_insert(bed, "Fernanda", 1);
    assert_int_equal(store_back_up(bed->store, in_folder(bed, "copy.unfinished"), copy, NULL, &facts, &error),
                     ALUNO_OK);
    assert_true(has_digests(copy));
    damage_text(copy, "Fernanda");
    assert_int_equal(store_inspect(copy, &facts, &error), ALUNO_INTERNAL);
    assert_non_null(strstr(error.detail, "copy.db: is damaged"));
}

/* SQLite writes the first page of a copy last when its cache cannot hold the copy. */
static void test_backup_larger_than_a_cache_has_digests(void **state)
{
    store_bed *bed = *state;
    struct store_facts facts;
    aluno_error error;
    const char *copy = in_folder(bed, "copy.db");
    bed_open(bed);
    bed_close(bed);
    alter(bed, "PRAGMA synchronous = OFF; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
               " WHERE i < 600) INSERT INTO search_index SELECT i, x'00', zeroblob(20000) FROM n");
    bed_open(bed);
    if (store_back_up(bed->store, in_folder(bed, "copy.unfinished"), copy, NULL, &facts, &error) != ALUNO_OK)
        fail_msg("%s", error.detail);
    assert_true(has_digests(copy) && facts.size > 600 * 20000);
}

/* ---- databases of before ---- */

static void test_database_of_before_gets_digests(void **state)
{
    store_bed *bed = *state;
    aluno_student found;
    struct stat facts;
    make_without_digests(bed->path);
    assert_false(has_digests(bed->path));
    bed_open(bed);
    assert_true(has_digests(bed->path));
    assert_int_equal(bed_get(bed, 1, &found, NULL), ALUNO_OK);
    assert_string_equal(found.name, "Ana");
    bed_insert(bed, "Bia", 2);
    bed_close(bed);
    assert_int_equal(stat(bed->path, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0600);
    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 2);
    assert_int_equal(access(in_folder(bed, "aluno.db.upgrade"), F_OK), -1);
}

/* Nor does a folder stay that is in the way of the copy. */
static void test_database_without_room_for_digests_is_served(void **state)
{
    store_bed *bed = *state;
    const char *blocked = in_folder(bed, "aluno.db.upgrade.unfinished");
    make_without_digests(bed->path);
    assert_false(has_digests(bed->path));
    assert_int_equal(mkdir(blocked, 0700), 0);
    stderr_capture();
    bed_open(bed);
    const char *said = stderr_captured();
    assert_non_null(strstr(said, "The database's pages have no digests"));
    assert_false(has_digests(bed->path));
    bed_insert(bed, "Bia", 2);
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 2);
    bed_close(bed);

    assert_int_equal(rmdir(blocked), 0);
    bed_open(bed);
    assert_true(has_digests(bed->path));
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 2);
}

static void test_name_of_the_copy_is_taken(void **state)
{
    store_bed *bed = *state;
    const char *blocked = in_folder(bed, "aluno.db.upgrade");
    make_without_digests(bed->path);
    assert_false(has_digests(bed->path));
    assert_int_equal(mkdir(blocked, 0700), 0);
    bed_open(bed);
    assert_false(has_digests(bed->path));
    assert_int_equal(rmdir(blocked), 0);
}

/* ---- rows that the sqlite3 program changed ---- */

static aluno_code seal(store_bed *bed, int64_t *count, aluno_error *error)
{
    struct store_facts facts;
    return store_seal(bed->path, count, &facts, error);
}

static void test_changes_by_sqlite3_are_sealed(void **state)
{
    store_bed *bed = *state;
    aluno_student found;
    aluno_error error;
    int64_t count;
    bed_open(bed);
    const int64_t id = bed_insert(bed, "Ana", 1);
    assert_int_equal(seal(bed, &count, &error), ALUNO_INVALID_ARGUMENT);
    assert_non_null(strstr(error.detail, "is in use by another alunod"));
    bed_close(bed);
    alter_by(NULL, bed->path, "UPDATE student SET name = 'Bia'");
    bed_open(bed);
    assert_int_equal(bed_get(bed, id, &found, &error), ALUNO_DATA_LOSS);
    bed_close(bed);

    if (seal(bed, &count, &error) != ALUNO_OK)
        fail_msg("%s", error.detail);
    assert_in_range(count, 1, 3);
    bed_open(bed);
    assert_int_equal(bed_get(bed, id, &found, &error), ALUNO_OK);
    assert_string_equal(found.name, "Bia");
    assert_string_equal(health(bed), "");
}

static void test_what_cannot_be_sealed_is_refused(void **state)
{
    store_bed *bed = *state;
    aluno_error error;
    int64_t count;
    assert_int_equal(seal(bed, &count, &error), ALUNO_INVALID_ARGUMENT);
    assert_non_null(strstr(error.detail, "No such file or directory"));
    make_without_digests(bed->path);
    assert_false(has_digests(bed->path));
    assert_int_equal(seal(bed, &count, &error), ALUNO_INVALID_ARGUMENT);
    assert_non_null(strstr(error.detail, "has no digests"));
    write_file(in_folder(bed, "aluno.db-wal"), "log", 3);
    assert_int_equal(seal(bed, &count, &error), ALUNO_INVALID_ARGUMENT);
    assert_non_null(strstr(error.detail, "has a write-ahead log beside it"));
    assert_int_equal(unlink(in_folder(bed, "aluno.db-wal")), 0);
    alter_by(NULL, bed->path, "UPDATE student_total SET live = 7");
    bed_open(bed);
    bed_close(bed);
    alter_by(NULL, bed->path, "UPDATE student_total SET live = 7");
    assert_int_equal(seal(bed, &count, &error), ALUNO_INTERNAL);
    assert_non_null(strstr(error.detail, "it counts 7 students and has 1"));
}

/* A damaged header may have any size of a page; 1 stands for the largest. */
static void test_page_size_is_checked(void **state)
{
    static const struct {
        uint8_t high, low;
        int size;
    } rows[] = {{2, 0, 512}, {16, 0, 4096}, {0, 1, PAGE_LARGEST}, {0, 0, 0},
                {0, 7, 0},   {1, 0, 0},     {16, 1, 0},           {0xff, 0xff, 0}};
    store_bed *bed = *state;
    aluno_error error;
    int64_t count;
    uint8_t header[PAGE_HEADER] = "SQLite format 3";
    header[20] = PAGE_RESERVE;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        header[16] = rows[i].high;
        header[17] = rows[i].low;
        assert_int_equal(page_size_with_digests(header), rows[i].size);
        if (rows[i].size != 0)
            continue;
        write_file(bed->path, header, sizeof header);
        assert_int_equal(seal(bed, &count, &error), ALUNO_INVALID_ARGUMENT);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_make_folder, bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_changed_bit_is_not_served),
        TEST(test_index_is_covered),
        TEST(test_page_of_another_place_is_damage),
        TEST(test_damaged_backup_is_refused),
        TEST(test_backup_larger_than_a_cache_has_digests),
        TEST(test_database_of_before_gets_digests),
        TEST(test_database_without_room_for_digests_is_served),
        TEST(test_name_of_the_copy_is_taken),
        TEST(test_changes_by_sqlite3_are_sealed),
        TEST(test_what_cannot_be_sealed_is_refused),
        TEST(test_page_size_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
