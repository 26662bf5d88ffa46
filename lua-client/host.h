/* What progress and logs must know of the machine. */
#ifndef ALUNO_HOST_H
#define ALUNO_HOST_H

#include "lua_api.h"

/* Adds to the table on top of the stack: host {clock, is_terminal, columns}. */
void host_set_functions(lua_State *L);

#endif
