/* The Lua module `program.process`: what ends with this program, however it ends, kill -9 included: a folder,
 * and other programs. */
#ifndef ALUNO_PROCESS_H
#define ALUNO_PROCESS_H

#include "lua_api.h"

int luaopen_aluno_process(lua_State *L);

#endif
