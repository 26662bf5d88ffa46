/* Tables of options, {timeout = 2, request_id = "…"}, as Lua gives them to functions. What is wrong with one
 * is misuse: it raises, naming the option. */
#ifndef ALUNO_OPTION_TABLE_H
#define ALUNO_OPTION_TABLE_H

#include "lua_api.h"

#include <stdbool.h>
#include <stdint.h>

/* Raises when the table at `index` has a key that is none of those NULL-terminated names. */
void option_check_names(lua_State *L, int index, const char *const *names);

/* The option's text, or NULL. It lives as long as the table holds it. */
const char *option_text(lua_State *L, int index, const char *name);

/* The option's seconds, 0.001 to 86400, or 0 when it is not set. */
double option_seconds(lua_State *L, int index, const char *name);

/* The option's boolean; false when it is not set. */
bool option_bool(lua_State *L, int index, const char *name);

/* Argument `index`: seconds from 0.001 to 86400, or 0 when it is left out. */
double option_seconds_argument(lua_State *L, int index);

/* Whole milliseconds of seconds within those bounds. */
int64_t option_milliseconds(double seconds);

#endif
