/* Expected failures, found here or by the SDK, as scripts get them. */
#include "failure.h"
#include "convert.h"

void failure_set(aluno_error *error, aluno_reason reason, const char *detail)
{
    const aluno_reason_info *info = aluno_reason_of(reason);
    aluno_clear(&aluno_error_type, error);
    error->violations.count = 0;
    ALUNO_SET(*error, code, info->code);
    ALUNO_SET_TEXT(*error, reason, info->name);
    error->has.message = true;
    if (detail != NULL)
        ALUNO_SET_TEXT(*error, detail, detail);
}

void failure_violate(aluno_error *error, const char *field, aluno_reason reason, const char *detail)
{
    const size_t capacity = sizeof error->violations.items / sizeof *error->violations.items;
    if (!error->has.code)
        failure_set(error, ALUNO_REASON_FIELDS_INVALID, NULL);
    if (error->violations.count >= capacity)
        return;
    aluno_violation *violation = &error->violations.items[error->violations.count++];
    error->has.violations = true;
    aluno_clear(&aluno_violation_type, violation);
    ALUNO_SET_TEXT(*violation, field, field);
    ALUNO_SET_TEXT(*violation, reason, aluno_reason_of(reason)->name);
    if (detail != NULL)
        ALUNO_SET_TEXT(*violation, detail, detail);
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
