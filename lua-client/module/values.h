/* What scripts do with values without a service: CPFs, and names folded as the service folds them. */
#ifndef ALUNO_LUA_VALUES_H
#define ALUNO_LUA_VALUES_H

#include "lua_api.h"

/* Adds to the table on top of the stack: fold, and cpf {parse, format, mask, check}. */
void values_set_functions(lua_State *L);

#endif
