/* How long a start waits for a command that has the database. test_live_copy has who waits for whom. */
#include "store_file.h"

#include "store/sqlite/file.h"

#include <time.h>

/* ---- the clock: sleeping takes no time, and other things may happen meanwhile ---- */

static int64_t slept_ms;
static int ends_on_sleep, held; /* how many sleeps later the lock `held` is given back; 0: never */

int nanosleep(const struct timespec *duration, struct timespec *left)
{
    (void)left;
    slept_ms += duration->tv_sec * 1000 + duration->tv_nsec / 1000000;
    if (ends_on_sleep > 0 && --ends_on_sleep == 0)
        close(held);
    return 0;
}

static aluno_code take(const store_bed *bed, enum file_user user, int *fd, aluno_error *error)
{
    slept_ms = 0;
    return file_lock(fd, bed->path, user, error);
}

/* ---- tests ---- */

static void test_start_waits_for_a_command_for_30_seconds(void **state)
{
    store_bed *bed = *state;
    int mine;
    aluno_error error;
    assert_int_equal(take(bed, FILE_COMMAND, &held, &error), ALUNO_OK);
    assert_int_equal(take(bed, FILE_SERVICE, &mine, &error), ALUNO_INVALID_ARGUMENT);
    assert_int_equal(slept_ms, 30000);
    assert_non_null(strstr(error.detail, "is in use by alunod backup, check, restore or seal; end that one"));
    close(mine);
    ends_on_sleep = 10;
    assert_int_equal(take(bed, FILE_SERVICE, &mine, &error), ALUNO_OK);
    assert_int_equal(slept_ms, 500);
    close(mine);
}

/* A command that copies the files beside the service has the other lock alone. */
static void test_start_waits_for_a_copy_for_30_seconds(void **state)
{
    store_bed *bed = *state;
    int mine;
    aluno_error error;
    assert_int_equal(take(bed, FILE_SERVICE, &mine, &error), ALUNO_OK);
    close(mine);
    assert_int_equal(file_hold(&held, bed->path, &error), ALUNO_OK);
    assert_int_equal(take(bed, FILE_SERVICE, &mine, &error), ALUNO_INVALID_ARGUMENT);
    assert_int_equal(slept_ms, 30000);
    close(mine);
    ends_on_sleep = 3;
    assert_int_equal(take(bed, FILE_SERVICE, &mine, &error), ALUNO_OK);
    close(mine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bed_make_folder, bed_tear_down)
        TEST(test_start_waits_for_a_command_for_30_seconds),
        TEST(test_start_waits_for_a_copy_for_30_seconds),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
