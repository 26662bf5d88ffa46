/* What a piece of the service writes to its log. */
#ifndef ALUNO_TESTS_LOG_CATCH_H
#define ALUNO_TESTS_LOG_CATCH_H

#include "unit.h"

#include <unistd.h>

/* Where stderr went before, and the pipe that it goes to. */
static int real_stderr, stderr_pipe[2];

/* From here until caught(), stderr goes to a pipe: no more than that may hold is to be written. */
static inline void catch_stderr(void)
{
    assert_int_equal(pipe(stderr_pipe), 0);
    real_stderr = dup(STDERR_FILENO);
    dup2(stderr_pipe[1], STDERR_FILENO);
    close(stderr_pipe[1]);
}

static inline const char *caught(void)
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
