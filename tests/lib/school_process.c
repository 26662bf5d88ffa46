/* Time, and processes that end with the test. */
#include "school_internal.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUND_MS = 5, END_MS = 30000 };

int64_t school_now_ms(void)
{
    return aluno__clock_ms();
}

void school_sleep(int64_t ms)
{
    aluno__clock_sleep(ms);
}

bool school_wait(bool (*condition)(void *argument), void *argument, int64_t timeout_ms)
{
    const int64_t until_ms = school_now_ms() + timeout_ms;
    while (!condition(argument)) {
        if (school_now_ms() > until_ms)
            return false;
        school_sleep(ROUND_MS);
    }
    return true;
}

pid_t school_spawn(const char *output, char *const arguments[])
{
    posix_spawn_file_actions_t actions;
    pid_t pid = 0;
    char *line[32] = {"setpriv", "--pdeathsig", "KILL", "--"};
    size_t count = 4;
    for (size_t i = 0; arguments[i] != NULL && count < sizeof line / sizeof *line - 1; i++)
        line[count++] = arguments[i];
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    const int failure = posix_spawnp(&pid, line[0], &actions, NULL, line, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0)
        fail_msg("%s: %s", arguments[0], strerror(failure));
    return pid;
}

struct child {
    pid_t pid;
    int status;
};

static bool has_ended(void *argument)
{
    struct child *child = argument;
    const pid_t ended = waitpid(child->pid, &child->status, WNOHANG);
    return ended == child->pid || (ended < 0 && errno == ECHILD);
}

int school_wait_process(pid_t pid)
{
    struct child child = {.pid = pid};
    if (!school_wait(has_ended, &child, END_MS)) {
        kill(pid, SIGKILL);
        waitpid(pid, &child.status, 0);
    }
    return WIFEXITED(child.status) ? WEXITSTATUS(child.status) : 128 + WTERMSIG(child.status);
}

char *school_program(const char *variable, char *fallback)
{
    char *given = getenv(variable);
    return given != NULL ? given : fallback;
}
