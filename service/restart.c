/* Checks in a child, and executes. */
#include "restart.h"

#include "child.h"

#include <errno.h>
#include <linux/close_range.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHECK_MS = 10000 };

static char *program; /* NULL when it could not be found */

void restart_prepare(void)
{
    program = realpath("/proc/self/exe", NULL);
}

/* ---- the check ---- */

static bool check(char *const arguments[], char *why, size_t size)
{
    const struct child how = {.argv = arguments, .in = -1, .out = -1, .most_ms = CHECK_MS};
    const enum child_end end = child_run(&how, why, size);
    why[strcspn(why, "\n")] = '\0';
    if (end == CHILD_NOT_FOUND || end == CHILD_NOT_STARTED)
        snprintf(why, size, "the program cannot be run: %s", strerror(errno));
    else if (end != CHILD_SUCCEEDED && *why == '\0')
        snprintf(why, size, "--check-config does not end, or says nothing");
    return end == CHILD_SUCCEEDED;
}

bool restart_is_possible(int argc, char *const argv[], char *why, size_t size)
{
    bool is_good = false;
    char **const arguments = calloc((size_t)argc + 2, sizeof *arguments);
    if (arguments == NULL || program == NULL) {
        snprintf(why, size, "the program cannot be run: %s", strerror(arguments == NULL ? ENOMEM : ENOENT));
    } else {
        memcpy(arguments, argv, (size_t)argc * sizeof *arguments);
        arguments[0] = program;
        arguments[argc] = (char[]){"--check-config"};
        is_good = check(arguments, why, size);
    }
    free(arguments);
    return is_good;
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
