/* Puts into words why a connection failed in its handshake. */
#ifndef ALUNO_TRANSPORT_TLS_REFUSAL_H
#define ALUNO_TRANSPORT_TLS_REFUSAL_H

#include "tls_connection.h"

/* Fills in *refusal from what the connection saw; `result` is mbed TLS's. */
void tls_refusal_of_result(const struct nng_tls_engine_conn *connection, int result,
                           aluno_tls_refusal *refusal);

/* A refusal for a reason known already. */
void tls_refusal_of_reason(const struct nng_tls_engine_conn *connection, aluno_reason reason,
                           const char *detail, aluno_tls_refusal *refusal);

#endif
