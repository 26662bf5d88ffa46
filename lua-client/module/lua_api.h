/* The door to Lua: the only file that includes its headers. */
#ifndef ALUNO_LUA_API_H
#define ALUNO_LUA_API_H

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

#endif
