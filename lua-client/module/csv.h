/* Rows out of CSV text, piece by piece; lua/aluno/csv.lua makes readers of it. */
#ifndef ALUNO_CSV_H
#define ALUNO_CSV_H

#include "lua_api.h"

/* csv_parser(source, separator, encoding, neutralised) -> parser. `source` returns the next piece of the
 * text, nil after the last; encoding is "auto", "utf-8" or "cp1252".
 *
 * parser:read() -> row (a list of texts), its line | nil at the end | nil, the name of a reason, line */
int csv_new_parser(lua_State *L);

#endif
