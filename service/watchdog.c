/* A few stuck connections may still be given back; many, or old ones, are not. */
#include "watchdog.h"

enum { MANY = 32, MANY_MS = 5000, ANY_MS = 30000 };

bool watchdog_is_wedged(struct watchdog *watchdog, size_t stuck, size_t unadmitted, int64_t now_ms)
{
    if (unadmitted > 0)
        return true;
    if (stuck == 0 || watchdog->stuck_since_ms == 0)
        watchdog->stuck_since_ms = now_ms;
    return now_ms - watchdog->stuck_since_ms >= (stuck >= MANY ? MANY_MS : ANY_MS);
}
