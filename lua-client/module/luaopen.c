/* The module's entry, and the `require` of the files that are built in. */
#include "luaopen.h"
#include "client.h"
#include "contract.h"
#include "csv.h"
#include "embedded.h"
#include "failure.h"
#include "host.h"
#include "json.h"
#include "probe.h"
#include "settings.h"
#include "uuid.h"
#include "values.h"

#include <stdint.h>
#include <string.h>

/* In the registry: the modules that are loaded, by name. */
#define LOADED "aluno.loaded"

/* ---- the C half ---- */

static void push_core(lua_State *L)
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
}

/* ---- the Lua files ---- */

/* A file's source, after the line's beginning that makes `require` the private one. */
typedef struct chunks {
    const char *parts[2];
    size_t sizes[2];
    int next;
} chunks;

static const char *next_chunk(lua_State *L, void *user, size_t *size)
{
    (void)L;
    chunks *const self = user;
    if (self->next == 2)
        return NULL;
    *size = self->sizes[self->next];
    return self->parts[self->next++];
}

static int require_embedded(lua_State *L);

/* Runs the file and pushes the module that it returns. */
static void load_embedded(lua_State *L, const char *name)
{
    static const char beginning[] = "local require = ... ";
    const embedded_script *script = embedded_scripts;
    while (script->module != NULL && strcmp(script->module, name) != 0)
        script++;
    if (script->module == NULL)
        luaL_error(L, "no module '%s' is built in", name);
    chunks source = {{beginning, script->source}, {sizeof beginning - 1, script->size}, 0};
    if (lua_load(L, next_chunk, &source, script->chunk, "t") != LUA_OK)
        lua_error(L);
    lua_pushcfunction(L, require_embedded);
    lua_call(L, 1, 1);
}

/* require(name) of the files that are built in. */
static int require_embedded(lua_State *L)
{
    const char *const name = luaL_checkstring(L, 1);
    lua_settop(L, 1);
    luaopen_push_loaded(L);
    if (lua_getfield(L, -1, name) != LUA_TNIL)
        return 1;
    load_embedded(L, name);
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, name);
    return 1;
}

void luaopen_push_loaded(lua_State *L)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LOADED);
}

void luaopen_require(lua_State *L, const char *name)
{
    lua_pushcfunction(L, require_embedded);
    lua_pushstring(L, name);
    lua_call(L, 1, 1);
}

/* core.scripts: the names of the files, for those that look for others. */
static void push_script_names(lua_State *L)
{
    lua_newtable(L);
    for (int i = 0; embedded_scripts[i].module != NULL; i++) {
        lua_pushstring(L, embedded_scripts[i].module);
        lua_rawseti(L, -2, i + 1);
    }
}

int luaopen_aluno(lua_State *L)
{
    luaopen_push_loaded(L);
    push_core(L);
    push_script_names(L);
    lua_setfield(L, -2, "scripts");
    lua_setfield(L, -2, "core");
    lua_pushcfunction(L, require_embedded);
    lua_setfield(L, LUA_REGISTRYINDEX, "aluno.require");
    luaopen_require(L, "aluno");
    return 1;
}
