/* Calls that scripts make: `client:create{…}` waits for its future, `client:async():create{…}` returns it. */
#ifndef ALUNO_LUA_CALL_H
#define ALUNO_LUA_CALL_H

#include "lua_api.h"

/* client:VERB([request[, options]]); the method, a const aluno_method_desc *, is upvalue 1. */
int call_method(lua_State *L);

#endif
