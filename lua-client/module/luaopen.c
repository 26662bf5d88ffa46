/* The module's entry, and the `require` of the files that are built in. */
#include "luaopen.h"
#include "client.h"
#include "embedded.h"
#include "error.h"
#include "exit_code.h"
#include "functions.h"
#include "schema.h"
#include "settings.h"
#include "table.h"
#include "watch.h"

#include <string.h>

/* In the registry: the loaded modules, by name; and the `require` of the Lua files, for the tests. */
#define LOADED  "aluno.loaded"
#define REQUIRE "aluno.require"

/* ---- the C half ---- */

static void set_functions(lua_State *L, const char *table, const luaL_Reg *functions)
{
    lua_newtable(L);
    luaL_setfuncs(L, functions, 0);
    lua_setfield(L, -2, table);
}

/* Makes a class whose methods are in the table on top of the stack, which it pops. */
static void make_class(lua_State *L, const char *name, const luaL_Reg *metamethods)
{
    luaL_newmetatable(L, name);
    luaL_setfuncs(L, metamethods, 0);
    lua_insert(L, -2);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

/* Pushes the table of clients' methods: each of the contract's by each of its verbs, and the others. */
static void push_client_methods(lua_State *L)
{
    lua_newtable(L);
    luaL_setfuncs(L, client_methods, 0);
    luaL_setfuncs(L, call_methods, 0);
    for (int i = 0; i < ALUNO_METHOD_COUNT; i++) {
        const aluno_method_desc *method = aluno_method_of((aluno_method_id)i);
        lua_pushlightuserdata(L, (void *)(uintptr_t)method);
        lua_pushcclosure(L, call_method, 1);
        lua_pushvalue(L, -1);
        lua_setfield(L, -3, method->verb[ALUNO_EN]);
        lua_setfield(L, -2, method->verb[ALUNO_PT]);
    }
}

static void set_classes(lua_State *L)
{
    lua_newtable(L);
    luaL_setfuncs(L, future_methods, 0);
    make_class(L, FUTURE_METATABLE, future_metamethods);
    luaL_getmetatable(L, FUTURE_METATABLE);
    lua_setfield(L, -2, "future");
    lua_newtable(L);
    luaL_setfuncs(L, watch_methods, 0);
    make_class(L, WATCH_METATABLE, watch_metamethods);
    push_client_methods(L);
    lua_pushvalue(L, -1);
    make_class(L, CLIENT_METATABLE, client_metamethods);
    lua_setfield(L, -2, "client");
    luaL_newmetatable(L, ERROR_METATABLE);
    lua_setfield(L, -2, "error");
}

/* core.exit: {usage = 2, …} */
static void set_exit_codes(lua_State *L)
{
    lua_newtable(L);
#define SET_EXIT_CODE(name, constant, code) table_set_integer(L, #name, constant);
    EXIT_CODES(SET_EXIT_CODE)
#undef SET_EXIT_CODE
    lua_setfield(L, -2, "exit");
}

/* core.scripts: the names of the Lua files that are built in. */
static void set_script_names(lua_State *L)
{
    lua_newtable(L);
    for (int i = 0; embedded_scripts[i].module != NULL; i++) {
        lua_pushstring(L, embedded_scripts[i].module);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "scripts");
}

static void push_core(lua_State *L)
{
    lua_newtable(L);
    luaL_setfuncs(L, client_functions, 0);
    luaL_setfuncs(L, error_functions, 0);
    luaL_setfuncs(L, schema_functions, 0);
    luaL_setfuncs(L, values_functions, 0);
    luaL_setfuncs(L, watch_functions, 0);
    set_functions(L, "cpf", cpf_functions);
    set_functions(L, "host", host_functions);
    set_functions(L, "json", json_functions);
    set_functions(L, "probe", probe_functions);
    set_classes(L);
    set_exit_codes(L);
    set_script_names(L);
    lua_getfield(L, -1, "json");
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    lua_pop(L, 1);
    schema_push(L);
    lua_setfield(L, -2, "schema");
    table_set_text(L, "language", setting_default_language() == ALUNO_PT ? "pt" : "en");
    table_set_text(L, "version", aluno_version());
}

/* ---- the Lua files ---- */

static const embedded_script *find_script(lua_State *L, const char *name)
{
    const embedded_script *script = embedded_scripts;
    while (script->module != NULL && strcmp(script->module, name) != 0)
        script++;
    if (script->module == NULL)
        luaL_error(L, "no module '%s' is built in", name);
    return script;
}

/* core.source(name) -> the text of a Lua file, as it is built in */
static int push_source(lua_State *L)
{
    const embedded_script *const script = find_script(L, luaL_checkstring(L, 1));
    lua_pushlstring(L, script->source, script->size);
    return 1;
}

/* require(name) of the files that are built in. */
static int require_embedded(lua_State *L)
{
    const char *const name = luaL_checkstring(L, 1);
    lua_settop(L, 1);
    luaopen_push_loaded(L);
    if (lua_getfield(L, -1, name) != LUA_TNIL)
        return 1;
    const embedded_script *const script = find_script(L, name);
    if (luaL_loadbufferx(L, script->source, script->size, script->chunk, "t") != LUA_OK)
        return lua_error(L);
    lua_pushcfunction(L, require_embedded);
    lua_call(L, 1, 1);
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

int luaopen_aluno(lua_State *L)
{
    luaopen_push_loaded(L);
    push_core(L);
    lua_pushcfunction(L, push_source);
    lua_setfield(L, -2, "source");
    lua_setfield(L, -2, "core");
    lua_pushcfunction(L, require_embedded);
    lua_setfield(L, LUA_REGISTRYINDEX, REQUIRE);
    luaopen_require(L, "aluno");
    return 1;
}
