/* Deletes what has expired from the store, a thousand rows a change, until nothing is left. Other changes run
 * in between. */
#include "purge.h"

#include "base/clock.h"

#include <stdlib.h>

enum { ROWS_A_CHANGE = 1000 };

struct purge {
    struct store_change change; /* first: the store returns it */
    struct service *service;
    int64_t before_ms;
    bool is_done;
};

static bool apply(struct store_change *change, struct store_session *session)
{
    struct purge *purge = (struct purge *)(void *)change;
    int64_t operations = 0, positions = 0;
    const bool applied =
        operation_purge(session, purge->before_ms, ROWS_A_CHANGE, &operations, NULL) == ALUNO_OK &&
        position_purge(session, purge->before_ms, ROWS_A_CHANGE, &positions, NULL) == ALUNO_OK;
    purge->is_done = !applied || (operations < ROWS_A_CHANGE && positions < ROWS_A_CHANGE);
    return applied;
}

/* Queues the next change. After a failure, which the store has logged, the next purge tries again. */
static void finish(struct store_change *change, const aluno_error *commit_error)
{
    struct purge *purge = (struct purge *)(void *)change;
    struct service *service = purge->service;
    if (commit_error != NULL || purge->is_done || atomic_load(&service->draining) ||
        store_submit(service->store, change, NULL) != ALUNO_OK)
        free(purge);
}

void purge_start(struct service *service)
{
    struct purge *purge = calloc(1, sizeof *purge);
    if (purge == NULL)
        return;
    purge->change = (struct store_change){.apply = apply, .done = finish};
    purge->service = service;
    purge->before_ms = aluno__clock_unix_ms() - PURGE_AFTER_MS;
    if (store_submit(service->store, &purge->change, NULL) != ALUNO_OK)
        free(purge);
}
