/* Values that need no service: CPFs, names folded as the service folds them, UUIDs. */
#include "error.h"
#include "functions.h"

#include <stdlib.h>

#include <uuid/uuid.h>

/* The namespace of this client's own names: a random UUID, fixed for ever. */
#define ALUNO_NAMESPACE "9d1f0f5e-6c0b-4b52-8a5e-3c1f7a52d6e4"

/* Argument 1: text, since a number would have lost a CPF's zeros; without a NUL, where C's functions would
 * stop. */
static const char *check_text(lua_State *L)
{
    size_t length;
    luaL_checktype(L, 1, LUA_TSTRING);
    const char *text = lua_tolstring(L, 1, &length);
    luaL_argcheck(L, strlen(text) == length, 1, "the text holds a NUL byte");
    return text;
}

/* Fails with the violation's reason, since there is one field only. */
static int fail_with_violation(lua_State *L, const aluno_violation *violation)
{
    aluno_reason reason = ALUNO_REASON_FIELDS_INVALID;
    error_reason_named(violation->reason, &reason);
    return error_push_reason(L, reason, violation->has.detail ? violation->detail : NULL);
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
        return error_push_reason(L, ALUNO_REASON_CPF_LENGTH, NULL);
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
        return error_push_reason(L, ALUNO_REASON_TEXT_NOT_UTF8, NULL);
    lua_pushstring(L, folded);
    free(folded);
    return 1;
}

/* whole("16,0") -> 16 | nil */
static int whole(lua_State *L)
{
    int64_t number;
    if (!aluno_whole_number(check_text(L), &number))
        return 0;
    lua_pushinteger(L, number);
    return 1;
}

/* mojibake("JoÃ£o") -> "João", the text that it probably was | nil. Long texts are cut. */
static int mojibake(lua_State *L)
{
    char likely[1024];
    if (!aluno_mojibake(check_text(L), likely, sizeof likely))
        return 0;
    lua_pushstring(L, likely);
    return 1;
}

/* uuid(name[, namespace]) -> the UUID of version 5 of that name in a namespace, itself a UUID, by itself
 * aluno's own. Equal names give equal UUIDs. The hash is no protection against made collisions and need not
 * be: request ids are bound to their caller, and the service compares a repeated request with the first. */
static int name_uuid(lua_State *L)
{
    size_t length;
    luaL_checktype(L, 1, LUA_TSTRING);
    const char *name = lua_tolstring(L, 1, &length);
    uuid_t namespace, made;
    luaL_argcheck(L, uuid_parse(luaL_optstring(L, 2, ALUNO_NAMESPACE), namespace) == 0, 2,
                  "a namespace is a UUID");
    uuid_generate_sha1(made, namespace, name, length);
    char text[UUID_STR_LEN];
    uuid_unparse_lower(made, text);
    lua_pushstring(L, text);
    return 1;
}

const luaL_Reg values_functions[] = {
    {"fold", fold}, {"whole", whole}, {"mojibake", mojibake}, {"uuid", name_uuid}, {NULL, NULL}};

const luaL_Reg cpf_functions[] = {
    {"parse", cpf_parse}, {"format", cpf_format}, {"mask", cpf_mask}, {"check", cpf_check}, {NULL, NULL}};
