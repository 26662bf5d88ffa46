/* Tables that functions are given, {timeout = 2, request_id = "…"}, and that they return. An option that is
 * wrong is misuse: it raises, and the message names the option. */
#ifndef ALUNO_TABLE_H
#define ALUNO_TABLE_H

#include "lua_api.h"

#include <stdbool.h>
#include <stdint.h>

/* ---- options ---- */

/* Raises when the table at `index` has a key that is none of those NULL-terminated names. */
void option_check_names(lua_State *L, int index, const char *const *names);

/* The option's text, or NULL. It lives as long as the table holds it. */
const char *option_text(lua_State *L, int index, const char *name);

/* The option's seconds, 0.001 to 86400, in milliseconds; 0 when it is not set. */
int64_t option_milliseconds(lua_State *L, int index, const char *name);

/* The option's boolean; false when it is not set. */
bool option_bool(lua_State *L, int index, const char *name);

/* Pushes the option, of that type, or nil; true when it is set. */
bool option_push(lua_State *L, int index, const char *name, int type);

/* Argument `index`, seconds from 0.001 to 86400, in milliseconds; 0 when it is left out. */
int64_t option_milliseconds_argument(lua_State *L, int index);

/* ---- results: each sets a field of the table on top of the stack ---- */

void table_set_text(lua_State *L, const char *key, const char *text);
void table_set_integer(lua_State *L, const char *key, int64_t number);
void table_set_bool(lua_State *L, const char *key, bool value);

#endif
