/* Reads the child's standard error until it ends, and checks meanwhile whether it is to be killed. */
#include "child.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOOK_MS = 100 };

static void set_descriptor(posix_spawn_file_actions_t *actions, int from, int to)
{
    if (from >= 0)
        posix_spawn_file_actions_adddup2(actions, from, to);
    else
        posix_spawn_file_actions_addopen(actions, to, "/dev/null", O_RDWR, 0);
}

/* Signals that this process blocks or ignores are the child's own again. */
static void set_signals(posix_spawnattr_t *attributes)
{
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &defaults);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/* Returns 0, or errno. */
static int start(const struct child *how, int errors, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    set_descriptor(&actions, how->in, STDIN_FILENO);
    set_descriptor(&actions, how->out, STDOUT_FILENO);
    set_descriptor(&actions, errors, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    set_signals(&attributes);
    const int problem = posix_spawnp(pid, how->argv[0], &actions, &attributes, how->argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return problem;
}

static bool is_to_end(const struct child *how, int64_t began_ms)
{
    return (how->stop != NULL && atomic_load(how->stop)) ||
           (how->most_ms != 0 && aluno__clock_ms() - began_ms >= how->most_ms);
}

/* False when the child is to be killed before it closes its standard error. */
static bool read_errors(const struct child *how, int fd, char *said, size_t size)
{
    const int64_t began_ms = aluno__clock_ms();
    char rest[256];
    for (size_t used = 0; !is_to_end(how, began_ms);) {
        struct pollfd readable = {.fd = fd, .events = POLLIN};
        if (poll(&readable, 1, LOOK_MS) <= 0)
            continue;
        const bool fits = used < size - 1;
        const ssize_t got = read(fd, fits ? said + used : rest, fits ? size - 1 - used : sizeof rest);
        if (got == 0 || (got < 0 && errno != EINTR))
            return true;
        used += fits && got > 0 ? (size_t)got : 0;
        said[used] = '\0';
    }
    return false;
}

static enum child_end wait_for(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS ? CHILD_SUCCEEDED : CHILD_FAILED;
}

enum child_end child_run(const struct child *how, char *said, size_t size)
{
    int ends[2];
    pid_t pid;
    *said = '\0';
    if (pipe2(ends, O_CLOEXEC) != 0)
        return CHILD_NOT_STARTED;
    const int problem = start(how, ends[1], &pid);
    close(ends[1]);
    enum child_end end = problem == ENOENT ? CHILD_NOT_FOUND : CHILD_NOT_STARTED;
    if (problem == 0) {
        if (!read_errors(how, ends[0], said, size))
            kill(pid, SIGKILL);
        end = wait_for(pid);
    }
    close(ends[0]);
    errno = problem;
    return end;
}
