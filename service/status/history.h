/* The last minutes, in equal steps, for pictures. */
#ifndef ALUNOD_STATUS_HISTORY_H
#define ALUNOD_STATUS_HISTORY_H

#include "status/facts.h"

enum {
    HISTORY_STEP_MS = 5000,
    HISTORY_POINTS = 120, /* ten minutes */
};

enum history_series {
    HISTORY_CALLS,       /* a second */
    HISTORY_SLOW_MS,     /* what 99 % of the calls took at most */
    HISTORY_CONNECTIONS, /* open ones */
    HISTORY_WAITING,     /* searches and changes */
    HISTORY_SERIES
};

/* Begins as {0}. */
struct history {
    double values[HISTORY_SERIES][HISTORY_POINTS]; /* the last one is the newest */
    size_t count;                                  /* so many are known */
    int64_t measured_ms;                           /* monotonic clock; 0: not yet */
    int64_t answered;                              /* by then */
    struct distribution_reading duration;          /* the same */
};

/* Adds a point for the time since the last facts; the first ones make none. */
void history_add(struct history *history, const struct facts *facts, int64_t now_ms);

#endif
