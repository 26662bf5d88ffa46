/* The folder of backups and their schedule. */
#include "store_file.h"

#include "backup_folder.h"
#include "backups.h"
#include "base/clock.h"
#include "moment.h"

#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>

static aluno_backup wait_for(struct backups *backups, const char *wanted)
{
    aluno_backup seen;
    do
        backups_read(backups, &seen);
    while (strcmp(seen.state, wanted) != 0);
    return seen;
}

static void test_scheduled_backups_are_kept_and_pruned(void **state)
{
    store_bed *bed = *state;
    const struct backups_options options = {
        .database = bed->path, .folder = bed->folder, .every_ms = 1, .keep = 2};
    struct backups *backups;
    struct store_facts facts;
    aluno_error error;
    aluno_backup last = {.start_time = 0};
    bed_insert(bed, "Ana", 1);
    assert_int_equal(backups_start(&backups, bed->store, &options, &error), ALUNO_OK);
    for (int i = 0; i < 4; i++) {
        const int64_t before = last.start_time;
        do
            last = wait_for(backups, "DONE");
        while (last.start_time == before);
    }
    assert_int_equal(last.student_count, 1);
    backups_stop(backups);
    assert_int_equal(backup_folder_prune(bed->folder, bed->path, last.start_time, 1),
                     1); /* of the two that are kept */
    backup_file file;
    char moment[MOMENT_SIZE];
    moment_write(moment, backup_folder_newest(bed->folder, bed->path));
    snprintf(file, sizeof file, "%s.%s.backup", bed->path, moment);
    assert_int_equal(store_inspect(file, &facts, &error), ALUNO_OK);
}

static bool is_there(const store_bed *bed, const char *name)
{
    return access(in_folder(bed, name), F_OK) == 0;
}

