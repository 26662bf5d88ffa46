/* `require "aluno"` in any Lua 5.4: the module that the client's scripts have, without the client around it.
 */
#include "modules.h"

/* The one name that the shared object exports. */
__attribute__((visibility("default"))) int luaopen_aluno(lua_State *L);

int luaopen_aluno(lua_State *L)
{
    modules_preload(L);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    lua_getfield(L, -1, "aluno");
    lua_call(L, 0, 1);
    return 1;
}
