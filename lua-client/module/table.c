/* Reads tables of options, and fills tables of results. */
#include "table.h"
#include "settings.h"

#include <string.h>

void option_check_names(lua_State *L, int index, const char *const *names)
{
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : luaL_typename(L, -2);
        const char *const *name = names;
        while (*name != NULL && strcmp(*name, key) != 0)
            name++;
        if (*name == NULL)
            luaL_argerror(L, index, lua_pushfstring(L, "there is no option '%s'", key));
        lua_pop(L, 1);
    }
}

bool option_push(lua_State *L, int index, const char *name, int type)
{
    const int found = lua_getfield(L, index, name);
    if (found != LUA_TNIL && found != type)
        luaL_argerror(L, index,
                      lua_pushfstring(L, "option '%s' must be a %s, not a %s", name, lua_typename(L, type),
                                      lua_typename(L, found)));
    return found != LUA_TNIL;
}

const char *option_text(lua_State *L, int index, const char *name)
{
    const char *text = option_push(L, index, name, LUA_TSTRING) ? lua_tostring(L, -1) : NULL;
    lua_pop(L, 1);
    return text;
}

int64_t option_milliseconds(lua_State *L, int index, const char *name)
{
    const bool given = option_push(L, index, name, LUA_TNUMBER);
    int64_t milliseconds = 0;
    luaL_argcheck(L, !given || setting_milliseconds(lua_tonumber(L, -1), &milliseconds), index,
                  "option 'timeout' must be from 0.001 to 86400 seconds");
    lua_pop(L, 1);
    return milliseconds;
}

bool option_bool(lua_State *L, int index, const char *name)
{
    const bool value = option_push(L, index, name, LUA_TBOOLEAN) && lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

int64_t option_milliseconds_argument(lua_State *L, int index)
{
    int64_t milliseconds = 0;
    luaL_argcheck(
        L, lua_isnoneornil(L, index) || setting_milliseconds(luaL_checknumber(L, index), &milliseconds),
        index, "must be from 0.001 to 86400 seconds");
    return milliseconds;
}

void table_set_text(lua_State *L, const char *key, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, key);
}

void table_set_integer(lua_State *L, const char *key, int64_t number)
{
    lua_pushinteger(L, number);
    lua_setfield(L, -2, key);
}

void table_set_bool(lua_State *L, const char *key, bool value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, key);
}
