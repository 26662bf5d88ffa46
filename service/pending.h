/* The changes that were accepted and are not answered yet: GetOperation reports them as IN_PROGRESS. */
#ifndef ALUNOD_PENDING_H
#define ALUNOD_PENDING_H

#include <aluno/schema.h>

#include <pthread.h>

/* One change, embedded in its call, which removes it before it ends; the texts are the call's. */
struct pending_change {
    const char *caller;     /* NULL: not in the registry; the registry's once it was added */
    const char *request_id; /* NULL: was never added */
    const aluno_method_desc *method;
    struct pending_change *next, **link; /* the registry's */
};

/* The registry. Any thread may use it. */
struct pending {
    pthread_mutex_t mutex;
    struct pending_change *first;
};

void pending_init(struct pending *pending);
void pending_destroy(struct pending *pending);

/* Adds a change whose first three members are set. A retry may be added while its first attempt is there. */
void pending_add(struct pending *pending, struct pending_change *change);

/* Removes a change; one that is not in the registry is left alone. */
void pending_remove(struct pending *pending, struct pending_change *change);

/* Removes all attempts of a change. One of them is answered from the ledger: the change is durable, though
 * the thread that made it so may not have removed it yet. */
void pending_settle(struct pending *pending, const char *caller, const char *request_id);

/* The method of a caller's pending change; NULL when there is none with that request id. */
const aluno_method_desc *pending_find(struct pending *pending, const char *caller, const char *request_id);

#endif
