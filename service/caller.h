/* Who calls: the facts of a verified certificate, and of the connection. */
#ifndef ALUNOD_CALLER_H
#define ALUNOD_CALLER_H

#include "account.h"

#include "tls/types.h"

#include <aluno/schema.h>

struct caller {
    uint64_t number; /* that no other connection of the process has; 0: none, in tests */
    char name[65];   /* its CN */
    aluno_role role;
    int64_t not_before_ms, not_after_ms; /* Unix milliseconds */
    const aluno__tls_peer *identity;     /* or NULL, in tests */
    struct account *account;
    const atomic_bool *gone; /* the connection has closed: nobody waits for the reply */
};

#endif
