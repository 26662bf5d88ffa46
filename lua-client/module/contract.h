/* The contract as scripts see it: as tables to loop over, and the functions that need no service. */
#ifndef ALUNO_LUA_CONTRACT_H
#define ALUNO_LUA_CONTRACT_H

#include "lua_api.h"

#include <aluno/aluno.h>

/* Adds to the table on top of the stack: schema, validate, message_json, request_json. */
void contract_set_functions(lua_State *L);

/* The method whose wire name is argument `index`; raises when there is none. */
const aluno_method_desc *contract_check_method(lua_State *L, int index);

/* Whether a request without a single field cannot be right, so that leaving it out is a mistake. */
bool contract_needs_request(const aluno_method_desc *method);

#endif
