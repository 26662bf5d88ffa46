/* Calls that scripts make. Each is a future, for which `client:create{…}` waits and which
 * `client:async():create{…}` returns. */
#ifndef ALUNO_LUA_CALL_H
#define ALUNO_LUA_CALL_H

#include "client.h"

/* Adds to the table on top of the stack a method for each of the contract's, by both its verbs, and `call`.
 */
void call_set_methods(lua_State *L);

/* Lets go of the futures that have ended: until then they are kept, whether or not the script keeps them.
 * After everything that dispatches. */
void call_harvest(lua_State *L, client *origin);

#endif
