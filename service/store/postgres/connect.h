/* Connecting to PostgreSQL's primary. */
#ifndef ALUNOD_POSTGRES_CONNECT_H
#define ALUNOD_POSTGRES_CONNECT_H

#include <libpq-fe.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct connecting {
    const char *uri;
    const char *name;             /* of the service, unless the URI has application_name */
    int64_t deadline_ms;          /* 0: none */
    const atomic_bool *abandoned; /* or NULL: once true, it is given up */
};

/* Whether the deadline has passed, or it was given up. */
bool connecting_is_late(const struct connecting *to);

/* A connection in pipeline mode, which does not block; NULL: none. `why`, if not NULL, receives libpq's own
 * words about the first host, which have no password. */
PGconn *connect_primary(const struct connecting *to, char *why, size_t size);

#endif
