/* The judgement of the peer's certificates: what mbed TLS's own does not check, and why one was refused. */
#ifndef ALUNO_TLS_VERIFY_H
#define ALUNO_TLS_VERIFY_H

#include "mbed.h"
#include "engine.h"

typedef struct tls_verdict {
    aluno__tls_side peer_side;     /* set before */
    const char *name;              /* set before: what the certificate must carry; NULL for any */
    const mbedtls_x509_crl *lists; /* set before: the CA's revocation lists; NULL without one */
    aluno__tls_peer *peer;         /* set before: receives the facts of the peer's own certificate */
    bool judged;                   /* the peer showed a certificate */
    bool refused;
    aluno_reason reason; /* of the refusal, with the certificate at fault */
    char detail[256];
} tls_verdict;

/* The keys and signatures that are good enough, for certificates of either side. */
extern const mbedtls_x509_crt_profile tls_profile;

/* mbed TLS's verify callback; `verdict` is a tls_verdict. Called for each certificate of the chain, the
 * peer's own (depth 0) last. */
int tls_verify(void *verdict, mbedtls_x509_crt *certificate, int depth, uint32_t *flags);

#endif
