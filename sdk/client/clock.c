/* The clock of deadlines. */
#include "clock.h"

#include <sys/random.h>
#include <time.h>

int64_t aluno_steady_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t aluno_steady_ms(void)
{
    return aluno_steady_us() / 1000;
}

int64_t aluno_until(int64_t timeout_ms)
{
    const int64_t now_ms = aluno_steady_ms();
    return timeout_ms < INT64_MAX - now_ms ? now_ms + timeout_ms : INT64_MAX;
}

int64_t aluno_jitter(int64_t ms)
{
    uint32_t random;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random)
        return ms;
    return ms / 2 + random % (ms / 2 + 1);
}
