/* Verifies the peer's certificates beyond mbed TLS's own checks, and records why one is refused. */
#ifndef ALUNO_TLS_VERIFY_H
#define ALUNO_TLS_VERIFY_H

#include "mbed.h"
#include "types.h"

typedef struct aluno__tls_verify_result {
    /* Set by the caller before the handshake. */
    aluno__tls_side peer_side;
    const char *name;            /* that the certificate must carry; NULL for any */
    const mbedtls_x509_crl *crl; /* NULL without one */
    aluno__tls_peer *peer;       /* receives the facts of the peer's own certificate */

    /* Set by aluno__tls_verify. */
    bool has_certificate; /* the peer sent one */
    int64_t until_ms;     /* when the first certificate of the chain ends, Unix milliseconds; 0 before */
    bool refused;
    aluno_reason reason; /* of the refusal */
    char detail[256];    /* the certificate at fault */
} aluno__tls_verify_result;

/* mbed TLS's verify callback; `argument` is an aluno__tls_verify_result. mbed TLS calls it for each
 * certificate of the chain, the peer's own (depth 0) last. */
int aluno__tls_verify(void *argument, mbedtls_x509_crt *certificate, int depth, uint32_t *flags);

#endif
