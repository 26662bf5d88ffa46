/* Any JSON as a Lua value, by jansson, which checks the text. */
#include "json.h"
#include "failure.h"

#include <jansson.h>
#include <stdio.h>

#define ARRAY_METATABLE "aluno.json_array"
#define TREE_METATABLE  "aluno.json_tree"

/* Frees a tree, should Lua run out of memory while it is copied. */
static int free_tree(lua_State *L)
{
    json_t **tree = luaL_checkudata(L, 1, TREE_METATABLE);
    json_decref(*tree);
    *tree = NULL;
    return 0;
}

static json_t **push_tree(lua_State *L)
{
    json_t **tree = lua_newuserdatauv(L, sizeof *tree, 0);
    *tree = NULL;
    if (luaL_newmetatable(L, TREE_METATABLE)) {
        lua_pushcfunction(L, free_tree);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return tree;
}

static void push_value(lua_State *L, const json_t *value);

static void push_object(lua_State *L, const json_t *object)
{
    lua_createtable(L, 0, (int)json_object_size(object));
    for (void *at = json_object_iter((json_t *)(uintptr_t)object); at != NULL;
         at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
        lua_pushstring(L, json_object_iter_key(at));
        push_value(L, json_object_iter_value(at));
        lua_rawset(L, -3);
    }
}

static void push_array(lua_State *L, const json_t *array)
{
    const size_t count = json_array_size(array);
    lua_createtable(L, (int)count, 0);
    luaL_setmetatable(L, ARRAY_METATABLE);
    for (size_t i = 0; i < count; i++) {
        push_value(L, json_array_get(array, i));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

static void push_value(lua_State *L, const json_t *value)
{
    luaL_checkstack(L, 4, "JSON nested this deep");
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        push_object(L, value);
        break;
    case JSON_ARRAY:
        push_array(L, value);
        break;
    case JSON_STRING:
        lua_pushlstring(L, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        lua_pushinteger(L, json_integer_value(value));
        break;
    case JSON_REAL:
        lua_pushnumber(L, json_real_value(value));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        lua_pushboolean(L, json_is_true(value));
        break;
    case JSON_NULL:
        lua_pushlightuserdata(L, NULL);
        break;
    }
}

/* json.decode(text) -> value | nil, error. The error names the place alone: the text may hold personal data.
 */
static int decode(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    json_t **tree = push_tree(L);
    json_error_t problem;
    *tree = json_loadb(text, length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &problem);
    if (*tree == NULL) {
        char place[64];
        snprintf(place, sizeof place, "%d:%d", problem.line, problem.column);
        return failure_of(L, aluno_reason_of(ALUNO_REASON_JSON_SYNTAX), place);
    }
    push_value(L, *tree);
    json_decref(*tree);
    *tree = NULL;
    return 1;
}

void json_set_functions(lua_State *L)
{
    static const luaL_Reg functions[] = {{"decode", decode}, {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    luaL_newmetatable(L, ARRAY_METATABLE);
    lua_setfield(L, -2, "array_metatable");
    lua_setfield(L, -2, "json");
}
