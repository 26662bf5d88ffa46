/* Puts into words why a connection failed in its handshake. */
#ifndef ALUNO_TLS_HANDSHAKE_FAILURE_H
#define ALUNO_TLS_HANDSHAKE_FAILURE_H

#include "connection.h"

/* Fills in *refusal from what the connection saw; `result` is mbed TLS's. */
void tls_refusal_of_result(const struct nng_tls_engine_conn *connection, int result,
                           aluno__tls_handshake_failure *refusal);

/* A refusal for a reason known already. */
void tls_refusal_of_reason(const struct nng_tls_engine_conn *connection, aluno_reason reason,
                           const char *detail, aluno__tls_handshake_failure *refusal);

#endif
