/* Notices that nng has wedged: it does not give dead connections back, or admits no new ones. Only a new
 * process heals it. */
#ifndef ALUNOD_WATCHDOG_H
#define ALUNOD_WATCHDOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Begin with {0}. */
struct watchdog {
    int64_t stuck_since_ms; /* monotonic clock; 0: no connection was stuck */
};

/* Takes the present number of connections that are stuck and that nng does not admit (tls/engine.h). True
 * when nng has wedged: a connection is not admitted, or 32 are stuck for 5 s, or any for 30 s. */
bool watchdog_is_wedged(struct watchdog *watchdog, size_t stuck, size_t unadmitted, int64_t now_ms);

#endif
