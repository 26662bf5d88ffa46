/* Name-based UUIDs, version 5 of RFC 9562: the same name always has the same one, here and in any other
 * language. */
#ifndef ALUNO_UUID_H
#define ALUNO_UUID_H

#include "lua_api.h"

/* Adds to the table on top of the stack: uuid. */
void uuid_set_functions(lua_State *L);

#endif
