/* Forgetting what the store has kept for long enough. */
#ifndef ALUNOD_PURGE_H
#define ALUNOD_PURGE_H

#include "call.h"

/* How long request ids and the places of page tokens are remembered; 24 h are promised. */
#define PURGE_AFTER_MS ((int64_t)48 * 60 * 60 * 1000)

/* Starts forgetting, on the store's writer, all that is older than that, and returns at once. Call it now and
 * then. */
void purge_start(struct service *service);

#endif
