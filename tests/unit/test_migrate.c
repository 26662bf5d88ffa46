/* Migrations: an older schema is backed up and migrated, a newer one refused, and a failure changes nothing.
 */
#include "file_limit.h"
#include "store_file.h"

#include "protocol/codec.h"
#include "store/sqlite/migrate.h"

#include <glob.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

/* Makes the file a database of schema version 1 with one student. */
static void make_older(const store_bed *bed)
{
    alter(bed, store_migrations[0]);
    alter(bed, "PRAGMA user_version = 1;"
               "INSERT INTO student (name, name_folded, age, br_document, email, create_time, update_time)"
               " VALUES ('Ana', 'ana', 20, '52998224725', 'a@example.com', 1, 1)");
}

/* The number of files that have that ending after the database's name. *last receives the name of the last
 * one. */
static size_t count_files(const store_bed *bed, const char *ending, char last[160])
{
    glob_t files;
    char pattern[128];
    snprintf(pattern, sizeof pattern, "%s%s", bed->path, ending);
    const size_t count = glob(pattern, 0, NULL, &files) == 0 ? files.gl_pathc : 0;
    if (count > 0 && last != NULL)
        snprintf(last, 160, "%s", files.gl_pathv[count - 1]);
    globfree(&files);
    return count;
}

static void test_newer_schema_is_refused(void **state)
{
    store_bed *bed = *state;
    bed_open(bed);
    bed_close(bed);
    alter(bed, "PRAGMA user_version = 99");
    check_refused(bed->path, "has schema version 99, newer than");
    char version[64];
    snprintf(version, sizeof version, "PRAGMA user_version = %d", store_migration_count);
    alter(bed, version);
    bed_open(bed);
}

static void test_older_schema_is_backed_up_and_migrated(void **state)
{
    store_bed *bed = *state;
    char copy[160];
    make_older(bed);

    bed_open(bed);
    assert_int_equal(bed_number(bed, "PRAGMA user_version"), store_migration_count);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM operation"), 0);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student"), 1);
    assert_int_equal(bed_number(bed, "SELECT age_year FROM student WHERE age = 20"), 1970);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM pragma_integrity_check"), 1);
    bed_close(bed);

    assert_int_equal(count_files(bed, ".v1-*.backup", copy), 1);
    struct stat facts;
    assert_int_equal(stat(copy, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0600);

    assert_int_equal(rename(copy, bed->path), 0); /* the copy is a valid database */
    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 1);
}

/* Makes the file a database of that schema version with one student. */
static void make_version(const store_bed *bed, int version)
{
    char sql[64];
    for (int i = 0; i < version; i++)
        alter(bed, store_migrations[i]);
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", version);
    alter(bed, sql);
    alter(bed, "INSERT INTO student (name, name_folded, age, br_document, email, create_time, update_time)"
               " VALUES ('Ana', 'ana', 20, '52998224725', 'a@example.com', 1, 1);"
               "UPDATE student_total SET live = 1");
}

static void test_each_schema_before_is_migrated(void **state)
{
    (void)state;
    for (int version = 1; version < store_migration_count; version++) {
        aluno_student found;
        aluno_error error;
        void *made;
        bed_make_folder(&made);
        store_bed *bed = made;
        make_version(bed, version);
        bed_open(bed);
        assert_int_equal(bed_number(bed, "PRAGMA user_version"), store_migration_count);
        assert_int_equal(bed_number(bed, "SELECT count(*) FROM pragma_integrity_check"), 1);
        assert_int_equal(bed_get(bed, 1, &found, &error), ALUNO_OK);
        assert_string_equal(found.name, "Ana");
        assert_int_equal(found.age, 20);
        bed_insert(bed, "Bia", 2);
        assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 2);
        bed_tear_down(&made);
    }
}

