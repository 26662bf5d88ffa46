/* The Lua module `program.process`: a temporary folder and child processes that end with this program,
 * however it ends. */
#ifndef ALUNO_PROCESS_H
#define ALUNO_PROCESS_H

#include "lua_api.h"

int luaopen_aluno_process(lua_State *L);

#endif
