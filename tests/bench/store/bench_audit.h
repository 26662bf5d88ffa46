/* The audit of a service that is measured without a network, as alunod has it. */
#ifndef BENCH_AUDIT_H
#define BENCH_AUDIT_H

#include "service.h"

/* Facts of a certificate and an address, as long as real ones. */
extern const aluno__tls_peer bench_identity;

/* Whether the first argument is not --no-audit, which is taken away. */
bool bench_audit_is_wanted(int *argc, char ***argv);

/* Opens the audit in DATABASE-audit. */
aluno_code bench_audit_open(struct service *service, const char *database, aluno_error *error);

/* Removes it. */
void bench_audit_remove(const char *database);

#endif
