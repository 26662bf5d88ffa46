/* The limits on what callers may use: one table, limit.def. Options set the limits, and each counts how often
 * it was reached. */
#ifndef ALUNOD_LIMIT_H
#define ALUNOD_LIMIT_H

#include <stdatomic.h>
#include <stdint.h>

enum limit {
#define LIMIT(id, ...) LIMIT_##id,
#include "limit.def"
    LIMIT_COUNT
};

struct limits {
    int64_t most[LIMIT_COUNT];
    atomic_uint_least64_t reached[LIMIT_COUNT]; /* since the start */
};

/* Sets the limits' defaults, or the values given. */
void limits_init(struct limits *limits);
void limits_set(struct limits *limits, const int64_t most[LIMIT_COUNT]);

/* Counts that a limit refused or ended something. */
void limits_reach(struct limits *limits, enum limit which);

/* The name of a limit's option, without dashes. */
const char *limit_option(enum limit which);

#endif
