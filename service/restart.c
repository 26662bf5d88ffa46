/* Checks in a child, and executes. */
#include "restart.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHECK_MS = 10000 };

static char *program; /* NULL when it could not be found */

void restart_prepare(void)
{
    program = realpath("/proc/self/exe", NULL);
}

/* ---- the check ---- */

/* Starts the check, whose stderr is a pipe that *errors reads. Returns its pid; 0 on failure, with errno. */
static pid_t start_check(int argc, char *const argv[], int *errors)
{
    int ends[2];
    pid_t pid = 0;
    posix_spawn_file_actions_t actions;
    char **const arguments = calloc((size_t)argc + 2, sizeof *arguments);
    if (arguments == NULL || program == NULL || pipe2(ends, O_CLOEXEC) != 0) {
        free(arguments);
        return 0;
    }
    memcpy(arguments, argv, (size_t)argc * sizeof *arguments);
    arguments[argc] = (char[]){"--check-config"};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    errno = posix_spawn(&pid, program, &actions, NULL, arguments, environ);
    if (errno != 0)
        pid = 0;
    posix_spawn_file_actions_destroy(&actions);
    free(arguments);
    close(ends[1]);
    *errors = ends[0];
    if (pid == 0)
        close(ends[0]);
    return pid;
}

/* Reads until the end of the pipe; false when that does not come in time. What does not fit is lost. */
static bool read_all(int fd, char *text, size_t size)
{
    const int64_t deadline_ms = aluno__clock_deadline(CHECK_MS);
    char rest[256];
    size_t used = 0;
    for (;;) {
        const int64_t left_ms = deadline_ms - aluno__clock_ms();
        struct pollfd readable = {.fd = fd, .events = POLLIN};
        if (left_ms <= 0 || poll(&readable, 1, (int)left_ms) == 0)
            return false;
        const bool fits = used < size - 1;
        const ssize_t got = read(fd, fits ? text + used : rest, fits ? size - 1 - used : sizeof rest);
        if (got == 0 || (got < 0 && errno != EINTR))
            return true;
        used += fits && got > 0 ? (size_t)got : 0;
        text[used] = '\0';
    }
}

bool restart_is_possible(int argc, char *const argv[], char *why, size_t size)
{
    int errors, status = 0;
    *why = '\0';
    const pid_t pid = start_check(argc, argv, &errors);
    if (pid == 0) {
        snprintf(why, size, "the program cannot be run: %s", strerror(errno));
        return false;
    }
    const bool ended = read_all(errors, why, size);
    close(errors);
    if (!ended) {
        kill(pid, SIGKILL);
        snprintf(why, size, "--check-config does not end");
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    why[strcspn(why, "\n")] = '\0';
    if (*why == '\0')
        snprintf(why, size, "--check-config ended with status %#x", (unsigned)status);
    return ended && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
}

/* ---- the restart ---- */

void restart_now(char *const argv[], void (*prepare)(void))
{
    close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    prepare();
    errno = ENOENT;
    if (program != NULL)
        execv(program, argv);
}
