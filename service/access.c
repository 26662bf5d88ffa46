/* The OU of a certificate is its bearer's role; the contract's METHOD rows have the role that each method
 * needs. */
#include "access.h"

#include "protocol/error.h"

#include <stdio.h>

struct caller access_caller(const aluno__tls_peer *peer)
{
    struct caller caller = {
        .role = ALUNO_ROLE_none, .not_before_ms = peer->not_before_ms, .not_after_ms = peer->not_after_ms};
    snprintf(caller.name, sizeof caller.name, "%s", peer->common_name);
    if (*peer->common_name != '\0')
        caller.role = aluno_role_named(peer->unit);
    return caller;
}

aluno_code access_check(const struct caller *caller, const aluno_method_desc *method, aluno_error *error)
{
    if (aluno_role_may(caller->role, method))
        return ALUNO_OK;
    const bool is_beside = caller->role == ALUNO_ROLE_auditor || method->role == ALUNO_ROLE_auditor;
    return aluno__error_set(error, ALUNO_REASON_ROLE_MISSING, "%s %s %s", aluno_role_name(caller->role),
                            is_beside ? "!=" : "<", aluno_role_name(method->role));
}

static bool is_given(const aluno_field_desc *field, const void *message)
{
    return *aluno_has(field, message) &&
           (field->kind != ALUNO_KIND_BOOL || *(const bool *)aluno_value(field, message));
}

aluno_code access_check_fields(const struct caller *caller, const aluno_message_desc *type,
                               const void *request, aluno_error *error)
{
    for (const aluno_field_desc *field = type->fields; field->name != NULL; field++)
        if (caller->role < field->role && is_given(field, request))
            return aluno__error_set(error, ALUNO_REASON_ROLE_MISSING, "%s: %s < %s", field->name,
                                    aluno_role_name(caller->role), aluno_role_name(field->role));
    return ALUNO_OK;
}

/* Who changes students sees them whole. */
bool access_is_masked(const struct caller *caller)
{
    return caller->role != ALUNO_ROLE_registrar && caller->role != ALUNO_ROLE_admin;
}
