/* Programs that the service runs to their end. */
#include "unit.h"

#include "child.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static char said[64];

static enum child_end run(struct child how, char *program, char *argument, char *more)
{
    char *const argv[] = {program, argument, more, NULL};
    how.argv = argv;
    return child_run(&how, said, sizeof said);
}

#define SHELL(how, script) run(how, (char[]){"sh"}, (char[]){"-c"}, (char[]){script})

static const struct child alone = {.in = -1, .out = -1};

static void test_the_exit_code_decides(void **state)
{
    (void)state;
    assert_int_equal(SHELL(alone, "echo fine >&2"), CHILD_SUCCEEDED);
    assert_string_equal(said, "fine\n");
    assert_int_equal(SHELL(alone, "exit 3"), CHILD_FAILED);
    assert_string_equal(said, "");
    assert_int_equal(SHELL(alone, "kill -KILL $$"), CHILD_FAILED);
    assert_int_equal(run(alone, (char[]){"aluno-no-such-program"}, NULL, NULL), CHILD_NOT_FOUND);
}

static void test_what_does_not_fit_is_left_out(void **state)
{
    (void)state;
    assert_int_equal(SHELL(alone, "head -c 100000 /dev/zero | tr '\\0' x >&2"), CHILD_SUCCEEDED);
    assert_int_equal(strspn(said, "x"), sizeof said - 1);
}

static void test_files_are_its_standard_ones_and_no_other(void **state)
{
    (void)state;
    int ends[2];
    char text[8] = "";
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(SHELL(((struct child){.in = -1, .out = ends[1]}), "cat; echo out; true <&9"),
                     CHILD_FAILED);
    assert_int_equal(read(ends[0], text, sizeof text), 4);
    assert_memory_equal(text, "out\n", 4);
    close(ends[0]);
    close(ends[1]);
}

/* A program that ignores SIGPIPE would go on writing to nobody, and one that blocks SIGTERM could not be
 * ended.
 */
static void test_signals_are_its_own_again(void **state)
{
    (void)state;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(SHELL(alone, "kill -PIPE $$; exit 0"), CHILD_FAILED);
    assert_int_equal(SHELL(alone, "kill -TERM $$; exit 0"), CHILD_FAILED);
    signal(SIGPIPE, SIG_DFL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void test_it_is_killed(void **state)
{
    (void)state;
    const atomic_bool stop = true;
    assert_int_equal(SHELL(((struct child){.in = -1, .out = -1, .stop = &stop}), "exec tail -f /dev/null"),
                     CHILD_FAILED);
    assert_int_equal(SHELL(((struct child){.in = -1, .out = -1, .most_ms = 1}), "exec tail -f /dev/null"),
                     CHILD_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_exit_code_decides),
        cmocka_unit_test(test_what_does_not_fit_is_left_out),
        cmocka_unit_test(test_files_are_its_standard_ones_and_no_other),
        cmocka_unit_test(test_signals_are_its_own_again),
        cmocka_unit_test(test_it_is_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
