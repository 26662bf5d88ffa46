/* The store's file: created, locked, migrated, reopened, and refused with a clear error. */
#include "file_limit.h"
#include "store_bed.h"

#include "store/sqlite/migrate.h"

#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

/* Runs SQL on the file while no store is open. */
static void alter(const store_bed *bed, const char *sql)
{
    sqlite3 *db;
    char *problem = NULL;
    assert_int_equal(sqlite3_open(bed->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &problem) != SQLITE_OK)
        fail_msg("%s", problem);
    sqlite3_close(db);
}

static void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "w");
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

/* Opening the path must fail with OPTION_INVALID. The detail begins with the option and contains `what`. */
static void check_refused(const char *path, const char *what)
{
    char start[160];
    struct store *opened;
    aluno_error error;
    assert_int_equal(store_open(&opened, path, 1, &error), ALUNO_INVALID_ARGUMENT);
    assert_string_equal(error.reason, "OPTION_INVALID");
    snprintf(start, sizeof start, "--db %s: ", path);
    if (strncmp(error.detail, start, strlen(start)) != 0 || !strstr(error.detail, what))
        fail_msg("\"%s\" does not say \"%s\"", error.detail, what);
}

static void test_new_files_are_their_owners_alone(void **state)
{
    store_bed *bed = *state;
    struct stat facts;
    bed_open(bed);
    bed_insert(bed, "Ana", 1);

    glob_t files;
    char pattern[128];
    snprintf(pattern, sizeof pattern, "%s/*", bed->folder);
    assert_int_equal(glob(pattern, 0, NULL, &files), 0);
    assert_int_equal(files.gl_pathc, 3); /* the database, its log, the lock */
    for (size_t i = 0; i < files.gl_pathc; i++) {
        assert_int_equal(stat(files.gl_pathv[i], &facts), 0);
        assert_int_equal(facts.st_mode & 07777, 0600);
    }
    globfree(&files);
}

static void test_descriptors_end_at_an_exec(void **state)
{
    store_bed *bed = *state;
    bool before[256];
    for (int fd = 0; fd < 256; fd++)
        before[fd] = fcntl(fd, F_GETFD) >= 0;
    bed_open(bed);
    bed_insert(bed, "Ana", 1);

    int opened = 0;
    for (int fd = 0; fd < 256; fd++) {
        const int flags = fcntl(fd, F_GETFD);
        if (before[fd] || flags < 0)
            continue;
        assert_true(flags & FD_CLOEXEC);
        opened++;
    }
    assert_true(opened > 2);
}

static void test_students_stay_when_reopened(void **state)
{
    store_bed *bed = *state;
    aluno_student found;
    char log[128];
    bed_open(bed);
    const int64_t id = bed_insert(bed, "Ana", 1);
    bed_close(bed);

    snprintf(log, sizeof log, "%s-wal", bed->path);
    assert_int_equal(access(log, F_OK), -1); /* the log was checkpointed */
    bed_open(bed);
    assert_int_equal(store_schema_version(bed->store), store_migration_count);
    assert_int_equal(bed_get(bed, id, &found, NULL), ALUNO_OK);
    assert_string_equal(found.name, "Ana");
    assert_int_equal(bed_insert(bed, "Bia", 2), id + 1);
}

static void test_one_store_a_file(void **state)
{
    store_bed *bed = *state;
    char other[128];
    bed_open(bed);
    check_refused(bed->path, "is in use by another alunod");
    snprintf(other, sizeof other, "%s/link.db", bed->folder);
    assert_int_equal(symlink(bed->path, other), 0);
    struct store *opened;
    aluno_error error;
    assert_int_equal(store_open(&opened, other, 1, &error), ALUNO_INVALID_ARGUMENT);
    assert_non_null(strstr(error.detail, "is in use by another alunod"));

    bed_insert(bed, "Ana", 1); /* the owner of the lock still works */
    bed_close(bed);
    bed_open(bed);
}

/* Whether another process finds SQLite's lock on the file (sqlite.org/fileformat2.html#the_lock_byte_page)
 * taken, even against readers. A process does not see its own locks, hence the child. */
