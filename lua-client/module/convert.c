/* Lua tables to messages of the contract and back: one loop over the descriptor serves every message. */
#include "convert.h"

#include <stdio.h>

/* The context that every step of reading a table needs. */
typedef struct reader {
    lua_State *L;
    aluno_error *error;
} reader;

/* Which field: "student.name". Longer than what a violation names, which is cut between characters: a key may
 * be of any length. */
typedef struct path {
    char text[sizeof((aluno_violation *)NULL)->field + 1];
} path;

static path join(const char *prefix, const char *name)
{
    path joined;
    snprintf(joined.text, sizeof joined.text, "%.64s%s%s", prefix, *prefix == '\0' ? "" : ".", name);
    return joined;
}

static void read_table(const reader *r, int index, const aluno_message_desc *type, void *message,
                       const char *prefix);

static const aluno_field_desc *find_field(const aluno_message_desc *type, const char *name, size_t length)
{
    const aluno_field_desc *field = aluno_field_named(type, name, length);
    for (size_t i = 0; field == NULL && i < type->field_count; i++)
        if (strlen(type->fields[i].name_pt) == length && memcmp(type->fields[i].name_pt, name, length) == 0)
            field = &type->fields[i];
    return field;
}

/* The first field that holds a nested message: where keys go that the message itself lacks. */
static const aluno_field_desc *inner_field(const aluno_message_desc *type)
{
    for (size_t i = 0; i < type->field_count; i++)
        if (type->fields[i].kind == ALUNO_KIND_ONE)
            return &type->fields[i];
    return NULL;
}

/* The nested message of a ONE field, set from now on; what it holds already stays. */
static void *open_nested(const aluno_field_desc *field, void *message)
{
    void *nested = aluno_value(field, message);
    if (!*aluno_has(field, message))
        aluno_clear(field->type, nested);
    *aluno_has(field, message) = true;
    return nested;
}

/* Whether the value on top of the stack is of that kind. */
static bool has_kind(lua_State *L, aluno_kind kind)
{
    static const int types[] = {[ALUNO_KIND_INT] = LUA_TNUMBER,
                                [ALUNO_KIND_BOOL] = LUA_TBOOLEAN,
                                [ALUNO_KIND_TEXT] = LUA_TSTRING,
                                [ALUNO_KIND_ONE] = LUA_TTABLE,
                                [ALUNO_KIND_LIST] = LUA_TTABLE};
    int whole = true;
    if (kind == ALUNO_KIND_INT)
        lua_tointegerx(L, -1, &whole);
    return whole && lua_type(L, -1) == types[kind];
}

static void refuse_kind(const reader *r, aluno_kind kind, const char *where)
{
    char detail[64];
    snprintf(detail, sizeof detail, "%s != %s", luaL_typename(r->L, -1), aluno_kind_name(kind));
    aluno_error_add_violation(r->error, where, ALUNO_REASON_FIELD_KIND, detail);
}

/* Whether the length is within the field's bound; else adds a violation. */
static bool check_length(const reader *r, const aluno_field_desc *field, aluno_reason reason,
                         const char *where, size_t length)
{
    char detail[64];
    if (length <= (size_t)field->max)
        return true;
    snprintf(detail, sizeof detail, "%zu > %lld", length, (long long)field->max);
    aluno_error_add_violation(r->error, where, reason, detail);
    return false;
}

/* read_text and read_list return whether the field is set now. */
static bool read_text(const reader *r, const aluno_field_desc *field, void *value, const char *where)
{
    size_t length;
    const char *text = lua_tolstring(r->L, -1, &length);
    if (memchr(text, '\0', length) != NULL) {
        aluno_error_add_violation(r->error, where, ALUNO_REASON_TEXT_NUL, NULL);
        return false;
    }
    if (!check_length(r, field, ALUNO_REASON_TEXT_TOO_LONG, where, length))
        return false;
    memcpy(value, text, length + 1);
    return true;
}

