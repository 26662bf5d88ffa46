/* Clients as scripts see them: a connection, and views of it. `client:strict()` and `client:async()` are
 * views of the client that they were asked of: the same connection, other manners. */
#ifndef ALUNO_LUA_CLIENT_H
#define ALUNO_LUA_CLIENT_H

#include "lua_api.h"

#include <aluno/aluno.h>

#define CLIENT_METATABLE "aluno.client"

struct future;

typedef struct client {
    struct client *origin; /* whose connection it uses: its own, or that of the client it is a view of */
    bool strict;           /* raises expected failures instead of returning them */
    bool async;            /* its calls return futures */

    /* Of an origin. */
    aluno_client *handle; /* NULL once it is closed */
    aluno_language language;
    struct future *ended; /* futures that the scripts' state still has to hear of */
} client;

/* The client that is argument 1; raises when it is closed. */
client *client_check(lua_State *L);

/* nil and the error, in the client's language; a strict client raises it. Returns how many values it pushed.
 */
int client_fail(lua_State *L, const client *self, aluno_error *error);

/* Adds to the table on top of the stack: connect, and `client`, the table of every client's methods. */
void client_set_functions(lua_State *L);

#endif
