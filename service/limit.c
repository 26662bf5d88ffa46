/* The table's defaults and names. */
#include "limit.h"

#include <string.h>

static const int64_t defaults[LIMIT_COUNT] = {
#define LIMIT(id, option, value, ...) [LIMIT_##id] = value,
#include "limit.def"
};

static const char *const options[LIMIT_COUNT] = {
#define LIMIT(id, option, ...) [LIMIT_##id] = option,
#include "limit.def"
};

void limits_init(struct limits *limits)
{
    limits_set(limits, defaults);
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        atomic_init(&limits->reached[i], 0);
}

void limits_set(struct limits *limits, const int64_t most[LIMIT_COUNT])
{
    memcpy(limits->most, most, sizeof limits->most);
}

void limits_reach(struct limits *limits, enum limit which)
{
    atomic_fetch_add_explicit(&limits->reached[which], 1, memory_order_relaxed);
}

const char *limit_option(enum limit which)
{
    return options[which];
}
