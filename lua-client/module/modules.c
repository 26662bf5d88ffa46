/* Fills package.preload. */
#include "modules.h"
#include "bind.h"
#include "embedded.h"

#include <stdint.h>

/* The loader of one script, which is its upvalue; called with the module's name, as `require` calls loaders.
 */
static int load_embedded(lua_State *L)
{
    const embedded_script *script = lua_touserdata(L, lua_upvalueindex(1));
    if (luaL_loadbufferx(L, script->source, script->size, script->chunk, "t") != LUA_OK)
        return lua_error(L);
    lua_call(L, 0, 1);
    return 1;
}

void modules_preload(lua_State *L)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    for (const embedded_script *script = embedded_scripts; script->module != NULL; script++) {
        lua_pushlightuserdata(L, (void *)(uintptr_t)script);
        lua_pushcclosure(L, load_embedded, 1);
        lua_setfield(L, -2, script->module);
    }
    lua_pushcfunction(L, luaopen_aluno_core);
    lua_setfield(L, -2, "aluno.core");
    lua_pop(L, 1);
}
