/* The monotonic clock, the calendar's, and random delays. */
#include "clock.h"

#include <sys/random.h>

static int64_t read_us(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t aluno__clock_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

int64_t aluno__clock_ms(void)
{
    return read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t aluno__clock_unix_ms(void)
{
    return read_us(CLOCK_REALTIME) / 1000;
}

int64_t aluno__clock_deadline(int64_t timeout_ms)
{
    const int64_t now_ms = aluno__clock_ms();
    return timeout_ms < INT64_MAX - now_ms ? now_ms + timeout_ms : INT64_MAX;
}

struct timespec aluno__clock_timespec(int64_t ms)
{
    return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
}

void aluno__clock_sleep(int64_t ms)
{
    const struct timespec duration = aluno__clock_timespec(ms);
    nanosleep(&duration, NULL);
}

int64_t aluno__clock_jitter(int64_t ms)
{
    uint32_t random;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random)
        return ms;
    return ms / 2 + random % (ms / 2 + 1);
}
