/* A bound on the size of files (RLIMIT_FSIZE), which stands for a full disk. */
#ifndef ALUNO_TESTS_FILE_LIMIT_H
#define ALUNO_TESTS_FILE_LIMIT_H

#include "unit.h"

#include <signal.h>
#include <sys/resource.h>

/* Writes beyond `size` bytes fail from now on. They also raise SIGXFSZ, which ends the process unless it is
 * ignored. */
static inline void limit_files(rlim_t size)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = size < limit.rlim_max ? size : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

#endif
