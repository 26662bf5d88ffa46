/* The store's file: created, locked, reopened, and refused with a clear error. */
#include "file_limit.h"
#include "stderr_capture.h"
#include "store_file.h"

#include "store/sqlite/migrate.h"

#include <glob.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static void test_new_files_are_their_owners_alone(void **state)
{
    store_bed *bed = *state;
    struct stat facts;
    const mode_t before = umask(0);
    bed_open(bed);
    bed_insert(bed, "Ana", 1);
    umask(before);

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

/* A wrong --db would show an empty registry, and nothing would say why. */
static void test_a_database_that_is_made_is_logged(void **state)
{
    store_bed *bed = *state;
    static const char *const said = "There was no database: an empty one was made.";
    stderr_capture();
    bed_open(bed);
    assert_non_null(strstr(stderr_captured(), said));
    bed_close(bed);
    stderr_capture();
    bed_open(bed);
    assert_null(strstr(stderr_captured(), said));
}

static void test_rows_changed_by_hand_are_counted(void **state)
{
    store_bed *bed = *state;
    bed_open(bed);
    for (int i = 1; i <= 4; i++)
        bed_insert(bed, "Ana", i);
    bed_close(bed);
    alter(bed, "DELETE FROM student WHERE id = 2; UPDATE student SET delete_time = 5 WHERE id = 3");
    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT live FROM student_total"), 2);
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

/* Another program, such as the sqlite3 shell, has the database open in a transaction. */
static void test_database_in_use_is_refused(void **state)
{
    store_bed *bed = *state;
    int ready[2], status;
    char byte;
    bed_open(bed);
    bed_close(bed);
    assert_int_equal(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        alter(bed, "PRAGMA journal_mode = DELETE");
        sqlite3 *db;
        sqlite3_open(bed->path, &db);
        const bool is_held = sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL) == SQLITE_OK;
        assert_int_equal(write(ready[1], is_held ? "y" : "n", 1), 1);
        for (;;)
            pause();
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    check_refused(bed->path, "is in use by another program; stop it");
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    close(ready[0]);
    close(ready[1]);
    bed_open(bed);
}

static void test_unusable_lock_is_named(void **state)
{
    store_bed *bed = *state;
    char lock[128];
    snprintf(lock, sizeof lock, "%s.lock", bed->path);
    assert_int_equal(mkdir(lock, 0700), 0);
    check_refused(bed->path, "aluno.db.lock cannot be opened: Is a directory");
    assert_int_equal(rmdir(lock), 0);
    bed_open(bed);
}

/* A new database on a full disk is refused, and made once there is room. */
static void test_full_disk_is_refused(void **state)
{
    store_bed *bed = *state;
    signal(SIGXFSZ, SIG_IGN);
    for (rlim_t size = 0; size <= 16384; size += 4096) {
        limit_files(size);
        check_refused(bed->path, "disk I/O error");
    }
    limit_files(RLIM_INFINITY);
    bed_open(bed);
    bed_insert(bed, "Ana", 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_make_folder, bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_new_files_are_their_owners_alone),
        TEST(test_a_database_that_is_made_is_logged),
        TEST(test_rows_changed_by_hand_are_counted),
        TEST(test_descriptors_end_at_an_exec),
        TEST(test_students_stay_when_reopened),
        TEST(test_one_store_a_file),
        TEST(test_other_processes_are_kept_out),
        TEST(test_path_is_no_uri),
        TEST(test_what_is_no_database_is_refused),
        TEST(test_another_programs_database_is_refused),
        TEST(test_database_in_use_is_refused),
        TEST(test_unusable_lock_is_named),
        TEST(test_full_disk_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
