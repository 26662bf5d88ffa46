/* The Lua module `aluno.throwaway`: what ends with this program, however it ends, kill -9 included: a folder,
 * and other programs. */
#ifndef ALUNO_THROWAWAY_H
#define ALUNO_THROWAWAY_H

#include "lua_api.h"

int luaopen_aluno_throwaway(lua_State *L);

#endif
