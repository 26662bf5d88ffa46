/* One side's credentials: its files, loaded and validated, and the mbed TLS configuration made of them.
 * Immutable and reference-counted: a reload replaces them while established connections keep theirs. */
#ifndef ALUNO_TLS_CREDENTIALS_H
#define ALUNO_TLS_CREDENTIALS_H

#include "mbed.h"
#include "session_store.h"
#include "types.h"

#include <stdatomic.h>

typedef struct aluno__tls_credentials {
    atomic_size_t references;
    mbedtls_x509_crt ca, certificate;
    mbedtls_x509_crl crl;
    mbedtls_pk_context key;
    mbedtls_ssl_config config;
    aluno__tls_session_store *sessions;
    bool self_signed;
    aluno__tls_validity validity[ALUNO_TLS_FILES];
    char description[256]; /* of the own certificate, for failures' details */
} aluno__tls_credentials;

/* Loads and validates the files. Fails as aluno__tls_open does. Stores in *out credentials with one
 * reference. */
aluno_code aluno__tls_credentials_load(aluno__tls_credentials **out, aluno__tls_side side,
                                       const aluno__tls_files *files, aluno_error *error);

aluno__tls_credentials *aluno__tls_credentials_hold(aluno__tls_credentials *credentials);
void aluno__tls_credentials_release(aluno__tls_credentials *credentials); /* NULL is allowed */

/* Returns the revocation lists; NULL without one. They live as long as the credentials. */
const mbedtls_x509_crl *aluno__tls_credentials_crl(const aluno__tls_credentials *credentials);

/* Whether the CA that vouched for the peer is among these, and no list of its issuer has revoked it. */
bool aluno__tls_credentials_vouch(const aluno__tls_credentials *credentials, const aluno__tls_peer *peer);

#endif
