/* The Lua module `program.workbook`: writes Excel's workbooks. The only place that knows libxlsxwriter; where
 * it is not, the module has `available` = false and nothing else. */
#ifndef ALUNO_WORKBOOK_H
#define ALUNO_WORKBOOK_H

#include "lua_api.h"

int luaopen_aluno_workbook(lua_State *L);

#endif
