/* CPFs and folded names for scripts, by the SDK. */
#include "values.h"
#include "failure.h"

#include <stdlib.h>

/* Argument 1: text, for a number would have lost a CPF's zeros; without a NUL, where C's functions would
 * stop. */
static const char *check_text(lua_State *L)
{
    size_t length;
    luaL_checktype(L, 1, LUA_TSTRING);
    const char *text = lua_tolstring(L, 1, &length);
    luaL_argcheck(L, strlen(text) == length, 1, "the text holds a NUL byte");
    return text;
}

/* Fails for the violation's reason: where there is but one field, "some fields are not valid" says nothing.
 */
static int fail_with_violation(lua_State *L, const aluno_violation *violation)
{
    return failure_of(L, aluno_reason_named(violation->reason),
                      violation->has.detail ? violation->detail : NULL);
}

/* cpf.parse("529.982.247-25") -> "52998224725" | nil, error. The check digits may be wrong: cpf.check. */
static int cpf_parse(lua_State *L)
{
    static const aluno_message_desc *const type = &aluno_student_type;
    const char *text = check_text(L);
    const aluno_field_desc *field = aluno_field_named(type, "br_document", strlen("br_document"));
    aluno_student student = {0};
    aluno_error error = {0};
    if (!ALUNO_SET_TEXT(student, br_document, text))
        return failure_of(L, aluno_reason_of(ALUNO_REASON_CPF_LENGTH), NULL);
    if (aluno_validate_field(field, &student, &error) != ALUNO_OK)
        return fail_with_violation(L, &error.violations.items[0]);
    lua_pushstring(L, student.br_document);
    return 1;
}

/* cpf.format("52998224725") -> "529.982.247-25" */
static int cpf_format(lua_State *L)
{
    char text[15];
    aluno_cpf_format(check_text(L), text);
    lua_pushstring(L, text);
    return 1;
}

/* cpf.mask("52998224725") -> "***.982.247-**" */
static int cpf_mask(lua_State *L)
{
    char text[15];
    aluno_cpf_mask(check_text(L), text);
    lua_pushstring(L, text);
    return 1;
}

/* cpf.check(digits) -> whether its check digits are right[, the right ones when they are not] */
static int cpf_check(lua_State *L)
{
    char expected[3] = "";
    const bool right = aluno_cpf_check(check_text(L), expected);
    lua_pushboolean(L, right);
    if (right || *expected == '\0')
        return 1;
    lua_pushstring(L, expected);
    return 2;
}

/* fold("João Ávila") -> "joao avila" | nil, error */
static int fold(lua_State *L)
{
    char *folded = aluno_fold(check_text(L));
    if (folded == NULL)
        return failure_of(L, aluno_reason_of(ALUNO_REASON_TEXT_NOT_UTF8), NULL);
    lua_pushstring(L, folded);
    free(folded);
    return 1;
}

void values_set_functions(lua_State *L)
{
    static const luaL_Reg functions[] = {{"fold", fold}, {NULL, NULL}};
    static const luaL_Reg cpf[] = {
        {"parse", cpf_parse}, {"format", cpf_format}, {"mask", cpf_mask}, {"check", cpf_check}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
    luaL_newlib(L, cpf);
    lua_setfield(L, -2, "cpf");
}
