/* Who may call what: compares the role in the caller's certificate with the role that the method needs. */
#ifndef ALUNOD_ACCESS_H
#define ALUNOD_ACCESS_H

#include "caller.h"
#include "tls/peer.h"

/* The caller that a verified certificate names. A certificate without exactly one CN has no role. */
struct caller access_caller(const aluno__tls_peer *peer);

/* PERMISSION_DENIED / ROLE_MISSING when the caller's role may not call the method. */
aluno_code access_check(const struct caller *caller, const aluno_method_desc *method, aluno_error *error);

/* The same of the fields of a request that need a role of their own. One that is false counts as not set. */
aluno_code access_check_fields(const struct caller *caller, const aluno_message_desc *type,
                               const void *request, aluno_error *error);

/* Whether the caller's role shows it personal values masked. */
bool access_is_masked(const struct caller *caller);

#endif
