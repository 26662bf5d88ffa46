/* Clients as scripts see them: a connection, and views of it. `client:strict()` and `client:async()` are
 * views of the client that they were asked of: the same connection, another behaviour. */
#ifndef ALUNO_LUA_CLIENT_H
#define ALUNO_LUA_CLIENT_H

#include "future.h"

#define CLIENT_METATABLE "aluno.client"

/* In the registry: true once the script has failed or was interrupted. Clients that are closed then do not
 * wait for changes under way. */
#define CLIENT_ABANDON "aluno.abandon"

typedef struct client {
    struct client *origin; /* whose connection it uses: its own, or that of the client it is a view of */
    bool strict;           /* raises expected failures instead of returning them */
    bool async;            /* its calls return futures */
    bool quiet;            /* its calls are not reported to the observer of all clients */
    connection own;        /* of an origin */
} client;

/* Whether a client that was collected, not closed, lost changes that nobody waited for. */
bool client_lost_changes(void);

/* The client that is argument 1; raises when it is closed. */
client *client_check(lua_State *L);

/* Pushes two values, each a function or nil, for the calls of the client, argument 1: its own on_call, and
 * the observer of all clients. */
void client_push_observers(lua_State *L, const client *self);

#endif
