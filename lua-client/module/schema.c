/* The contract as tables: REPL, forms, flags and help are loops over `schema`. */
#include "schema.h"
#include "convert.h"
#include "error.h"
#include "functions.h"
#include "settings.h"
#include "table.h"
#include "written.h"

static const char *const rule_names[] = {
#define ALUNO_RULE(name, ...) #name,
#include <aluno/contract.def>
};

static const char *const effect_names[] = {
    [ALUNO_READS] = "reads", [ALUNO_SCANS] = "scans", [ALUNO_MUTATES] = "mutates"};

/* ---- the tables ---- */

static void set_texts(lua_State *L, const char *key, const char *en, const char *pt)
{
    lua_createtable(L, 0, 2);
    table_set_text(L, "en", en);
    table_set_text(L, "pt", pt);
    lua_setfield(L, -2, key);
}

static void push_field(lua_State *L, const aluno_field_desc *field)
{
    lua_createtable(L, 0, 10);
    table_set_text(L, "name", field->name);
    table_set_text(L, "name_pt", field->name_pt);
    table_set_text(L, "kind", aluno_kind_name(field->kind));
    table_set_text(L, "presence", aluno_presence_name(field->presence));
    table_set_integer(L, "min", field->min);
    table_set_integer(L, "max", field->max);
    table_set_text(L, "rule", rule_names[field->rule]);
    set_texts(L, "rule_text", aluno_rule_text(field->rule, ALUNO_EN), aluno_rule_text(field->rule, ALUNO_PT));
    set_texts(L, "label", field->label[ALUNO_EN], field->label[ALUNO_PT]);
    if (field->type != NULL)
        table_set_text(L, "type", field->type->name);
    if (field->mask != ALUNO_MASK_none)
        table_set_text(L, "sensitive", aluno_mask_name(field->mask));
    if (field->role != ALUNO_ROLE_none)
        table_set_text(L, "role", aluno_role_name(field->role));
}

/* Indexes the row on top of the stack by that name, in the table below it. */
static void set_by_name(lua_State *L, const char *name)
{
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, name);
}

static void push_message(lua_State *L, const aluno_message_desc *message)
{
    lua_createtable(L, 0, 4);
    table_set_text(L, "name", message->name);
    table_set_text(L, "doc", message->doc);
    lua_createtable(L, (int)message->field_count, 0);
    lua_createtable(L, 0, 2 * (int)message->field_count);
    for (size_t i = 0; i < message->field_count; i++) {
        push_field(L, &message->fields[i]);
        set_by_name(L, message->fields[i].name);
        set_by_name(L, message->fields[i].name_pt);
        lua_rawseti(L, -3, (lua_Integer)i + 1);
    }
    lua_setfield(L, -3, "by_name");
    lua_setfield(L, -2, "fields");
}

const char *schema_short_name(const aluno_method_desc *method)
{
    return strrchr(method->name, '/') + 1;
}

static void push_method(lua_State *L, const aluno_method_desc *method)
{
    lua_createtable(L, 0, 8);
    table_set_text(L, "name", method->name);
    table_set_text(L, "short_name", schema_short_name(method));
    table_set_text(L, "request", method->request->name);
    table_set_text(L, "reply", method->reply->name);
    table_set_text(L, "effect", effect_names[method->effect]);
    table_set_text(L, "role", aluno_role_name(method->role));
    set_texts(L, "verb", method->verb[ALUNO_EN], method->verb[ALUNO_PT]);
    set_texts(L, "doc", method->doc[ALUNO_EN], method->doc[ALUNO_PT]);
}

/* {CPF_TAKEN = {code = "ALREADY_EXISTS", text = {…}, remedy = {…}}, …} */
static void push_reasons(lua_State *L)
{
    lua_createtable(L, 0, ALUNO_REASON_COUNT);
    for (int i = 0; i < ALUNO_REASON_COUNT; i++) {
        const aluno_reason_desc *reason = aluno_reason_of((aluno_reason)i);
        lua_createtable(L, 0, 3);
        table_set_text(L, "code", aluno_code_name(reason->code));
        set_texts(L, "text", reason->text[ALUNO_EN], reason->text[ALUNO_PT]);
        set_texts(L, "remedy", reason->remedy[ALUNO_EN], reason->remedy[ALUNO_PT]);
        lua_setfield(L, -2, reason->name);
    }
}

/* Pushes the methods in the contract's order, and then the table of them by each of their names. */
static void push_methods(lua_State *L)
{
    lua_createtable(L, ALUNO_METHOD_COUNT, 0);
    lua_createtable(L, 0, 4 * ALUNO_METHOD_COUNT);
    for (int i = 0; i < ALUNO_METHOD_COUNT; i++) {
        const aluno_method_desc *const method = aluno_method_of((aluno_method_id)i);
        push_method(L, method);
        set_by_name(L, method->name);
        set_by_name(L, schema_short_name(method));
        set_by_name(L, method->verb[ALUNO_EN]);
        set_by_name(L, method->verb[ALUNO_PT]);
        lua_rawseti(L, -3, i + 1);
    }
}

void schema_push(lua_State *L)
{
    lua_createtable(L, 0, 4);
    push_methods(L);
    lua_setfield(L, -3, "by_name");
    lua_setfield(L, -2, "methods");
    size_t count;
    const aluno_message_desc *const *messages = aluno_messages(&count);
    lua_createtable(L, 0, (int)count);
    for (size_t i = 0; i < count; i++) {
        push_message(L, messages[i]);
        lua_setfield(L, -2, messages[i]->name);
    }
    lua_setfield(L, -2, "messages");
    push_reasons(L);
    lua_setfield(L, -2, "reasons");
}

/* ---- arguments ---- */

