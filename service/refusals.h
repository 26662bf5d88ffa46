/* Refusals that repeat: strangers and clients can cause any number a second, and each is a line of the log.
 * The caller logs the first of a reason and a peer; the others of that second are counted. */
#ifndef ALUNOD_REFUSALS_H
#define ALUNOD_REFUSALS_H

#include <stdbool.h>

/* Whether to log this refusal now; false when it is counted. `kind` ("address" or "caller") is a literal;
 * `peer` is that peer's name, an address with or without its port. */
bool refusals_admit(const char *reason, const char *kind, const char *peer);

/* Call it every second: logs "Refused again." with the count for each reason and peer that repeated. */
void refusals_tick(void);

#endif
