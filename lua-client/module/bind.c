/* Puts the module's C half together. */
#include "bind.h"
#include "client.h"
#include "contract.h"
#include "csv.h"
#include "failure.h"
#include "host.h"
#include "json.h"
#include "probe.h"
#include "settings.h"
#include "uuid.h"
#include "values.h"

int luaopen_aluno_core(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"csv_parser", csv_new_parser}, {"failure", failure_new}, {NULL, NULL}};
    luaL_newlib(L, functions);
    client_set_functions(L);
    contract_set_functions(L);
    host_set_functions(L);
    json_set_functions(L);
    probe_set_functions(L);
    uuid_set_functions(L);
    values_set_functions(L);
    luaL_newmetatable(L, FAILURE_METATABLE);
    lua_setfield(L, -2, "error");
    lua_pushstring(L, setting_default_language() == ALUNO_PT ? "pt" : "en");
    lua_setfield(L, -2, "language");
    lua_pushstring(L, aluno_version());
    lua_setfield(L, -2, "version");
    return 1;
}
