/* DATABASE.erased over restores: who was erased is never back, wherever the service was killed. */
#include "file_limit.h"
#include "stderr_capture.h"
#include "store_file.h"

#include "store/sqlite/erased_file.h"

#include <sys/stat.h>

static aluno_code erase(job *at, struct store_session *session)
{
    struct store_erased erased = {0};
    const struct store_tombstone tombstone = {at->id, 1000, 3000, "ana", "pedido"};
    return student_erase(session, &tombstone, &erased, &at->error);
}

static void erase_one(store_bed *bed, int64_t id)
{
    static job at;
    at.id = id;
    assert_int_equal(job_run(bed, &at, erase), ALUNO_OK);
}

static void erase_first(store_bed *bed)
{
    erase_one(bed, 1);
}

/* Two students, of whom the copy has both. */
static const char *begin(store_bed *bed)
{
    struct store_facts facts;
    const atomic_bool stop = false;
    aluno_error error;
    const char *copy = in_folder(bed, "copy");
    bed_insert(bed, "Quiteria", 52998224725);
    bed_insert(bed, "Bia", 11144477735);
    assert_int_equal(store_back_up(bed->store, in_folder(bed, "new"), copy, &stop, &facts, &error), ALUNO_OK);
    bed_close(bed);
    return copy;
}

static char aside[160];

static aluno_code restore(const store_bed *bed, const char *copy, aluno_error *error)
{
    struct store_facts facts;
    return store_restore(bed->path, copy, aside, sizeof aside, &facts, error);
}

static off_t size_of(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 ? facts.st_size : -1;
}

static void write_list(const char *path, const char *lines)
{
    write_file(path, lines, strlen(lines));
}

static bool list_exists(const store_bed *bed)
{
    return access(in_folder(bed, "aluno.db.erased"), F_OK) == 0;
}

/* The erasure is in the log alone, and the list was not written. */
static void test_erasure_before_a_kill_outlives_a_restore(void **state)
{
    store_bed *bed = *state;
    char aside_log[200];
    aluno_error error;
    const char *copy = begin(bed);
    work_and_die(bed, erase_first);
    assert_false(list_exists(bed));
    const off_t file = size_of(bed->path), log = size_of(in_folder(bed, "aluno.db-wal"));
    assert_int_equal(restore(bed, copy, &error), ALUNO_OK);
    snprintf(aside_log, sizeof aside_log, "%s-wal", aside);
    assert_int_equal(size_of(aside), file);
    assert_int_equal(size_of(aside_log), log);
    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT sum(id) FROM student"), 2);
    assert_int_equal(bed_number(bed, "SELECT count(*) FROM erasure WHERE caller = 'ana'"), 1);
}

/* Two restores without a start: the second one's database lacks what the first one's had. */
static void test_list_keeps_what_the_database_lacks(void **state)
{
    store_bed *bed = *state;
    aluno_error error;
    const char *copy = begin(bed);
    work_and_die(bed, erase_first);
    assert_int_equal(restore(bed, copy, &error), ALUNO_OK);
    assert_int_equal(restore(bed, copy, &error), ALUNO_OK);
    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT sum(id) FROM student"), 2);
}

static void test_nobody_erased_makes_no_list(void **state)
{
    store_bed *bed = *state;
    aluno_error error;
    const char *copy = begin(bed);
    assert_int_equal(restore(bed, copy, &error), ALUNO_OK);
    assert_false(list_exists(bed));
    assert_int_equal(access(in_folder(bed, "aluno.db.erased.unfinished"), F_OK), -1);
}

/* A restore repairs a damaged database: it warns, and continues with the existing list. */
static void test_damaged_database_is_replaced_nevertheless(void **state)
{
    store_bed *bed = *state;
    uint8_t garbage[4096];
    aluno_error error;
    const char *copy = begin(bed);
    memset(garbage, 0xa5, sizeof garbage);
    write_file(bed->path, garbage, sizeof garbage);
    write_list(in_folder(bed, "aluno.db.erased"), "1\t1000\t3000\tana\tpedido\n");
    stderr_capture();
    assert_int_equal(restore(bed, copy, &error), ALUNO_OK);
    assert_non_null(strstr(stderr_captured(), "The former database cannot be read"));
    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT sum(id) FROM student"), 2);
}

/* On a new machine, with the list of the former one. */
static void test_list_that_was_kept_elsewhere(void **state)
{
    store_bed *bed = *state;
    aluno_error error;
    const char *copy = begin(bed), *list = in_folder(bed, "kept");
    unlink(bed->path);
    write_list(list, "1\t1000\t3000\tana\tpedido");
    assert_int_equal(store_add_erased(bed->path, list, &error), ALUNO_OK);
    assert_int_equal(restore(bed, copy, &error), ALUNO_OK);
    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT sum(id) FROM student"), 2);
    bed_close(bed);

    write_list(list, "2\t1000\t3000\tana\tpedido\nno tombstone\n");
    assert_int_equal(store_add_erased(bed->path, list, &error), ALUNO_INTERNAL);
    assert_non_null(strstr(error.detail, "kept: line 2 is no tombstone"));
    /* a folder opens as a file does, and cannot be read */
    assert_int_equal(store_add_erased(bed->path, "/tmp", &error), ALUNO_INTERNAL);
    bed_open(bed);
    assert_int_equal(bed_number(bed, "SELECT sum(id) FROM student"), 2);
}

/* The disk was full for a moment, in the middle of the list. */
static void test_list_with_a_gap_takes_no_name(void **state)
{
    store_bed *bed = *state;
    signal(SIGXFSZ, SIG_IGN);
    FILE *file = erased_file_begin(bed->path);
    assert_non_null(file);
    limit_files(0);
    for (int i = 0; i < 1000; i++) /* more than a stream keeps */
        fprintf(file, "%d\t1000\t3000\tana\tpedido\n", i);
    limit_files(RLIM_INFINITY);
    fputs("1000\t1000\t3000\tana\tpedido\n", file);
    assert_false(erased_file_end(file, bed->path, true));
    assert_false(list_exists(bed));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_set_up, bed_tear_down)
        TEST(test_erasure_before_a_kill_outlives_a_restore),
        TEST(test_list_keeps_what_the_database_lacks),
        TEST(test_nobody_erased_makes_no_list),
        TEST(test_damaged_database_is_replaced_nevertheless),
        TEST(test_list_that_was_kept_elsewhere),
        TEST(test_list_with_a_gap_takes_no_name),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
