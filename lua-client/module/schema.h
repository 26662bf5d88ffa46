/* The contract as scripts see it: as tables to loop over, and the functions that need no service. */
#ifndef ALUNO_LUA_SCHEMA_H
#define ALUNO_LUA_SCHEMA_H

#include "lua_api.h"

#include <aluno/aluno.h>

/* Pushes the contract: {methods, by_name, messages = {Student = {name, doc, fields, by_name}, …}, reasons}.
 * Methods and fields are lists in the contract's order; `by_name` has the same rows by each of their names,
 * in either language: a method's verbs, its short and its whole name. */
void schema_push(lua_State *L);

/* The method whose wire name is argument `index`; raises when there is none. */
const aluno_method_desc *schema_check_method(lua_State *L, int index);

/* "CreateStudent" of "aluno.v1.StudentService/CreateStudent". */
const char *schema_short_name(const aluno_method_desc *method);

/* Whether a request without any field is always invalid, so that leaving it out is a mistake. */
bool schema_needs_request(const aluno_method_desc *method);

#endif
