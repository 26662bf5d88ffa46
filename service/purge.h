/* Deletes expired records of the store. */
#ifndef ALUNOD_PURGE_H
#define ALUNOD_PURGE_H

#include "service.h"

/* How long request ids and the positions of page tokens are kept; 24 h are promised. */
#define PURGE_AFTER_MS ((int64_t)48 * 60 * 60 * 1000)

/* Starts to delete older records, as changes of the store, and returns at once. */
void purge_start(struct service *service);

#endif
