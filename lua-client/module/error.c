/* Errors of the SDK, and those that are found here, as tables. */
#include "error.h"
#include "convert.h"
#include "functions.h"
#include "settings.h"
#include "table.h"

void error_set_messages(lua_State *L, const char *list, const aluno_violation *items, size_t count,
                        aluno_language language)
{
    lua_getfield(L, -1, list);
    for (size_t i = 0; i < count; i++) {
        char message[512];
        aluno_violation_message(&items[i], language, message, sizeof message);
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        table_set_text(L, "message", message);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

int error_push(lua_State *L, aluno_error *error, aluno_language language)
{
    const bool violations = error->has.violations;
    error->has.violations = false; /* scripts get them as a list, so the message does not repeat the first */
    aluno_error_translate(error, language);
    error->has.violations = violations;
    lua_pushnil(L);
    convert_push(L, &aluno_error_type, error);
    if (violations)
        error_set_messages(L, "violations", error->violations.items, error->violations.count, language);
    table_set_text(L, "code", aluno_code_name(error->code));
    table_set_text(L, "remedy", aluno_remedy(error->reason, language));
    table_set_bool(L, "retryable", aluno_error_is_retryable(error));
    luaL_setmetatable(L, ERROR_METATABLE);
    return 2;
}

int error_push_reason(lua_State *L, aluno_reason reason, const char *detail)
{
    aluno_error error = {0};
    aluno_error_set(&error, reason, detail);
    return error_push(L, &error, setting_default_language());
}

bool error_reason_named(const char *name, aluno_reason *reason)
{
    for (int i = 0; i < ALUNO_REASON_COUNT; i++) {
        *reason = (aluno_reason)i;
        if (strcmp(aluno_reason_of(*reason)->name, name) == 0)
            return true;
    }
    return false;
}

/* fail(name of a reason[, detail]) -> nil, error: how the module's Lua files fail. */
static int fail(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1), *detail = luaL_optstring(L, 2, NULL);
    aluno_reason reason;
    if (!error_reason_named(name, &reason))
        return luaL_argerror(L, 1, lua_pushfstring(L, "the contract has no reason '%s'", name));
    return error_push_reason(L, reason, detail);
}

const luaL_Reg error_functions[] = {{"fail", fail}, {NULL, NULL}};