/* A killed command leaves a file that is as large as the database. */
static void test_what_killed_commands_left_is_removed(void **state)
{
    static const char *const left[] = {
        "aluno.db.2026-11-28T235152.793Z.backup.unfinished",
        "aluno.db.2026-11-28T235152.794Z.backup.unfinished.raw",
        "aluno.db.2026-11-28T235152.794Z.backup.unfinished.raw-wal",
    };
    static const char *const others[] = {
        "aluno.db.2026-11-28T235152.795Z.backup",
        "other.db.2026-11-28T235152.793Z.backup.unfinished",
        "aluno.db.mine.backup.unfinished",
    };
    store_bed *bed = *state;
    for (size_t i = 0; i < 3; i++) {
        write_file(in_folder(bed, left[i]), "x", 1);
        write_file(in_folder(bed, others[i]), "x", 1);
    }
    const int command = open(bed->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(flock(command, LOCK_SH), 0); /* it runs */
    backup_folder_leave(backup_folder_enter(bed->folder, bed->path));
    assert_true(is_there(bed, left[0]));
    close(command);

    const int one = backup_folder_enter(bed->folder, bed->path);
    for (size_t i = 0; i < 3; i++) {
        assert_false(is_there(bed, left[i]));
        assert_true(is_there(bed, others[i]));
    }
    write_file(in_folder(bed, left[0]), "x", 1);
    const int another = backup_folder_enter(bed->folder, bed->path);
    assert_true(is_there(bed, left[0]));
    backup_folder_leave(one);
    backup_folder_leave(another);
}

/* The newest backup in the folder counts, so a restart makes none too early. */
static void test_schedule_goes_on_after_a_restart(void **state)
{
    store_bed *bed = *state;
    const struct backups_options options = {
        .database = bed->path, .folder = bed->folder, .every_ms = 60 * 60 * 1000, .keep = 9};
    struct backups *backups;
    aluno_backup seen;
    aluno_error error;
    assert_int_equal(backups_start(&backups, bed->store, &options, &error), ALUNO_OK);
    wait_for(backups, "DONE");
    backups_stop(backups);
    assert_int_equal(backups_start(&backups, bed->store, &options, &error), ALUNO_OK);
    backups_read(backups, &seen);
    assert_string_equal(seen.state, "NONE");
    backups_request(backups, &seen);
    assert_string_equal(seen.state, "RUNNING");
    seen = wait_for(backups, "DONE");
    assert_int_equal(access(seen.file, F_OK), 0);
    backups_stop(backups);
    assert_int_equal(backup_folder_prune(bed->folder, bed->path, INT64_MAX, 0), 2);
}

/* Every second one is encrypted. */
static void write_backup_of(const store_bed *bed, int64_t began_ms)
{
    static bool is_encrypted;
    const struct backup backup = {.began_ms = began_ms, .is_encrypted = is_encrypted};
    backup_file file, unfinished;
    is_encrypted = !is_encrypted;
    assert_true(backup_folder_names(bed->folder, bed->path, backup, file, unfinished));
    write_file(file, "", 0);
}

/* The clock was ahead once: what has a later date makes room for the backup of now. */
static void test_new_backup_is_never_removed(void **state)
{
    store_bed *bed = *state;
    enum { NOW = 1000000000, DAY = 86400000 };
    for (int i = -2; i <= 2; i++)
        write_backup_of(bed, (int64_t)NOW + i * DAY);
    assert_int_equal(backup_folder_prune(bed->folder, bed->path, NOW, 4), 1);
    assert_int_equal(backup_folder_prune(bed->folder, bed->path, NOW, 3), 1);
    assert_int_equal(backup_folder_newest(bed->folder, bed->path), NOW);
    assert_int_equal(backup_folder_prune(bed->folder, bed->path, NOW, 1), 2);
    assert_int_equal(backup_folder_newest(bed->folder, bed->path), NOW);
}

static void test_failed_backup_says_why(void **state)
{
    store_bed *bed = *state;
    const struct backups_options options = {.database = bed->path, .folder = bed->folder, .keep = 1};
    struct backups *backups;
    aluno_backup seen;
    aluno_error error;
    assert_int_equal(mkdir(in_folder(bed, "aluno.db.backup.unfinished"), 0700), 0);
    assert_int_equal(backups_start(&backups, bed->store, &options, &error), ALUNO_OK);
    backups_request(backups, &seen);
    seen = wait_for(backups, "FAILED");
    assert_non_null(strstr(seen.problem, "aluno.db.backup.unfinished: File exists"));
    backups_stop(backups);
    assert_int_equal(rmdir(in_folder(bed, "aluno.db.backup.unfinished")), 0);

    const struct backups_options file = {.database = bed->path, .folder = bed->path, .keep = 1};
    assert_int_equal(backups_start(&backups, bed->store, &file, &error), ALUNO_INVALID_ARGUMENT);
    assert_non_null(strstr(error.detail, "--backup-dir "));
}

/* A backup of the future, made before the clock was set back, does not put off the next one. */
static void test_clock_that_was_set_back(void **state)
{
    store_bed *bed = *state;
    const struct backups_options options = {
        .database = bed->path, .folder = bed->folder, .every_ms = 1, .keep = 2};
    struct backups *backups;
    aluno_error error;
    write_backup_of(bed, aluno__clock_unix_ms() + INT64_C(1000) * 24 * 60 * 60 * 1000);
    assert_int_equal(backups_start(&backups, bed->store, &options, &error), ALUNO_OK);
    assert_int_equal(wait_for(backups, "DONE").student_count, 0);
    backups_stop(backups);
}

/* Until the retry is due, only a request makes another attempt. */
static void test_scheduled_backup_that_fails(void **state)
{
    store_bed *bed = *state;
    const struct backups_options options = {
        .database = bed->path, .folder = bed->folder, .every_ms = 60 * 60 * 1000, .keep = 2};
    struct backups *backups;
    aluno_backup seen;
    aluno_error error;
    assert_int_equal(mkdir(in_folder(bed, "aluno.db.backup.unfinished"), 0700), 0);
    assert_int_equal(backups_start(&backups, bed->store, &options, &error), ALUNO_OK);
    wait_for(backups, "FAILED");
    assert_int_equal(rmdir(in_folder(bed, "aluno.db.backup.unfinished")), 0);
    backups_read(backups, &seen);
    assert_string_equal(seen.state, "FAILED");
    backups_request(backups, &seen);
    wait_for(backups, "DONE");
    backups_stop(backups);
}

static void test_names_that_are_too_long(void **state)
{
    static char folder[2 * PATH_MAX];
    backup_file file, unfinished;
    bool exists;
    aluno_error error;
    (void)state;
    memset(folder, 'a', sizeof folder - 1);
    assert_false(backup_folder_names(folder, "aluno.db", (struct backup){0}, file, unfinished));
    assert_int_equal(backup_folder_check(folder, &exists, &error), ALUNO_INVALID_ARGUMENT);
    assert_int_equal(backup_folder_make(folder, &error), ALUNO_INVALID_ARGUMENT);
    assert_int_equal(backup_folder_newest(folder, "aluno.db"), 0);
}

static void test_moments_are_read_back(void **state)
{
    (void)state;
    char text[MOMENT_SIZE];
    int64_t read;
    moment_write(text, 1795909912793);
    assert_string_equal(text, "2026-11-28T235152.793Z");
    assert_true(moment_read(text, &read));
    assert_int_equal(read, 1795909912793);
    assert_false(moment_read("2026-11-28T235152Z", &read));
    assert_false(moment_read("2026-11-28T235152.79Z", &read));
    assert_false(moment_read("v6-1795902273.backup", &read));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_set_up, bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_scheduled_backups_are_kept_and_pruned),
        TEST(test_what_killed_commands_left_is_removed),
        TEST(test_schedule_goes_on_after_a_restart),
        TEST(test_new_backup_is_never_removed),
        TEST(test_failed_backup_says_why),
        TEST(test_clock_that_was_set_back),
        TEST(test_scheduled_backup_that_fails),
        cmocka_unit_test(test_names_that_are_too_long),
        cmocka_unit_test(test_moments_are_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
