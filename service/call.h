/* One call, from the bytes of its request to the bytes of its reply; and what all calls share. */
#ifndef ALUNOD_CALL_H
#define ALUNOD_CALL_H

#include "pending.h"

#include "protocol/envelope.h"
#include "store/store.h"

#include <stdatomic.h>

/* What every handler may use. */
struct service {
    store *store;
    bool cpf_strict;      /* wrong check digits of a CPF: refused, not only warned of */
    int64_t start_ms;     /* Unix milliseconds */
    atomic_bool draining; /* the service is stopping: new calls are refused */
    struct pending pending;
};

/* Who calls: what the certificate says. */
struct caller {
    char name[65]; /* its CN */
    aluno_role role;
    int64_t not_after_ms; /* Unix milliseconds */
};

struct call {
    struct service *service;
    struct caller caller;
    int64_t arrived_ms; /* steady clock */
    int64_t until_ms;   /* when its caller gives up, steady clock; INT64_MAX: never */

    aluno__request request; /* borrows the request's bytes, which outlive the call */
    const aluno_method_desc *method;
    aluno_language language;
    void *message, *answer; /* of method->request and method->reply; owned */
    struct pending_change pending;

    aluno_reply_metadata metadata; /* handlers add warnings */
    aluno_error error;
    aluno_code code;     /* how the call ended */
    aluno__buffer reply; /* the reply's bytes, once it ended */
};

#endif
