/* aluno.json: any JSON, read and written by jansson.
 *
 * A list that was read has ARRAY_METATABLE, so that it is written as a list again even when it is empty. */
#include "error.h"
#include "functions.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>

#define ARRAY_METATABLE "aluno.json_array"
#define TREE_METATABLE  "aluno.json_tree"

enum { DEPTH_MAX = 200, INDENT_MAX = 16 };

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

/* Nothing below raises: a value that has no form in JSON leaves a problem, and NULL is returned. */
typedef struct encoder {
    lua_State *L;
    const void *array_metatable;
    bool is_short; /* 15 digits are enough for every number so far */
    char problem[80];
} encoder;

static json_t *to_json(encoder *e, int depth);

static json_t *refuse(encoder *e, const char *sentence, const char *what)
{
    if (e->problem[0] == '\0')
        snprintf(e->problem, sizeof e->problem, "%s%s", sentence, what);
    return NULL;
}

static json_t *number_to_json(encoder *e)
{
    if (lua_isinteger(e->L, -1))
        return json_integer(lua_tointeger(e->L, -1));
    const double number = lua_tonumber(e->L, -1);
    if (!isfinite(number))
        return refuse(e, "JSON has no number ", isnan(number) ? "nan" : number > 0 ? "inf" : "-inf");
    char text[32];
    snprintf(text, sizeof text, "%.15g", number);
    double back = 0;
    e->is_short = e->is_short && sscanf(text, "%lf", &back) == 1 && !(back < number || back > number);
    return json_real(number);
}

static json_t *text_to_json(encoder *e)
{
    size_t length;
    const char *const text = lua_tolstring(e->L, -1, &length);
    json_t *const json = json_stringn(text, length);
    return json != NULL ? json : refuse(e, "JSON has no text that is not UTF-8", "");
}

static bool is_list(const encoder *e)
{
    const bool has_metatable = lua_getmetatable(e->L, -1);
    const bool is_array = has_metatable && lua_topointer(e->L, -1) == e->array_metatable;
    lua_pop(e->L, has_metatable ? 1 : 0);
    const bool has_first = lua_rawgeti(e->L, -1, 1) != LUA_TNIL;
    lua_pop(e->L, 1);
    return is_array || has_first;
}

static json_t *list_to_json(encoder *e, int depth)
{
    json_t *const list = json_array();
    const size_t count = lua_rawlen(e->L, -1);
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(e->L, -1, (lua_Integer)i + 1);
        const int failed = json_array_append_new(list, to_json(e, depth + 1));
        lua_pop(e->L, 1);
        if (failed)
            goto fail;
    }
    return list;
fail:
    json_decref(list);
    return NULL;
}

static int add_member(encoder *e, json_t *object, int depth)
{
    size_t length;
    if (lua_type(e->L, -2) != LUA_TSTRING) {
        refuse(e, "a key of a JSON object is a ", luaL_typename(e->L, -2));
        return -1;
    }
    const char *const key = lua_tolstring(e->L, -2, &length);
    return json_object_setn_new(object, key, length, to_json(e, depth + 1));
}

static json_t *object_to_json(encoder *e, int depth)
{
    json_t *const object = json_object();
    lua_pushnil(e->L);
    while (lua_next(e->L, -2) != 0) {
        const int failed = add_member(e, object, depth);
        lua_pop(e->L, 1);
        if (failed)
            goto fail;
    }
    return object;
fail:
    lua_pop(e->L, 1);
    json_decref(object);
    return NULL;
}

/* The value on top of the stack. */
static json_t *to_json(encoder *e, int depth)
{
    switch (lua_type(e->L, -1)) {
    case LUA_TSTRING:
        return text_to_json(e);
    case LUA_TNUMBER:
        return number_to_json(e);
    case LUA_TBOOLEAN:
        return json_boolean(lua_toboolean(e->L, -1));
    case LUA_TLIGHTUSERDATA:
        return lua_touserdata(e->L, -1) == NULL ? json_null() : refuse(e, "JSON has no ", "userdata");
    case LUA_TTABLE:
        if (depth > DEPTH_MAX || !lua_checkstack(e->L, 4))
            return refuse(e, "the tables are nested too deep for JSON", "");
        return is_list(e) ? list_to_json(e, depth) : object_to_json(e, depth);
    default:
        return refuse(e, "JSON has no ", luaL_typename(e->L, -1));
    }
}

static size_t read_indent(lua_State *L)
{
    if (lua_isnoneornil(L, 2))
        return 0;
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_getfield(L, 2, "indent");
    const lua_Integer indent = luaL_optinteger(L, -1, 0);
    luaL_argcheck(L, indent >= 0 && indent <= INDENT_MAX, 2, "option 'indent' must be from 0 to 16");
    return (size_t)indent;
}

/* json.encode(value[, {indent = 2}]) -> text, its keys in order. Raises for what has no form in JSON. */
static int encode(lua_State *L)
{
    luaL_checkany(L, 1);
    const size_t indent = read_indent(L);
    json_t **tree = push_tree(L);
    luaL_getmetatable(L, ARRAY_METATABLE);
    encoder e = {.L = L, .array_metatable = lua_topointer(L, -1), .is_short = true};
    lua_pushvalue(L, 1);
    *tree = to_json(&e, 0);
    if (*tree == NULL)
        return luaL_error(L, "%s", e.problem[0] != '\0' ? e.problem : "out of memory");
    const size_t precision = e.is_short ? 15 : 17;
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