static bool read_list(const reader *r, const aluno_field_desc *field, void *message, const char *where)
{
    const size_t count = lua_rawlen(r->L, -1);
    if (!check_length(r, field, ALUNO_REASON_LIST_TOO_LONG, where, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        path item;
        snprintf(item.text, sizeof item.text, "%.64s[%zu]", where, i); /* from 0, as the service says it */
        aluno_clear(field->type, aluno_item(field, message, i));
        if (lua_rawgeti(r->L, -1, (lua_Integer)i + 1) == LUA_TTABLE)
            read_table(r, lua_gettop(r->L), field->type, aluno_item(field, message, i), item.text);
        else
            refuse_kind(r, ALUNO_KIND_ONE, item.text);
        lua_pop(r->L, 1);
    }
    *aluno_count(field, message) = count;
    return true;
}

/* Reads the value on top of the stack into a field. */
static void read_value(const reader *r, const aluno_field_desc *field, void *message, const char *prefix)
{
    const path where = join(prefix, field->name);
    void *const value = aluno_value(field, message);
    bool *const has = aluno_has(field, message);
    /* A nested message may be given whole and in parts; anything else, once ("nome" is "name" again). */
    if (field->kind != ALUNO_KIND_ONE && *has) {
        aluno_error_add_violation(r->error, where.text, ALUNO_REASON_FIELD_DUPLICATE, NULL);
        return;
    }
    if (!has_kind(r->L, field->kind)) {
        refuse_kind(r, field->kind, where.text);
        return;
    }
    switch (field->kind) {
    case ALUNO_KIND_INT:
        *(int64_t *)value = lua_tointeger(r->L, -1);
        *has = true;
        break;
    case ALUNO_KIND_BOOL:
        *(bool *)value = lua_toboolean(r->L, -1);
        *has = true;
        break;
    case ALUNO_KIND_TEXT:
        *has = read_text(r, field, value, where.text);
        break;
    case ALUNO_KIND_ONE:
        read_table(r, lua_gettop(r->L), field->type, open_nested(field, message), where.text);
        break;
    case ALUNO_KIND_LIST:
        *has = read_list(r, field, message, where.text);
        break;
    }
}

/* Reads the pair that lua_next left on the stack: the key, and on top its value. */
static void read_pair(const reader *r, const aluno_message_desc *type, void *message, const char *prefix)
{
    if (lua_type(r->L, -2) != LUA_TSTRING) {
        aluno_error_add_violation(r->error, join(prefix, "[]").text, ALUNO_REASON_FIELD_UNKNOWN,
                                  luaL_typename(r->L, -2));
        return;
    }
    size_t length;
    const char *name = lua_tolstring(r->L, -2, &length);
    const aluno_field_desc *field = find_field(type, name, length);
    if (field != NULL) {
        read_value(r, field, message, prefix);
        return;
    }
    const aluno_field_desc *inner = inner_field(type);
    field = inner == NULL ? NULL : find_field(inner->type, name, length);
    if (field != NULL)
        read_value(r, field, open_nested(inner, message), join(prefix, inner->name).text);
    else
        aluno_error_add_violation(r->error, join(prefix, name).text, ALUNO_REASON_FIELD_UNKNOWN, NULL);
}

static void read_table(const reader *r, int index, const aluno_message_desc *type, void *message,
                       const char *prefix)
{
    luaL_checkstack(r->L, 4, "a table nested this deep");
    lua_pushnil(r->L);
    while (lua_next(r->L, index) != 0) {
        read_pair(r, type, message, prefix);
        lua_pop(r->L, 1);
    }
}

void *convert_read(lua_State *L, int index, const aluno_message_desc *type, aluno_error *error)
{
    index = lua_absindex(L, index);
    void *message = lua_newuserdatauv(L, type->size, 0);
    aluno_clear(type, message);
    read_table(&(reader){L, error}, index, type, message, "");
    return message;
}

static void push_list(lua_State *L, const aluno_field_desc *field, const void *message)
{
    const size_t count = *aluno_has(field, message) ? *aluno_count(field, message) : 0;
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        convert_push(L, field->type, aluno_item(field, message, i));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

static void push_value(lua_State *L, const aluno_field_desc *field, const void *message)
{
    const void *value = aluno_value(field, message);
    switch (field->kind) {
    case ALUNO_KIND_INT:
        lua_pushinteger(L, *(const int64_t *)value);
        break;
    case ALUNO_KIND_BOOL:
        lua_pushboolean(L, *(const bool *)value);
        break;
    case ALUNO_KIND_TEXT:
        lua_pushstring(L, value);
        break;
    case ALUNO_KIND_ONE:
        convert_push(L, field->type, value);
        break;
    case ALUNO_KIND_LIST:
        push_list(L, field, message);
        break;
    }
}

void convert_push(lua_State *L, const aluno_message_desc *type, const void *message)
{
    luaL_checkstack(L, 4, "a message nested this deep");
    lua_createtable(L, 0, (int)type->field_count);
    for (size_t i = 0; i < type->field_count; i++) {
        const aluno_field_desc *field = &type->fields[i];
        if (!*aluno_has(field, message) && field->kind != ALUNO_KIND_LIST)
            continue;
        push_value(L, field, message);
        lua_setfield(L, -2, field->name);
    }
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, type) == LUA_TTABLE)
        lua_setmetatable(L, -2);
    else
        lua_pop(L, 1);
}
