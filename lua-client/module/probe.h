/* What a diagnosis asks of files and of the resolver, for lua/diagnosis.lua. */
#ifndef ALUNO_PROBE_H
#define ALUNO_PROBE_H

#include "lua_api.h"

/* Adds `probe` to the table on top of the stack: certificate, revocations, credentials, resolve, settings. */
void probe_set_functions(lua_State *L);

#endif
