/* Who calls: the facts of a verified certificate. */
#ifndef ALUNOD_CALLER_H
#define ALUNOD_CALLER_H

#include <aluno/schema.h>

struct caller {
    char name[65]; /* its CN */
    aluno_role role;
    int64_t not_after_ms; /* Unix milliseconds */
};

#endif
