/* The changes that were accepted and are not answered yet: what GetOperation calls IN_PROGRESS. */
#ifndef ALUNOD_PENDING_H
#define ALUNOD_PENDING_H

#include <aluno/schema.h>

#include <pthread.h>

/* One change, embedded in its call, which outlives it here; the texts are the call's. */
struct pending_change {
    const char *caller; /* NULL: not in the registry */
    const char *request_id;
    const aluno_method_desc *method;
    struct pending_change *next, **link; /* the registry's */
};

/* Begin with PENDING_INIT. Any thread may use it. */
struct pending {
    pthread_mutex_t mutex;
    struct pending_change *first;
};

#define PENDING_INIT                                                                                         \
    {                                                                                                        \
        .mutex = PTHREAD_MUTEX_INITIALIZER                                                                   \
    }

/* Enters a change whose first three members are set. A repeat may be entered beside its first attempt. */
void pending_add(struct pending *pending, struct pending_change *change);

/* Takes it out again; one that is not in is left alone. */
void pending_remove(struct pending *pending, struct pending_change *change);

/* The method of a caller's pending change; NULL when there is none with that request id. */
const aluno_method_desc *pending_find(struct pending *pending, const char *caller, const char *request_id);

#endif
