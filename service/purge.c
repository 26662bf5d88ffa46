/* Forgets old operations, and old places in lists, a thousand at a time: other changes go on in between, and
 * it goes on until it has caught up, however many there were. */
#include "purge.h"

#include "base/clock.h"

#include <stdlib.h>

enum { AT_ONCE = 1000 };

struct purge {
    store_change change; /* first: the store gives it back */
    struct service *service;
    int64_t before_ms;
    bool more; /* than went at once */
};

static aluno_code apply(store_change *change, store_session *session)
{
    struct purge *purge = (struct purge *)(void *)change;
    int64_t operations, places = 0;
    aluno_code code = operation_purge(session, purge->before_ms, AT_ONCE, &operations, NULL);
    if (code == ALUNO_OK)
        code = place_purge(session, purge->before_ms, AT_ONCE, &places, NULL);
    purge->more = operations == AT_ONCE || places == AT_ONCE;
    return code;
}

/* Queues the next part while there may be one. Of failures the store has told the log; the next start tries
 * again. */
static void finish(store_change *change, const aluno_error *commit_error)
{
    struct purge *purge = (struct purge *)(void *)change;
    const bool more = commit_error == NULL && change->applied == ALUNO_OK && purge->more;
    if (!more || atomic_load(&purge->service->draining) ||
        store_submit(purge->service->store, change, NULL) != ALUNO_OK)
        free(purge);
}

void purge_start(struct service *service)
{
    struct purge *purge = calloc(1, sizeof *purge);
    if (purge == NULL)
        return;
    purge->change = (store_change){.apply = apply, .done = finish};
    purge->service = service;
    purge->before_ms = aluno__clock_unix_ms() - PURGE_AFTER_MS;
    if (store_submit(service->store, &purge->change, NULL) != ALUNO_OK)
        free(purge);
}
