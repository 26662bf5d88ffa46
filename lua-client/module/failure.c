/* Expected failures, found here or by the SDK, as scripts get them. */
#include "failure.h"
#include "convert.h"
#include "settings.h"

static void set(aluno_error *error, const aluno_reason_desc *reason, const char *detail)
{
    aluno_clear(&aluno_error_type, error);
    error->violations.count = 0;
    ALUNO_SET(*error, code, reason->code);
    ALUNO_SET_TEXT(*error, reason, reason->name);
    error->has.message = true;
    if (detail != NULL)
        ALUNO_SET_TEXT(*error, detail, detail);
}

void failure_set(aluno_error *error, aluno_reason reason, const char *detail)
{
    set(error, aluno_reason_of(reason), detail);
}

void failure_violate(aluno_error *error, const char *field, aluno_reason reason, const char *detail)
{
    const size_t capacity = sizeof error->violations.items / sizeof *error->violations.items;
    if (!error->has.code)
        failure_set(error, ALUNO_REASON_FIELDS_INVALID, NULL);
    if (error->violations.count >= capacity) {
        ALUNO_SET_TEXT(*error, detail, "> 32");
        return;
    }
    aluno_violation *violation = &error->violations.items[error->violations.count++];
    error->has.violations = true;
    aluno_clear(&aluno_violation_type, violation);
    ALUNO_SET_TEXT(*violation, field, field);
    ALUNO_SET_TEXT(*violation, reason, aluno_reason_of(reason)->name);
    if (detail != NULL)
        ALUNO_SET_TEXT(*violation, detail, detail);
}

int failure_of(lua_State *L, const aluno_reason_desc *reason, const char *detail)
{
    aluno_error error = {0};
    set(&error, reason, detail);
    return failure_push(L, &error, setting_default_language());
}

int failure_new(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1), *detail = luaL_optstring(L, 2, NULL);
    const aluno_reason_desc *reason = aluno_reason_named(name);
    if (reason == NULL)
        return luaL_argerror(L, 1, lua_pushfstring(L, "the contract has no reason '%s'", name));
    return failure_of(L, reason, detail);
}

int failure_push(lua_State *L, aluno_error *error, aluno_language language)
{
    aluno_error_translate(error, language);
    lua_pushnil(L);
    convert_push(L, &aluno_error_type, error);
    lua_pushstring(L, aluno_code_name(error->code));
    lua_setfield(L, -2, "code");
    lua_pushstring(L, aluno_remedy(error->reason, language));
    lua_setfield(L, -2, "remedy");
    lua_pushboolean(L, aluno_error_is_retryable(error));
    lua_setfield(L, -2, "retryable");
    luaL_setmetatable(L, FAILURE_METATABLE);
    return 2;
}
