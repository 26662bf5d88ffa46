/* JSON read into Lua; lua/aluno/json.lua writes it. */
#ifndef ALUNO_LUA_JSON_H
#define ALUNO_LUA_JSON_H

#include "lua_api.h"

/* Adds to the table on top of the stack: json {decode, null, array_metatable}. */
void json_set_functions(lua_State *L);

#endif
