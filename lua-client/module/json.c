/* aluno.json: any JSON, read and written by jansson.
 *
 * A list that was read has ARRAY_METATABLE, so that it is written as a list again even when it is empty. */
#include "error.h"
#include "functions.h"
#include "table.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>

#define ARRAY_METATABLE "aluno.json_array"
#define TREE_METATABLE  "aluno.json_tree"

enum { DEPTH_MAX = 200, INDENT_MAX = 16, METATABLE_INDEX = 3 /* of ARRAY_METATABLE in encode */ };

/* ---- trees of jansson's ---- */

static int free_tree(lua_State *L)
{
    json_t **tree = luaL_checkudata(L, 1, TREE_METATABLE);
    json_decref(*tree);
    *tree = NULL;
    return 0;
}

/* Pushes the owner of a tree, which frees it also when Lua runs out of memory. */
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

/* ---- reading ---- */

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

/* json.decode(text) -> value | nil, error. The error names the position alone, since the text may hold
 * personal data. */
static int decode(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    json_t **tree = push_tree(L);
    json_error_t problem;
    *tree = json_loadb(text, length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &problem);
    if (*tree == NULL) {
        char position[64];
        snprintf(position, sizeof position, "%d:%d", problem.line, problem.column);
        return error_push_reason(L, ALUNO_REASON_JSON_SYNTAX, position);
    }
    push_value(L, *tree);
    return 1;
}

/* ---- writing ---- */

/* Each function takes the Lua value on top of the stack. A new node is added to the tree before it is filled,
 * so that an error may be raised anywhere. */

static json_t *number_to_json(lua_State *L, bool *is_short)
{
    if (lua_isinteger(L, -1))
        return json_integer(lua_tointeger(L, -1));
    const double number = lua_tonumber(L, -1);
    if (!isfinite(number))
        luaL_error(L, "JSON has no number %s", isnan(number) ? "nan" : number > 0 ? "inf" : "-inf");
    char text[32];
    snprintf(text, sizeof text, "%.15g", number);
    double back = 0;
    *is_short = *is_short && sscanf(text, "%lf", &back) == 1 && !(back < number || back > number);
    return json_real(number);
}

static const char *check_utf8(lua_State *L, int index, size_t *length)
{
    const char *const text = lua_tolstring(L, index, length);
    if (!aluno_utf8_valid(text, *length))
        luaL_error(L, "JSON has no text that is not UTF-8");
    return text;
}

static bool is_list(lua_State *L)
{
    const int top = lua_gettop(L);
    const bool is_array = lua_getmetatable(L, top) && lua_rawequal(L, -1, METATABLE_INDEX);
    const bool has_first = lua_rawgeti(L, top, 1) != LUA_TNIL;
    lua_settop(L, top);
    return is_array || has_first;
}

/* The value's JSON; of a table, what is to be filled. *is_short: every number so far needs 15 digits at most.
 */
static json_t *to_json(lua_State *L, bool *is_short)
{
    size_t length;
    const char *text;
    switch (lua_type(L, -1)) {
    case LUA_TSTRING:
        text = check_utf8(L, -1, &length);
        return json_stringn(text, length);
    case LUA_TNUMBER:
        return number_to_json(L, is_short);
    case LUA_TBOOLEAN:
        return json_boolean(lua_toboolean(L, -1));
    case LUA_TTABLE:
        return is_list(L) ? json_array() : json_object();
    default:
        if (!lua_islightuserdata(L, -1) || lua_touserdata(L, -1) != NULL)
            luaL_error(L, "JSON has no %s", luaL_typename(L, -1));
        return json_null();
    }
}

static void check_memory(lua_State *L, bool enough)
{
    if (!enough)
        luaL_error(L, "out of memory");
}

static void fill(lua_State *L, json_t *json, int depth, bool *is_short);

static void fill_list(lua_State *L, json_t *list, int depth, bool *is_short)
{
    const lua_Integer count = (lua_Integer)lua_rawlen(L, -1);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, -1, i);
        json_t *const item = to_json(L, is_short);
        check_memory(L, json_array_append_new(list, item) == 0);
        fill(L, item, depth + 1, is_short);
        lua_pop(L, 1);
    }
}

static void fill_object(lua_State *L, json_t *object, int depth, bool *is_short)
{
    size_t length;
    for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "a key of a JSON object is a %s", luaL_typename(L, -2));
        const char *const key = check_utf8(L, -2, &length);
        json_t *const member = to_json(L, is_short);
        check_memory(L, json_object_setn_new(object, key, length, member) == 0);
        fill(L, member, depth + 1, is_short);
    }
}

static void fill(lua_State *L, json_t *json, int depth, bool *is_short)
{
    if (!lua_istable(L, -1))
        return;
    if (depth > DEPTH_MAX)
        luaL_error(L, "the tables are nested too deep for JSON");
    luaL_checkstack(L, 4, "tables nested this deep");
    (json_is_array(json) ? fill_list : fill_object)(L, json, depth, is_short);
}

static size_t read_indent(lua_State *L)
{
    if (lua_isnoneornil(L, 2))
        return 0;
    luaL_checktype(L, 2, LUA_TTABLE);
    int is_whole = true;
    const lua_Integer indent =
        option_push(L, 2, "indent", LUA_TNUMBER) ? lua_tointegerx(L, -1, &is_whole) : 0;
    luaL_argcheck(L, is_whole && indent >= 0 && indent <= INDENT_MAX, 2,
                  "option 'indent' must be from 0 to 16");
    return (size_t)indent;
}

/* json.encode(value[, {indent = 2}]) -> text, its keys in order. Raises for what has no form in JSON. */
static int encode(lua_State *L)
{
    luaL_checkany(L, 1);
    const size_t indent = read_indent(L);
    lua_settop(L, 1);
    json_t **tree = push_tree(L);
    luaL_getmetatable(L, ARRAY_METATABLE);
    lua_pushvalue(L, 1);
    bool is_short = true;
    *tree = to_json(L, &is_short);
    check_memory(L, *tree != NULL);
    fill(L, *tree, 0, &is_short);
    const size_t precision = is_short ? 15 : 17;
    const size_t flags =
        JSON_ENCODE_ANY | JSON_SORT_KEYS | JSON_INDENT(indent) | JSON_REAL_PRECISION(precision);
    const size_t length = json_dumpb(*tree, NULL, 0, flags);
    luaL_Buffer text;
    json_dumpb(*tree, luaL_buffinitsize(L, &text, length), length, flags);
    luaL_pushresultsize(&text, length);
    return 1;
}

/* json.array(list) -> the list, which is written as [] even when it is empty */
static int mark_array(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    luaL_newmetatable(L, ARRAY_METATABLE);
    lua_setmetatable(L, 1);
    return 1;
}

const luaL_Reg json_functions[] = {
    {"decode", decode}, {"encode", encode}, {"array", mark_array}, {NULL, NULL}};
