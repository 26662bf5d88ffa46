/* What the module must know and have of the machine. */
#ifndef ALUNO_HOST_H
#define ALUNO_HOST_H

#include "lua_api.h"

/* Adds to the table on top of the stack: host {clock, is_terminal, columns, sleep, is_ordinary, create}. */
void host_set_functions(lua_State *L);

#endif
