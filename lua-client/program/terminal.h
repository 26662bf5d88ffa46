/* The Lua module `program.terminal`: reading lines with editing, history and completion, and what the
 * terminal is. The only place that knows libedit. */
#ifndef ALUNO_TERMINAL_H
#define ALUNO_TERMINAL_H

#include "lua_api.h"

int luaopen_aluno_terminal(lua_State *L);

#endif
