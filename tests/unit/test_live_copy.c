/* Commands during a service's run: they copy and verify its database, which it does not write meanwhile. */
#include "fault_vfs.h"
#include "stderr_capture.h"
#include "store_file.h"
#include "store_load.h"

#include "store/sqlite/file.h"

#include <sys/stat.h>

static aluno_code back_up_file(store_bed *bed, const char *file, struct store_facts *facts,
                               aluno_error *error)
{
    return store_back_up_file(bed->path, in_folder(bed, "copy.unfinished"), file, facts, error);
}

static void test_closed_database_is_backed_up(void **state)
{
    store_bed *bed = *state;
    struct store_facts facts;
    aluno_error error;
    const char *file = in_folder(bed, "copy.db"), *unfinished = in_folder(bed, "copy.unfinished");
    bed_insert(bed, "Ana", 1);
    bed_close(bed);
    assert_int_equal(back_up_file(bed, file, &facts, &error), ALUNO_OK);
    assert_int_equal(facts.students, 1);
    assert_int_equal(store_back_up_file(in_folder(bed, "missing.db"), unfinished, file, &facts, &error),
                     ALUNO_INVALID_ARGUMENT);
}

/* While the log begins anew again and again. */
static void test_open_database_is_backed_up(void **state)
{
    enum { COPIES = 10 };
    struct load load = {.bed = *state};
    pthread_t thread;
    struct stat found;
    struct store_facts facts;
    aluno_error error;
    assert_int_equal(pthread_create(&thread, NULL, insert_students, &load), 0);
    for (int i = 0; i < COPIES; i++) {
        char name[32];
        snprintf(name, sizeof name, "copy-%d.db", i);
        const char *file = in_folder(load.bed, name);
        const int before = atomic_load(&load.stored);
        if (back_up_file(load.bed, file, &facts, &error) != ALUNO_OK)
            fail_msg("%s", error.detail);
        assert_in_range(facts.students, before, atomic_load(&load.stored) + 1);
        assert_int_equal(stat(file, &found), 0);
        assert_int_equal(found.st_mode & 07777, 0600);
        for (int j = 0; j < 3; j++)
            store_tick(load.bed->store);
    }
    atomic_store(&load.stopping, true);
    pthread_join(thread, NULL);
    assert_int_equal(access(in_folder(load.bed, "copy.unfinished.raw"), F_OK), -1);
    assert_int_equal(access(in_folder(load.bed, "copy.unfinished.raw-wal"), F_OK), -1);
    assert_int_equal(back_up_file(load.bed, in_folder(load.bed, "none/copy.db"), &facts, &error),
                     ALUNO_INTERNAL);
    assert_non_null(strstr(error.detail, "none/copy.db: No such file or directory"));
}

static void test_open_database_is_verified(void **state)
{
    store_bed *bed = *state;
    struct store_facts facts;
    aluno_error error;
    uint8_t byte = 0x55;
    bed_insert(bed, "Ana", 1);
    bed_close(bed);
    bed_open(bed);
    bed_insert(bed, "Bia", 2);
    if (store_inspect(bed->path, &facts, &error) != ALUNO_OK)
        fail_msg("%s", error.detail);
    assert_int_equal(facts.students, 2); /* one of them is in the log alone */
    const int64_t page = bed_number(bed, "SELECT rootpage FROM sqlite_schema WHERE name = 'operation'");
    write_at(bed->path, (page - 1) * 4096 + 2000, &byte, 1);
    assert_int_equal(store_inspect(bed->path, &facts, &error), ALUNO_INTERNAL);
    assert_non_null(strstr(error.detail, "aluno.db: is damaged"));
    assert_int_equal(access(in_folder(bed, "aluno.db.check.unfinished"), F_OK), -1);

    assert_int_equal(mkdir(in_folder(bed, "aluno.db.check.unfinished"), 0700), 0);
    assert_int_equal(store_inspect(bed->path, &facts, &error), ALUNO_INTERNAL);
    assert_non_null(strstr(error.detail, "aluno.db.check.unfinished: "));
    assert_int_equal(rmdir(in_folder(bed, "aluno.db.check.unfinished")), 0);
}

