/* The log's thread: nobody waits for a stderr that is not read, or fails. */
#include "stderr_capture.h"
#include "unit.h"

#include "log.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum {
    PATIENCE_MS = 60000,
    LINES = 20000, /* more than the queue and a pipe hold */
};

/* Makes stderr a pipe that is full. */
static void fill_stderr(void)
{
    char page[4096] = {0};
    stderr_capture();
    const int size = fcntl(STDERR_FILENO, F_SETPIPE_SZ, (int)sizeof page);
    for (int filled = 0; filled < size; filled += (int)sizeof page)
        assert_int_equal(write(STDERR_FILENO, page, sizeof page), sizeof page);
}

static int start(void **state)
{
    (void)state;
    return log_start() ? 0 : -1;
}

static void test_lines_are_written_in_order(void **state)
{
    (void)state;
    stderr_capture();
    log_line(LOG_INFO, "first", NULL);
    log_line(LOG_INFO, "second", NULL);
    log_flush(PATIENCE_MS);
    const char *text = stderr_captured();
    const char *first = strstr(text, "msg=\"first\"\n");
    assert_non_null(first);
    assert_non_null(strstr(first, "msg=\"second\"\n"));
}

/* Reads all lines. Those numbered are whole and in order; the report of the dropped ones comes after those
 * that were queued before. Returns the sum of both. */
static size_t count_lines(FILE *from, size_t wanted)
{
    char line[512];
    size_t next = 0, dropped = 0;
    while (next + dropped < wanted && fgets(line, sizeof line, from) != NULL) {
        const char *number = strstr(line, " number="), *lines = strstr(line, " were dropped: ");
        if (lines != NULL)
            dropped += strtoul(strstr(lines, " lines=") + strlen(" lines="), NULL, 10);
        else
            assert_int_equal(strtoul(number + strlen(" number="), NULL, 10), next++);
    }
    assert_true(next > 0);
    assert_true(dropped > 0);
    return next + dropped;
}

static void test_a_full_pipe_delays_nobody(void **state)
{
    char number[24], zeros[4096];
    (void)state;
    fill_stderr();
    for (size_t i = 0; i < LINES; i++) {
        snprintf(number, sizeof number, "%zu", i);
        log_line(LOG_INFO, "m", "number", number, NULL);
    }
    log_flush(1); /* returns nevertheless */

    assert_int_equal(read(stderr_pipe[0], zeros, sizeof zeros), sizeof zeros);
    FILE *reader = fdopen(dup(stderr_pipe[0]), "r");
    assert_int_equal(count_lines(reader, LINES), LINES);
    log_line(LOG_INFO, "after", NULL);
    log_flush(PATIENCE_MS);
    fclose(reader);
    assert_non_null(strstr(stderr_captured(), "msg=\"after\"\n"));
}

/* Lines that fail are counted, and reported once stderr works again. */
static void test_a_failing_stderr_is_survived(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    stderr_capture();
    const int reader = dup(stderr_pipe[0]), writer = dup(STDERR_FILENO);
    const int broken = open("/dev/full", O_WRONLY | O_CLOEXEC);
    dup2(broken, STDERR_FILENO);
    log_line(LOG_INFO, "lost", NULL);
    log_flush(PATIENCE_MS); /* does not wait for a stderr that fails */
    dup2(writer, STDERR_FILENO);

    char line[512];
    FILE *lines = fdopen(reader, "r");
    assert_non_null(fgets(line, sizeof line, lines));
    assert_non_null(strstr(line, "stderr was not read, or failed.\" lines=1\n"));
    log_line(LOG_INFO, "after", NULL);
    log_flush(PATIENCE_MS);
    assert_non_null(fgets(line, sizeof line, lines));
    assert_non_null(strstr(line, "msg=\"after\"\n"));
    fclose(lines);
    close(writer);
    close(broken);
    (void)stderr_captured();
}

/* The last lines of a process that dies are written, when somebody reads them. */
static void test_a_crash_loses_no_line(void **state)
{
    (void)state;
    fill_stderr();
    const pid_t child = fork();
    if (child == 0) {
        (void)log_start();
        log_line(LOG_INFO, "last words", NULL);
        abort();
    }
    dup2(real_stderr, STDERR_FILENO); /* the child alone has the pipe */
    FILE *reader = fdopen(dup(stderr_pipe[0]), "r");
    char zeros[4096], line[512];
    assert_int_equal(fread(zeros, 1, sizeof zeros, reader), sizeof zeros);
    assert_non_null(fgets(line, sizeof line, reader));
    assert_non_null(strstr(line, "msg=\"last words\"\n"));
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    fclose(reader);
    close(stderr_pipe[0]);
    close(real_stderr);
}

int main(void)
{
    const struct CMUnitTest alone[] = {cmocka_unit_test(test_a_crash_loses_no_line)};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_are_written_in_order),
        cmocka_unit_test(test_a_full_pipe_delays_nobody),
        cmocka_unit_test(test_a_failing_stderr_is_survived),
    };
    return cmocka_run_group_tests_name("a crash", alone, NULL, NULL) +
           cmocka_run_group_tests_name("the thread", tests, start, NULL);
}
