/* PR_SET_DUMPABLE also keeps other processes of the same user from reading this one's memory. A program that
 * is executed is dumpable again, and inherits the limit. */
#include "core_dumps.h"

#include <sys/prctl.h>
#include <sys/resource.h>

/* Sets the soft limit; false when that is not allowed. */
static bool set_limit(bool allowed)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) != 0)
        return false;
    limit.rlim_cur = allowed ? limit.rlim_max : 0;
    return setrlimit(RLIMIT_CORE, &limit) == 0;
}

bool core_dumps_allow(bool allowed)
{
    const bool is_set = prctl(PR_SET_DUMPABLE, allowed, 0, 0, 0) == 0;
    return set_limit(allowed) && is_set;
}