/* SIGXFSZ kills the process while SQLite writes the copy. */
static void test_killed_backup_has_no_name(void **state)
{
    store_bed *bed = *state;
    int status;
    make_older(bed);
    const pid_t child = fork();
    if (child == 0) {
        const struct rlimit none = {0};
        setrlimit(RLIMIT_CORE, &none);
        signal(SIGXFSZ, SIG_DFL);
        limit_files(4096);
        bed_open(bed);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGXFSZ);
    assert_int_equal(count_files(bed, "*.backup", NULL), 0);
    assert_int_equal(count_files(bed, ".backup.unfinished", NULL), 1);

    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 1);
    assert_int_equal(count_files(bed, ".v1-*.backup", NULL), 1);
    assert_int_equal(count_files(bed, ".backup.unfinished", NULL), 0);
}

/* Without its backup a database is not migrated: it stays as it was, and no part of a copy is left. */
static void test_failed_backup_changes_nothing(void **state)
{
    enum { SECONDS = 30 };
    store_bed *bed = *state;
    char path[160];
    make_older(bed);

    signal(SIGXFSZ, SIG_IGN);
    limit_files(4096);
    check_refused(bed->path, "disk I/O error");
    limit_files(RLIM_INFINITY);
    assert_int_equal(count_files(bed, "*backup*", NULL), 0);

    snprintf(path, sizeof path, "%s.backup.unfinished", bed->path);
    assert_int_equal(mkdir(path, 0700), 0);
    check_refused(bed->path, "cannot be backed up to");
    check_refused(bed->path, ".backup.unfinished: File exists");
    assert_int_equal(rmdir(path), 0);

    const long long now = time(NULL);
    for (int i = 0; i < SECONDS; i++) {
        snprintf(path, sizeof path, "%s.v1-%lld.backup", bed->path, now + i);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    check_refused(bed->path, ".backup: Is a directory");
    assert_int_equal(count_files(bed, "*.unfinished", NULL), 0);
    while (count_files(bed, "*.backup", path) > 0)
        assert_int_equal(rmdir(path), 0);

    bed_open(bed);
    assert_int_equal(count_files(bed, ".v1-*.backup", NULL), 1);
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 1);
}

/* The entries of a ledger with request ids and names in text answer repeats. */
static void test_older_ledger_is_kept(void **state)
{
    store_bed *bed = *state;
    const struct store_operation made = {"ana", "a/B", "01912345-0000-7000-8000-00000000000a", 7, 0};
    struct store_operation other = made;
    bool found;
    struct store_record kept = {.bytes = {0}};
    aluno_error error;
    for (int i = 0; i < 4; i++)
        alter(bed, store_migrations[i]);
    alter(bed, "PRAGMA user_version = 4;"
               "INSERT INTO student (name, name_folded, age, br_document, email, create_time, update_time)"
               " VALUES ('Ana', 'ana', 20, '52998224725', 'a@example.com', 1, 1);"
               "INSERT INTO operation VALUES (3, '01912345-0000-7000-8000-00000000000a', 'ana', 'a/B', 7,"
               " x'01020304', 11),"
               " (4, '01912345-0000-7000-8000-00000000000a', 'leo', 'a/C', 8, x'05', 12)");
    bed_open(bed);
    struct store_session *session = store_session_acquire(bed->store);
    assert_int_equal(operation_find(session, &made, &found, &kept, &error), ALUNO_OK);
    assert_true(found);
    assert_int_equal(kept.bytes.size, 4);
    assert_memory_equal(kept.bytes.data, "\1\2\3\4", 4);
    other.digest++;
    assert_int_equal(operation_find(session, &other, &found, &kept, &error), ALUNO_INVALID_ARGUMENT);
    other = made;
    other.caller = "leo";
    assert_int_equal(operation_find(session, &other, &found, &kept, &error), ALUNO_INVALID_ARGUMENT);
    other.caller = "bia";
    assert_int_equal(operation_find(session, &other, &found, &kept, &error), ALUNO_OK);
    assert_false(found);
    store_session_release(bed->store, session);
    aluno__buffer_free(&kept.bytes);
    assert_int_equal(bed_number(bed, "SELECT max(create_time) FROM operation WHERE id = 4"), 12);
    bed_insert(bed, "Bia", 2);
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 2);
}

