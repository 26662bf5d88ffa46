/* The functions of each file for scripts, in tables from which luaopen.c builds the module. */
#ifndef ALUNO_FUNCTIONS_H
#define ALUNO_FUNCTIONS_H

#include "lua_api.h"

extern const luaL_Reg call_methods[]; /* of clients */
int call_method(lua_State *L); /* client:VERB([request[, options]]); upvalue 1: const aluno_method_desc * */
extern const luaL_Reg client_functions[], client_methods[], client_metamethods[];
extern const luaL_Reg cpf_functions[];
extern const luaL_Reg error_functions[];
extern const luaL_Reg future_methods[], future_metamethods[];
extern const luaL_Reg host_functions[];
extern const luaL_Reg json_functions[];
extern const luaL_Reg probe_functions[];
extern const luaL_Reg schema_functions[];
extern const luaL_Reg values_functions[];
extern const luaL_Reg watch_functions[], watch_methods[], watch_metamethods[];

#endif
