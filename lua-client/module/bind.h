/* The C half of the Lua module `aluno`; lua/module/aluno.lua adds what is easier said in Lua. */
#ifndef ALUNO_BIND_H
#define ALUNO_BIND_H

#include "lua_api.h"

/* Opens `aluno.core`: connect, the client's methods, validation, CPFs and folding, JSON, CSV, the contract as
 * tables (schema), and the metatables of clients and errors. */
int luaopen_aluno_core(lua_State *L);

#endif
