/* Watches as scripts see them. */
#ifndef ALUNO_LUA_WATCH_H
#define ALUNO_LUA_WATCH_H

#include "future.h"

#define WATCH_METATABLE "aluno.watch"

/* Pushes a watch that keeps the value at `owner`, the client, alive; or nil and the error. Returns how many
 * values were pushed. */
int watch_push(lua_State *L, int owner, connection *origin, const aluno_watch_options *options);

/* Closes the watches of a connection, which is about to be closed. */
void watch_close_all(connection *origin);

#endif
