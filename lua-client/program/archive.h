/* The Lua module `program.archive`: the XML files in a ZIP archive, as events. The only place that knows
 * libzip and expat; where they are not, the module has `available` = false and nothing else. */
#ifndef ALUNO_ARCHIVE_H
#define ALUNO_ARCHIVE_H

#include "lua_api.h"

int luaopen_aluno_archive(lua_State *L);

#endif
