/* The soft limit is 1024 on most systems, as large as --max-connections; programs may raise it up to the hard
 * one. */
#include "descriptors.h"

#include <sys/resource.h>

/* Descriptors besides those of connections: the database's in each thread, nng's own, and those of clients
 * that wait to be refused. */
enum { OTHERS = 64 };

void descriptors_allow(size_t connections)
{
    struct rlimit limit;
    const rlim_t wanted = connections + OTHERS;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

size_t descriptors_for_connections(size_t connections)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max >= connections + OTHERS)
        return connections;
    return limit.rlim_max > 2 * OTHERS ? limit.rlim_max - OTHERS : limit.rlim_max / 2;
}
