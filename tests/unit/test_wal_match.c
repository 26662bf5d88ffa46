/* A write-ahead log that a killed service left is played into its own database only. */
#include "stderr_capture.h"
#include "store_file.h"

#include "store/sqlite/wal_match.h"

#include <sys/stat.h>

/* The number of students in the file without its log; -1, or another number, while a checkpoint writes it. */
static int64_t students_in_file(const char *path)
{
    struct store_session *session;
    int64_t count = -1;
    if (session_open(&session, path, SESSION_INSPECTS, NULL) != ALUNO_OK)
        return count;
    session_number(session, "SELECT count(*) FROM student", &count);
    session_close(session);
    return count;
}

/* Waits until all of the log is in the database, so that the next change begins another log. */
static void settle(store_bed *bed)
{
    const int64_t count = bed_number(bed, "SELECT count(*) FROM student");
    while (students_in_file(bed->path) != count)
        store_tick(bed->store);
}

static void add_bia(store_bed *bed)
{
    bed_insert(bed, "Bia", 2);
}

static void add_bia_and_settle(store_bed *bed)
{
    add_bia(bed);
    settle(bed);
}

static void add_in_two_logs(store_bed *bed)
{
    bed_insert(bed, "Eva", 3);
    settle(bed);
    bed_insert(bed, "Lia", 4);
}

static void copy_file(const char *from, const char *to)
{
    static uint8_t bytes[1 << 20];
    const int fd = open(from, O_RDONLY | O_CLOEXEC);
    const ssize_t size = read(fd, bytes, sizeof bytes);
    close(fd);
    assert_true(size > 0 && size < (ssize_t)sizeof bytes);
    write_file(to, bytes, (size_t)size);
}

static int64_t students(store_bed *bed)
{
    return bed_number(bed, "SELECT count(*) FROM student");
}

static const char *log_of(const store_bed *bed)
{
    return in_folder(bed, "aluno.db-wal");
}

static void begin(store_bed *bed)
{
    bed_open(bed);
    bed_insert(bed, "Ana", 1);
}

static void test_a_killed_service_recovers(void **state)
{
    store_bed *bed = *state;
    begin(bed);
    bed_close(bed);
    assert_int_equal(wal_match(bed->path), WAL_NONE);
    work_and_die(bed, add_bia);
    assert_int_equal(wal_match(bed->path), WAL_FITS);
    work_and_die(bed, add_in_two_logs);
    assert_int_equal(wal_match(bed->path), WAL_FITS);
    bed_open(bed);
    assert_int_equal(students(bed), 4);
}

/* A loss of power during a checkpoint: a page is half written, and the log has it. */
static void test_page_that_was_half_written_is_mended(void **state)
{
    store_bed *bed = *state;
    struct store_verified found;
    uint8_t garbage[2048];
    begin(bed);
    const int64_t page = bed_number(bed, "SELECT rootpage FROM sqlite_schema WHERE name = 'student'");
    bed_close(bed);
    work_and_die(bed, add_bia);
    memset(garbage, 0xa5, sizeof garbage);
    write_at(bed->path, (page - 1) * 4096, garbage, sizeof garbage);

    bed_open(bed);
    assert_int_equal(students(bed), 2);
    assert_int_equal(store_verify(bed->store, NULL, &found, NULL), ALUNO_OK);
    assert_int_equal(found.damaged_pages + found.damaged_tables, 0);
}

/* The accident: kill -9, then cp of a copy over the database. */
static void check_accident(store_bed *bed, const char *copy, int64_t expected)
{
    struct store_facts facts;
    int64_t version, newest;
    aluno_error error;
    copy_file(copy, bed->path);
    assert_int_equal(wal_match(bed->path), WAL_FOREIGN);
    check_refused(bed->path, "is of another database");
    check_refused(bed->path, "alunod restore FILE");
    assert_int_equal(store_peek(bed->path, &version, &newest, &error), ALUNO_INVALID_ARGUMENT);
    assert_int_equal(
        store_back_up_file(bed->path, in_folder(bed, "b.unfinished"), in_folder(bed, "b"), &facts, &error),
        ALUNO_INVALID_ARGUMENT);
    assert_int_equal(rename(log_of(bed), in_folder(bed, "aside")), 0);
    bed_open(bed);
    assert_int_equal(students(bed), expected);
}

static void test_log_is_not_played_into_a_backup(void **state)
{
    store_bed *bed = *state;
    struct store_facts facts;
    const char *copy = in_folder(bed, "copy.db");
    begin(bed);
    assert_int_equal(store_back_up(bed->store, in_folder(bed, "copy.unfinished"), copy, NULL, &facts, NULL),
                     ALUNO_OK);
    bed_close(bed);
    work_and_die(bed, add_bia);
    check_accident(bed, copy, 1);
}

static void test_log_is_not_played_into_an_older_copy(void **state)
{
    store_bed *bed = *state;
    const char *copy = in_folder(bed, "copy.db");
    begin(bed);
    bed_close(bed);
    copy_file(bed->path, copy);
    work_and_die(bed, add_in_two_logs);
    check_accident(bed, copy, 1);
}

/* A backup of before digests. */
static void test_log_is_not_played_into_a_file_without_salts(void **state)
{
    store_bed *bed = *state;
    const char *copy = in_folder(bed, "copy.db");
    make_without_digests(copy);
    begin(bed);
    bed_close(bed);
    work_and_die(bed, add_bia);
    check_accident(bed, copy, 1);
}

