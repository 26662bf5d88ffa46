/* The end of an erasure. */
#ifndef ALUNOD_HANDLERS_ERASE_H
#define ALUNOD_HANDLERS_ERASE_H

#include "call.h"

/* Empties the database's log after an erasure that is durable, waiting for a moment at most, and writes into
 * the reply whether it is empty. */
void erase_end(struct call *call);

#endif
