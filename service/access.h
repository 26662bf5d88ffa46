/* Who may call what: the role in the caller's certificate against the role that the contract's method asks
 * for. */
#ifndef ALUNOD_ACCESS_H
#define ALUNOD_ACCESS_H

#include "caller.h"
#include "tls/peer.h"

/* What a verified certificate makes of its bearer. A certificate without exactly one CN has no role. */
struct caller access_caller(const aluno__tls_peer *peer);

/* PERMISSION_DENIED / ROLE_MISSING when the caller's role does not reach the method's. */
aluno_code access_check(const struct caller *caller, const aluno_method_desc *method, aluno_error *error);

#endif
