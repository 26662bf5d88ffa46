/* The two clocks: the wall's, for what is stored and shown, and the steady one, for deadlines. */
#ifndef ALUNOD_CLOCK_H
#define ALUNOD_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t clock_milliseconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Unix milliseconds. */
static inline int64_t clock_unix_ms(void)
{
    return clock_milliseconds(CLOCK_REALTIME);
}

/* Milliseconds of a clock that nobody sets. */
static inline int64_t clock_steady_ms(void)
{
    return clock_milliseconds(CLOCK_MONOTONIC);
}

#endif
