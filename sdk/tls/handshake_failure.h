/* Explains a failed handshake: finds its reason and its detail. */
#ifndef ALUNO_TLS_HANDSHAKE_FAILURE_H
#define ALUNO_TLS_HANDSHAKE_FAILURE_H

#include "bio.h"
#include "credentials.h"
#include "verify.h"

/* The state of a failed handshake, by which it is explained. */
typedef struct aluno__tls_handshake_evidence {
    aluno__tls_side side; /* ours */
    const char *address;  /* the peer's */
    const aluno__tls_credentials *credentials;
    const mbedtls_ssl_context *ssl;
    const aluno__tls_verify_result *verified;
    const aluno__tls_bio *bio;
    int result; /* mbed TLS's error */
} aluno__tls_handshake_evidence;

/* Fills in *failure from the evidence. */
void aluno__tls_handshake_failure_explain(aluno__tls_handshake_failure *failure,
                                          const aluno__tls_handshake_evidence *evidence);

/* Fills in *failure with a known reason. */
void aluno__tls_handshake_failure_set(aluno__tls_handshake_failure *failure, const char *address,
                                      aluno_reason reason, const char *detail);

#endif
