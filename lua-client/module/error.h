/* Expected failures as scripts get them: nil and an error. */
#ifndef ALUNO_LUA_ERROR_H
#define ALUNO_LUA_ERROR_H

#include "lua_api.h"

#include <aluno/aluno.h>

/* The metatable of errors; lua/aluno/init.lua gives it its __tostring. */
#define ERROR_METATABLE "aluno.error"

/* Translates the error into that language and pushes nil and a table of it: the message's fields, the name of
 * its code, and with them `remedy` and `retryable`. Returns 2, the number of values pushed. */
int error_push(lua_State *L, aluno_error *error, aluno_language language);

/* Sets `message` in each violation of a list: a field of the table on top. `items` are the violations. */
void error_set_messages(lua_State *L, const char *list, const aluno_violation *items, size_t count,
                        aluno_language language);

/* Pushes nil and the error of that reason, in the language of the environment; `detail` may be NULL.
 * Returns 2. */
int error_push_reason(lua_State *L, aluno_reason reason, const char *detail);

/* Finds the reason of that name; false when the contract has none. */
bool error_reason_named(const char *name, aluno_reason *reason);

#endif