static const aluno_message_desc *check_message(lua_State *L, int index)
{
    const char *name = luaL_checkstring(L, index);
    size_t count;
    const aluno_message_desc *const *messages = aluno_messages(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(messages[i]->name, name) == 0)
            return messages[i];
    luaL_argerror(L, index, lua_pushfstring(L, "the contract has no message '%s'", name));
    return NULL;
}

static const aluno_field_desc *check_field(lua_State *L, int index, const aluno_message_desc *type)
{
    size_t length;
    const char *name = luaL_checklstring(L, index, &length);
    const aluno_field_desc *field = aluno_field_named(type, name, length);
    if (field == NULL)
        luaL_argerror(L, index, lua_pushfstring(L, "%s has no field '%s'", type->name, name));
    return field;
}

const aluno_method_desc *schema_check_method(lua_State *L, int index)
{
    size_t length;
    const char *name = luaL_checklstring(L, index, &length);
    const aluno_method_desc *method = aluno_method_named(name, length);
    if (method == NULL)
        luaL_argerror(L, index, lua_pushfstring(L, "the contract has no method '%s'", name));
    return method;
}

bool schema_needs_request(const aluno_method_desc *method)
{
    for (size_t i = 0; i < method->request->field_count; i++) {
        const aluno_presence presence = method->request->fields[i].presence;
        if (presence == ALUNO_REQUIRED || presence == ALUNO_KEY || presence == ALUNO_PARTIAL)
            return true;
    }
    return false;
}

/* ---- functions ---- */

/* Pushes nil and the error of the table at `index`. */
static int fail(lua_State *L, int index, const aluno_message_desc *type, aluno_error *error)
{
    const int results = error_push(L, error, setting_default_language());
    written_set(L, "violations", index, type);
    return results;
}

/* validate(message name, table[, field name]) -> table, normalised | nil, error.
 * With a field's name, validates that field alone, as a form does while it is filled in. */
static int validate(lua_State *L)
{
    const aluno_message_desc *type = check_message(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    const aluno_field_desc *field = lua_isnoneornil(L, 3) ? NULL : check_field(L, 3, type);
    aluno_error error = {0};
    void *message = convert_read(L, 2, type, &error);
    if (field == NULL) {
        aluno_validate_read(type, message, (aluno_code)error.code, &error);
    } else if (error.code == ALUNO_OK) {
        luaL_argcheck(L, *aluno_has(field, message), 2, "the field to validate is not set");
        aluno_validate_field(field, message, &error);
    }
    if (error.code != ALUNO_OK)
        return fail(L, 2, type, &error);
    convert_push(L, type, message);
    return 1;
}

/* message_json(message name, table) -> one line of JSON | nil, error: of any table that reads as that
 * message, whatever its rules say. */
static int message_json(lua_State *L)
{
    const aluno_message_desc *type = check_message(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    aluno_error error = {0};
    const void *message = convert_read(L, 2, type, &error);
    if (error.code != ALUNO_OK)
        return fail(L, 2, type, &error);
    const size_t length = aluno_to_json(type, message, ALUNO_WHOLE, NULL, 0);
    luaL_Buffer text;
    aluno_to_json(type, message, ALUNO_WHOLE, luaL_buffinitsize(L, &text, length + 1), length + 1);
    luaL_pushresultsize(&text, length);
    return 1;
}

/* request_json(method name, table) -> the line that shows the request as a call would send it | nil, error */
static int request_json(lua_State *L)
{
    const aluno_method_desc *method = schema_check_method(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    aluno_error error = {0};
    void *request = convert_read(L, 2, method->request, &error);
    if (aluno_validate_read(method->request, request, (aluno_code)error.code, &error) != ALUNO_OK)
        return fail(L, 2, method->request, &error);
    const size_t length = aluno_request_to_json(method, request, ALUNO_WHOLE, NULL, 0);
    luaL_Buffer text;
    aluno_request_to_json(method, request, ALUNO_WHOLE, luaL_buffinitsize(L, &text, length + 1), length + 1);
    luaL_pushresultsize(&text, length);
    return 1;
}

/* set_metatable("Student", table): of the messages of that type that are pushed from now on */
static int set_metatable(lua_State *L)
{
    lua_settop(L, 2);
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_rawsetp(L, LUA_REGISTRYINDEX, check_message(L, 1));
    return 0;
}

static const char *const mask_names[] = {
#define ALUNO_MASK(name, ...) #name,
#include <aluno/contract.def>
    NULL,
};

/* mask("cpf", "52998224725") -> "***.982.247-**": a field's `sensitive`, and its value */
static int mask(lua_State *L)
{
    const aluno_mask which = (aluno_mask)luaL_checkoption(L, 1, NULL, mask_names);
    size_t length;
    const char *text = luaL_checklstring(L, 2, &length);
    const size_t size = length + sizeof "***.982.247-**";
    luaL_Buffer masked;
    char *out = luaL_buffinitsize(L, &masked, size);
    aluno_mask_text(which, text, out, size);
    luaL_pushresultsize(&masked, strlen(out));
    return 1;
}

/* is_masked("cpf", text) -> whether it is what mask makes, and no value */
static int is_masked(lua_State *L)
{
    const aluno_mask which = (aluno_mask)luaL_checkoption(L, 1, NULL, mask_names);
    lua_pushboolean(L, aluno_is_masked(which, luaL_checkstring(L, 2)));
    return 1;
}

const luaL_Reg schema_functions[] = {{"validate", validate},
                                     {"message_json", message_json},
                                     {"request_json", request_json},
                                     {"set_metatable", set_metatable},
                                     {"mask", mask},
                                     {"is_masked", is_masked},
                                     {NULL, NULL}};
