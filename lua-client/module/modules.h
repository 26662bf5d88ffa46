/* The Lua files that are built in, and the C beside them, as modules that `require` finds. */
#ifndef ALUNO_MODULES_H
#define ALUNO_MODULES_H

#include "lua_api.h"

/* Makes the embedded scripts and aluno.core known to `require`. */
void modules_preload(lua_State *L);

#endif
