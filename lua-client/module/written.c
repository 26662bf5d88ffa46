/* Translates the paths of violations back to the caller's keys. */
#include "written.h"

#include <stdlib.h>

static bool has_key(lua_State *L, int table, const char *key)
{
    lua_pushstring(L, key);
    const bool has = lua_rawget(L, table) != LUA_TNIL;
    lua_pop(L, 1);
    return has;
}

/* The key that holds the field; NULL when none does. */
static const char *key_of(lua_State *L, int table, const aluno_field_desc *field)
{
    if (has_key(L, table, field->name_pt))
        return field->name_pt;
    return has_key(L, table, field->name) ? field->name : NULL;
}

static bool is_portuguese(lua_State *L, int table, const aluno_message_desc *type)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const aluno_field_desc *field = &type->fields[i];
        if (strcmp(field->name, field->name_pt) != 0 && has_key(L, table, field->name_pt))
            return true;
    }
    return false;
}

static const aluno_field_desc *first_field(const aluno_message_desc *type, const char *path)
{
    return aluno_field_named(type, path, strcspn(path, ".["));
}

/* Whether the field of a nested message is, or would be, among the outer keys: the nested table, on top of
 * the stack, is nil or lacks it. */
static bool is_flat(lua_State *L, int table, const aluno_field_desc *outer, const char *path)
{
    const aluno_field_desc *field = first_field(outer->type, path);
    if (outer->kind != ALUNO_KIND_ONE || lua_isnil(L, -1))
        return outer->kind == ALUNO_KIND_ONE;
    const bool is_nested = field == NULL || !lua_istable(L, -1) || key_of(L, lua_gettop(L), field) != NULL;
    return !is_nested && key_of(L, table, field) != NULL;
}

static void push_written(lua_State *L, int table, const aluno_message_desc *type, const char *path);

/* Pushes what a key, "[0]" or "" and a path come to; the key and its value are on top, and are popped. */
static void push_nested(lua_State *L, const aluno_message_desc *type, const char *item, const char *path)
{
    if (*item == '[' && lua_istable(L, -1)) {
        lua_rawgeti(L, -1, (lua_Integer)strtol(item + 1, NULL, 10) + 1); /* a path counts from 0 */
        lua_remove(L, -2);
    }
    lua_pushlstring(L, item, (size_t)(path - item));
    lua_insert(L, -2);
    if (lua_istable(L, -1))
        push_written(L, lua_gettop(L), type, path);
    else
        lua_pushstring(L, path);
    lua_remove(L, -2);
    lua_concat(L, 3);
}

/* Pushes the path as it is written in the table. */
static void push_written(lua_State *L, int table, const aluno_message_desc *type, const char *path)
{
    const aluno_field_desc *field = first_field(type, path);
    luaL_checkstack(L, 8, "a path this deep");
    if (field == NULL) {
        lua_pushstring(L, path);
        return;
    }
    const char *key = key_of(L, table, field), *item = path + strcspn(path, ".["), *dot = strchr(item, '.');
    if (key == NULL)
        key = is_portuguese(L, table, type) ? field->name_pt : field->name;
    lua_pushstring(L, key);
    if (dot == NULL) {
        lua_pushstring(L, item);
        lua_concat(L, 2);
        return;
    }
    lua_pushvalue(L, -1);
    lua_rawget(L, table);
    if (!is_flat(L, table, field, dot + 1)) {
        push_nested(L, field->type, item, dot + 1);
        return;
    }
    lua_pop(L, 2);
    push_written(L, table, field->type, dot + 1);
}

void written_set(lua_State *L, const char *list, int index, const aluno_message_desc *type)
{
    index = lua_absindex(L, index);
    lua_getfield(L, -1, list);
    const int items = lua_gettop(L);
    for (lua_Integer i = 1; lua_rawgeti(L, items, i) == LUA_TTABLE; i++) {
        lua_getfield(L, -1, "field");
        push_written(L, index, type, lua_tostring(L, -1));
        lua_setfield(L, -3, "written");
        lua_settop(L, items);
    }
    lua_settop(L, items - 1);
}