/* Without its log the copy is whole, and older. */
static void test_log_that_cannot_be_moved_is_reported(void **state)
{
    store_bed *bed = *state;
    struct store_facts facts;
    aluno_error error;
    bed_insert(bed, "Ana", 1);
    fault_set(1, 1000);
    assert_int_equal(store_inspect(bed->path, &facts, &error), ALUNO_INTERNAL);
    fault_set(0, 0);
    assert_non_null(strstr(error.detail, "its write-ahead log cannot be moved into it"));
}

static int64_t log_size(store_bed *bed)
{
    struct stat found;
    return stat(in_folder(bed, "aluno.db-wal"), &found) == 0 ? found.st_size : 0;
}

/* The file stands still while a command copies it, also when the service ends. */
static void test_file_that_is_copied_is_not_written(void **state)
{
    store_bed *bed = *state;
    int hold;
    struct stat before, after;
    bed_insert(bed, "Ana", 1);
    assert_int_equal(file_hold(&hold, bed->path, NULL), ALUNO_OK);
    assert_int_equal(stat(bed->path, &before), 0);
    for (int i = 0; i < 3; i++)
        store_tick(bed->store);
    bed_insert(bed, "Bia", 2);
    bed_close(bed);
    assert_int_equal(stat(bed->path, &after), 0);
    assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    assert_true(log_size(bed) > 0);
    close(hold);

    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM student"), 2);
    bed_close(bed);
    assert_int_equal(log_size(bed), 0);
    assert_int_equal(unlink(in_folder(bed, "aluno.db.lock")), 0);
    assert_int_equal(file_hold(&hold, bed->path, NULL), ALUNO_INVALID_ARGUMENT);
}

/* ---- a start while a command has the database ---- */

struct start {
    const char *path;
    struct store *store;
    aluno_code code;
};

static void *start_service(void *argument)
{
    struct start *start = argument;
    start->code = store_open(&start->store, start->path, 1, NULL);
    return NULL;
}

/* Reads the log until it has that line. */
static void await_logged(const char *line)
{
    char text[4096];
    size_t size = 0;
    do {
        const ssize_t got = read(stderr_pipe[0], text + size, sizeof text - 1 - size);
        assert_true(got > 0);
        text[size += (size_t)got] = '\0';
    } while (strstr(text, line) == NULL);
}

static void check_start_waits(store_bed *bed, int lock)
{
    struct start start = {.path = bed->path};
    pthread_t thread;
    stderr_capture();
    assert_int_equal(pthread_create(&thread, NULL, start_service, &start), 0);
    await_logged("Waiting for a command of alunod");
    close(lock);
    pthread_join(thread, NULL);
    (void)stderr_captured();
    assert_int_equal(start.code, ALUNO_OK);
    store_close(start.store);
}

static void test_start_waits_for_a_command(void **state)
{
    store_bed *bed = *state;
    int lock;
    bed_insert(bed, "Ana", 1);
    bed_close(bed);
    assert_int_equal(file_lock(&lock, bed->path, FILE_COMMAND, NULL), ALUNO_OK);
    check_start_waits(bed, lock);
    assert_int_equal(file_hold(&lock, bed->path, NULL), ALUNO_OK);
    check_start_waits(bed, lock);
}

/* Also a command, which a command waits for. */
static void test_nobody_waits_for_a_service(void **state)
{
    store_bed *bed = *state;
    int lock;
    aluno_error error;
    for (enum file_user user = FILE_SERVICE; user <= FILE_COMMAND; user++) {
        assert_int_equal(file_lock(&lock, bed->path, user, &error), ALUNO_INVALID_ARGUMENT);
        assert_non_null(strstr(error.detail, "is in use by another alunod"));
        close(lock);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_set_up, bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_closed_database_is_backed_up),       TEST(test_open_database_is_backed_up),
        TEST(test_open_database_is_verified),          TEST(test_log_that_cannot_be_moved_is_reported),
        TEST(test_file_that_is_copied_is_not_written), TEST(test_start_waits_for_a_command),
        TEST(test_nobody_waits_for_a_service),
    };
    fault_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
