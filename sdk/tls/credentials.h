/* One side's credentials: its files, loaded and checked, and mbed TLS's configuration made of them. Immutable
 * and counted by reference, so that a reload swaps them while older connections go on with what they began
 * with. */
#ifndef ALUNO_TLS_CREDENTIALS_H
#define ALUNO_TLS_CREDENTIALS_H

#include "mbed.h"
#include "engine.h"

#include <stdatomic.h>

typedef struct tls_credentials {
    atomic_size_t references;
    mbedtls_x509_crt ca, certificate;
    mbedtls_x509_crl crl;
    mbedtls_pk_context key;
    mbedtls_ssl_config config;
    bool self_signed;
    int64_t not_after_ms;       /* of the own certificate */
    int64_t crl_next_update_ms; /* the earliest of the lists; 0 without one */
    char description[256];      /* the own certificate, for details */
} tls_credentials;

/* Loads and checks the files; aluno__tls_open says how it fails. The caller ends *out with
 * tls_credentials_release. */
aluno_code tls_credentials_load(tls_credentials **out, aluno__tls_side side, const aluno__tls_files *files,
                                aluno_error *error);

/* Reads a PEM file of certificates, or of revocation lists, into *out, which the caller has initialised and
 * frees. OPTION_INVALID names the option and the file. */
aluno_code tls_load_certificates(mbedtls_x509_crt *out, const char *option, const char *path,
                                 aluno_error *error);
aluno_code tls_load_lists(mbedtls_x509_crl *out, const char *option, const char *path, aluno_error *error);

tls_credentials *tls_credentials_hold(tls_credentials *credentials);
void tls_credentials_release(tls_credentials *credentials); /* NULL is allowed */

/* The revocation lists; NULL without one. They live as long as the credentials. */
const mbedtls_x509_crl *tls_credentials_lists(const tls_credentials *credentials);

/* Whether a revocation list names this serial number (hexadecimal). */
bool tls_credentials_revoke(const tls_credentials *credentials, const char *serial);

#endif
