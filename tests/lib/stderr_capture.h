/* Captures stderr, to which the service logs. */
#ifndef ALUNO_TESTS_STDERR_CAPTURE_H
#define ALUNO_TESTS_STDERR_CAPTURE_H

#include "unit.h"

#include <unistd.h>

/* The original stderr, and the pipe that replaces it. */
static int real_stderr, stderr_pipe[2];

/* Redirects stderr to a pipe until stderr_captured. A write beyond the pipe's capacity (64 kB) blocks. */
static inline void stderr_capture(void)
{
    assert_int_equal(pipe(stderr_pipe), 0);
    real_stderr = dup(STDERR_FILENO);
    dup2(stderr_pipe[1], STDERR_FILENO);
    close(stderr_pipe[1]);
}

/* Restores stderr and returns what was written, in static text. */
static inline const char *stderr_captured(void)
{
    static char text[8192];
    size_t size = 0;
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    for (ssize_t got; (got = read(stderr_pipe[0], text + size, sizeof text - 1 - size)) > 0;)
        size += (size_t)got;
    close(stderr_pipe[0]);
    text[size] = '\0';
    return text;
}

#endif
