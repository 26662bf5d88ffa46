/* A list under a lock. It is as long as calls are in progress (the server's contexts), and searched only by
 * those who ask for an operation. */
#include "pending.h"

void pending_init(struct pending *pending)
{
    pthread_mutex_init(&pending->mutex, NULL);
    pending->first = NULL;
}

void pending_destroy(struct pending *pending)
{
    pthread_mutex_destroy(&pending->mutex);
}

void pending_add(struct pending *pending, struct pending_change *change)
{
    pthread_mutex_lock(&pending->mutex);
    change->next = pending->first;
    change->link = &pending->first;
    if (change->next != NULL)
        change->next->link = &change->next;
    pending->first = change;
    pthread_mutex_unlock(&pending->mutex);
}

/* ---- the caller holds the lock ---- */

static void unlink_change(struct pending_change *change)
{
    *change->link = change->next;
    if (change->next != NULL)
        change->next->link = change->link;
    change->caller = NULL;
}

static struct pending_change *find(const struct pending *pending, const char *caller, const char *request_id)
{
    struct pending_change *change = pending->first;
    while (change != NULL &&
           (strcmp(change->request_id, request_id) != 0 || strcmp(change->caller, caller) != 0))
        change = change->next;
    return change;
}

/* ---- any thread ---- */

void pending_remove(struct pending *pending, struct pending_change *change)
{
    if (change->request_id == NULL)
        return;
    pthread_mutex_lock(&pending->mutex);
    if (change->caller != NULL)
        unlink_change(change);
    pthread_mutex_unlock(&pending->mutex);
}

void pending_settle(struct pending *pending, const char *caller, const char *request_id)
{
    struct pending_change *change;
    pthread_mutex_lock(&pending->mutex);
    while ((change = find(pending, caller, request_id)) != NULL)
        unlink_change(change);
    pthread_mutex_unlock(&pending->mutex);
}

const aluno_method_desc *pending_find(struct pending *pending, const char *caller, const char *request_id)
{
    pthread_mutex_lock(&pending->mutex);
    const struct pending_change *change = find(pending, caller, request_id);
    const aluno_method_desc *method = change != NULL ? change->method : NULL;
    pthread_mutex_unlock(&pending->mutex);
    return method;
}