static bool is_locked_for_others(const char *path)
{
    int status;
    const pid_t child = fork();
    if (child == 0) {
        struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 0x40000002, .l_len = 510};
        const int fd = open(path, O_RDONLY | O_CLOEXEC);
        _exit(fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type == F_WRLCK);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

/* The index of the write-ahead log is in the store's memory: another program would not see it. */
static void test_other_processes_are_kept_out(void **state)
{
    store_bed *bed = *state;
    aluno_student found;
    bed_open(bed); /* a new file */
    assert_true(is_locked_for_others(bed->path));
    const int64_t id = bed_insert(bed, "Ana", 1);
    assert_int_equal(bed_get(bed, id, &found, NULL), ALUNO_OK);
    assert_true(is_locked_for_others(bed->path));
    bed_close(bed);
    assert_false(is_locked_for_others(bed->path));

    bed_open(bed); /* an existing file */
    assert_int_equal(bed_get(bed, id, &found, NULL), ALUNO_OK);
    assert_true(is_locked_for_others(bed->path));
}

/* A path that looks like a SQLite URI is a file name. */
static void test_path_is_no_uri(void **state)
{
    store_bed *bed = *state;
    char path[128];
    aluno_error error;
    assert_int_equal(chdir(bed->folder), 0);
    if (store_open(&bed->store, "file:a.db?mode=memory", 1, &error) != ALUNO_OK)
        fail_msg("%s", error.message);
    bed_insert(bed, "Ana", 1);
    snprintf(path, sizeof path, "%s/file:a.db?mode=memory-wal", bed->folder);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(chdir("/"), 0);
}

static void test_what_is_no_database_is_refused(void **state)
{
    store_bed *bed = *state;
    char path[128];
    const char text[] = "name;age\nAna;20\n";
    char damaged[8192] = "SQLite format 3";
    memset(damaged + 16, 0xa5, sizeof damaged - 16);

    check_refused(bed->folder, "is not a file");
    check_refused("/dev/null", "is not a file");
    snprintf(path, sizeof path, "%s/missing/aluno.db", bed->folder);
    check_refused(path, "No such file or directory");
    snprintf(path, sizeof path, "%s/aluno.db/aluno.db", bed->folder);
    write_file(bed->path, text, sizeof text - 1);
    check_refused(path, "Not a directory");
    check_refused(bed->path, "is not a database");
    write_file(bed->path, damaged, sizeof damaged);
    check_refused(bed->path, "is not a database");
    write_file(bed->path, damaged, 100);
    check_refused(bed->path, "is not a database");
    if (geteuid() != 0) {
        chmod(bed->path, 0);
        check_refused(bed->path, "Permission denied");
    }
}

static void test_another_programs_database_is_refused(void **state)
{
    store_bed *bed = *state;
    alter(bed, "CREATE TABLE bookmark (url TEXT)");
    check_refused(bed->path, "of another program");
    alter(bed, "PRAGMA user_version = 1");
    check_refused(bed->path, "of another program");
    alter(bed, "SELECT url FROM bookmark");
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

static void test_older_schema_is_backed_up_and_migrated(void **state)
{
    store_bed *bed = *state;
    char copy[160];
    make_older(bed);

    bed_open(bed);
    assert_int_equal(bed_number(bed, "PRAGMA user_version"), store_migration_count);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM operation"), 0);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student"), 1);
    bed_close(bed);

    assert_int_equal(count_files(bed, ".v1-*.backup", copy), 1);
    struct stat facts;
    assert_int_equal(stat(copy, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0600);

    assert_int_equal(rename(copy, bed->path), 0); /* the copy is a valid database */
    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 1);
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
    const int fd = open(bed->path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(fd, garbage, sizeof garbage, (page - 1) * 4096), sizeof garbage);
    close(fd);

    bed_open(bed);
    assert_int_equal(bed_get(bed, id, &found, &error), ALUNO_DATA_LOSS);
    assert_string_equal(error.reason, "STORE_CORRUPT");
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_make_folder, bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_new_files_are_their_owners_alone), TEST(test_descriptors_end_at_an_exec),
        TEST(test_students_stay_when_reopened),      TEST(test_one_store_a_file),
        TEST(test_other_processes_are_kept_out),     TEST(test_path_is_no_uri),
        TEST(test_what_is_no_database_is_refused),   TEST(test_another_programs_database_is_refused),
        TEST(test_newer_schema_is_refused),          TEST(test_older_schema_is_backed_up_and_migrated),
        TEST(test_failed_migration_changes_nothing), TEST(test_damaged_page_is_reported),
        TEST(test_killed_backup_has_no_name),        TEST(test_failed_backup_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