/* Adds an entry whose reply, kept whole, has students with these ids. */
static void insert_entry(const store_bed *bed, int id, const char *method, const int64_t *ids, size_t count)
{
    static aluno_batch_create_students_reply batch;
    const aluno_reply_metadata metadata = {.has = {.none = false}};
    const aluno_method_desc *about = aluno_method_named(method, strlen(method));
    aluno__buffer bytes = {0};
    char hex[1024], sql[2048];
    batch.has.students = true;
    batch.students.count = count;
    for (size_t i = 0; i < count; i++) {
        batch.students.items[i] = bed_student("Ana", 20, 52998224725);
        ALUNO_SET(batch.students.items[i], id, ids[i]);
    }
    const void *reply = about->reply == &aluno_student_type ? (const void *)batch.students.items : &batch;
    aluno__codec_encode(about->reply, reply, ALUNO_KEYS_NUMBERED, &bytes);
    aluno__codec_encode(&aluno_reply_metadata_type, &metadata, ALUNO_KEYS_NUMBERED, &bytes);
    assert_true(bytes.size * 2 < sizeof hex);
    for (size_t i = 0; i < bytes.size; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes.data[i]);
    snprintf(sql, sizeof sql,
             "INSERT OR IGNORE INTO operation_name (name) VALUES ('ana'), ('%s');"
             "INSERT INTO operation SELECT %d, randomblob(16), 1, id, 7, x'%s', 11 FROM operation_name"
             " WHERE name = '%s'",
             method, id, hex, method);
    alter(bed, sql);
    aluno__buffer_free(&bytes);
}

/* Replies that were kept whole become the ids of their students; others stay. */
static void test_older_ledger_loses_its_students(void **state)
{
    static const int64_t ids[] = {4, 5, 6}, others[] = {4, 6};
    static const char one[] = "aluno.v1.StudentService/UpdateStudent",
                      many[] = "aluno.v1.StudentService/BatchCreateStudents";
    store_bed *bed = *state;
    for (int i = 0; i < 8; i++)
        alter(bed, store_migrations[i]);
    alter(bed, "PRAGMA user_version = 8");
    insert_entry(bed, 1, one, ids, 1);
    insert_entry(bed, 2, many, ids, 3);
    insert_entry(bed, 3, many, others, 2);
    alter(bed, "INSERT INTO operation SELECT 4, x'01', 1, 1, 7, x'c1', 11");
    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT student * 10 + students FROM operation WHERE id = 1"), 41);
    assert_int_equal(bed_number(bed, "SELECT student * 10 + students FROM operation WHERE id = 2"), 43);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM operation WHERE reply = x'80' AND hash <> 0"), 2);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM operation WHERE student IS NULL"), 2);
    assert_int_equal(bed_number(bed, "SELECT length(reply) FROM operation WHERE id = 4"), 1);
}

static void test_failed_migration_changes_nothing(void **state)
{
    static const char *const scripts[] = {"PRAGMA application_id = 0x616c756e; CREATE TABLE one (a)",
                                          "CREATE TABLE two (a); CREATE TABLE one (a)"};
    store_bed *bed = *state;
    struct store_session *session;
    aluno_error error;
    int64_t number;
    write_file(bed->path, "", 0);
    assert_int_equal(session_open(&session, bed->path, SESSION_WRITES, &error), ALUNO_OK);
    assert_int_equal(store_migrate(session, bed->path, scripts, 2, &error), ALUNO_INVALID_ARGUMENT);
    assert_non_null(strstr(error.detail, "table one already exists"));
    assert_true(session_number(session, "SELECT count(*) FROM sqlite_schema", &number));
    assert_int_equal(number, 0);
    assert_true(session_number(session, "PRAGMA user_version", &number));
    assert_int_equal(number, 0);
    session_close(session);
    bed_open(bed);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_make_folder, bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_newer_schema_is_refused),
        TEST(test_older_schema_is_backed_up_and_migrated),
        cmocka_unit_test(test_each_schema_before_is_migrated),
        TEST(test_killed_backup_has_no_name),
        TEST(test_failed_backup_changes_nothing),
        TEST(test_failed_migration_changes_nothing),
        TEST(test_older_ledger_is_kept),
        TEST(test_older_ledger_loses_its_students),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
