/* The door to Lua: the only file that includes its headers. */
#ifndef ALUNO_LUA_API_H
#define ALUNO_LUA_API_H

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

/* They raise, and have a result only so that `return luaL_error(...)` compiles. */
__attribute__((noreturn)) int luaL_error(lua_State *L, const char *format, ...);
__attribute__((noreturn)) int luaL_argerror(lua_State *L, int argument, const char *problem);

#endif
