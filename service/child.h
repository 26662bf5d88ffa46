/* Another program that this one runs to its end. */
#ifndef ALUNOD_CHILD_H
#define ALUNOD_CHILD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct child {
    char *const *argv;       /* argv[0]: looked for in PATH when it has no slash; ends with NULL */
    int in, out;             /* its standard input and output; -1: /dev/null */
    int64_t most_ms;         /* it is killed then; 0: never */
    const atomic_bool *stop; /* it is killed when this is true; NULL: never */
};

enum child_end {
    CHILD_SUCCEEDED,  /* with exit code 0 */
    CHILD_FAILED,     /* with another one, or it was killed */
    CHILD_NOT_FOUND,  /* there is no such program */
    CHILD_NOT_STARTED /* the system refused, with errno */
};

/* Runs it without a shell, with no open file but its standard ones. `said` receives what it wrote to its
 * standard error, as far as that fits. */
enum child_end child_run(const struct child *how, char *said, size_t size);

#endif
