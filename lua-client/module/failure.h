/* Expected failures: an aluno_error as scripts get it, `nil, err`. */
#ifndef ALUNO_FAILURE_H
#define ALUNO_FAILURE_H

#include "lua_api.h"

#include <aluno/aluno.h>

/* The name of the metatable of errors; lua/aluno/init.lua gives it its __tostring. */
#define FAILURE_METATABLE "aluno.error"

/* Makes *error say that reason; `detail`, what it is about, may be NULL. The words come with failure_push. */
void failure_set(aluno_error *error, aluno_reason reason, const char *detail);

/* Adds a violation of a field; the error becomes FIELDS_INVALID. Those beyond its capacity are dropped, and
 * the detail says that there are more. */
void failure_violate(aluno_error *error, const char *field, aluno_reason reason, const char *detail);

/* Puts the error in words of that language and pushes nil and a table of it: the message's fields, its code
 * by name, and with them `remedy` and `retryable`. Returns 2, how many values it pushed. */
int failure_push(lua_State *L, aluno_error *error, aluno_language language);

/* Pushes nil and the error of that reason, in the language of the environment; `detail` may be NULL.
 * Returns 2. */
int failure_of(lua_State *L, const aluno_reason_desc *reason, const char *detail);

/* failure(reason's name[, detail]) -> nil, error: how the module's Lua files fail. */
int failure_new(lua_State *L);

#endif