/* A program of before digests changes the database, and is killed. */
static void change_and_die(store_bed *bed, const char *sql)
{
    int how;
    const pid_t child = fork();
    if (child == 0) {
        sqlite3 *db;
        sqlite3_open(bed->path, &db);
        _exit(sqlite3_exec(db, sql, NULL, NULL, NULL));
    }
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_int_equal(how, 0);
    assert_int_equal(wal_match(bed->path), WAL_FITS);
}

static void check_changed(store_bed *bed)
{
    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student WHERE name = 'Bia'"), 1);
}

static void test_older_service_recovers(void **state)
{
    store_bed *bed = *state;
    make_without_digests(bed->path);
    change_and_die(bed, "UPDATE student SET name = 'Bia'");
    check_changed(bed);
}

/* A database without digests took the place of one that had some. An opening that does not end writes a log,
 * which is no other database's. */
static void test_older_database_that_is_opened_again(void **state)
{
    store_bed *bed = *state;
    char sql[80];
    begin(bed);
    bed_close(bed);
    assert_int_equal(unlink(bed->path), 0);
    make_without_digests(bed->path);
    alter_by(NULL, bed->path, "PRAGMA user_version = 1000");
    check_refused(bed->path, "1000");
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d; UPDATE student SET name = 'Bia'",
             store_migration_count);
    change_and_die(bed, sql);
    check_changed(bed);
}

/* A crash between the stamp of a log and its first byte leaves the log before, all of which is in the
 * database. */
static void test_obsolete_log_is_removed(void **state)
{
    store_bed *bed = *state;
    struct page_stamp stamp;
    begin(bed);
    bed_close(bed);
    work_and_die(bed, add_bia_and_settle);
    const int fd = open(bed->path, O_RDWR | O_CLOEXEC);
    assert_int_equal(pread(fd, &stamp, sizeof stamp, 4096 - PAGE_RESERVE), sizeof stamp);
    stamp.log_before = stamp.log;
    stamp.log.bytes[3]++;
    assert_int_equal(pwrite(fd, &stamp, sizeof stamp, 4096 - PAGE_RESERVE), sizeof stamp);
    close(fd);

    assert_int_equal(wal_match(bed->path), WAL_OBSOLETE);
    stderr_capture();
    bed_open(bed);
    assert_non_null(strstr(stderr_captured(), "A write-ahead log was removed"));
    assert_int_equal(students(bed), 2);
}

/* A stop removes the log, and no sync makes that durable: after a loss of power it can be there again, beside
 * a database that the next start has given to another log. */
static void test_removed_log_that_is_there_again_is_obsolete(void **state)
{
    store_bed *bed = *state;
    const char *kept = in_folder(bed, "kept");
    begin(bed);
    copy_file(log_of(bed), kept);
    bed_close(bed);
    work_and_die(bed, add_bia_and_settle);
    copy_file(kept, log_of(bed));
    assert_int_equal(wal_match(bed->path), WAL_OBSOLETE);
    bed_open(bed);
    assert_int_equal(students(bed), 2);
}

/* SQLite plays none of these. */
static void test_log_that_is_none(void **state)
{
    store_bed *bed = *state;
    const uint8_t magic[33] = {[0] = 0x37, 0x7f, 0x06, 0x82, [16] = 1};
    begin(bed);
    bed_close(bed);
    write_file(log_of(bed), "", 0);
    assert_int_equal(wal_match(bed->path), WAL_NONE);
    write_file(log_of(bed), magic, 32);
    assert_int_equal(wal_match(bed->path), WAL_NONE);
    write_file(log_of(bed), "no log, whatever this is, is of any use", 39);
    assert_int_equal(wal_match(bed->path), WAL_NONE);
    write_file(log_of(bed), magic, 33);
    assert_int_equal(wal_match(bed->path), WAL_FOREIGN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_make_folder, bed_tear_down)

/* A checkpoint would mix its pages with what another program wrote in the file's place, and both were lost.
 */
static void test_file_of_another_program_gets_no_pages(void **state)
{
    store_bed *bed = *state;
    char kept[128];
    struct stat found;
    snprintf(kept, sizeof kept, "%s", in_folder(bed, "kept.db"));
    begin(bed);
    copy_file(bed->path, kept);
    write_file(bed->path, "", 0);
    for (int i = 0; i < 5; i++)
        store_tick(bed->store);
    assert_int_equal(store_health(bed->store, NULL), ALUNO_UNAVAILABLE);
    bed_close(bed);
    assert_int_equal(stat(bed->path, &found), 0);
    assert_int_equal(found.st_size, 0);
    check_refused(bed->path, "is of another database");
    copy_file(kept, bed->path);
    bed_open(bed);
    assert_int_equal(students(bed), 1);
}

static void test_log_that_is_emptied_is_noticed(void **state)
{
    store_bed *bed = *state;
    begin(bed);
    store_tick(bed->store);
    assert_int_equal(truncate(log_of(bed), 0), 0);
    for (int i = 0; i < 5; i++)
        store_tick(bed->store);
    assert_int_equal(store_health(bed->store, NULL), ALUNO_UNAVAILABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_killed_service_recovers),
        TEST(test_page_that_was_half_written_is_mended),
        TEST(test_log_is_not_played_into_a_backup),
        TEST(test_log_is_not_played_into_an_older_copy),
        TEST(test_log_is_not_played_into_a_file_without_salts),
        TEST(test_older_service_recovers),
        TEST(test_older_database_that_is_opened_again),
        TEST(test_obsolete_log_is_removed),
        TEST(test_removed_log_that_is_there_again_is_obsolete),
        TEST(test_log_that_is_none),
        TEST(test_file_of_another_program_gets_no_pages),
        TEST(test_log_that_is_emptied_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
