/* mbed TLS's configuration: versions, cipher suites, ALPN. */
#ifndef ALUNO_TLS_SSL_CONFIG_H
#define ALUNO_TLS_SSL_CONFIG_H

#include "mbed.h"
#include "types.h"

/* Fills in *config, which the caller has initialised and frees. `ca`, `certificate` and `key` must outlive
 * it. Returns 0 or mbed TLS's error. */
int aluno__tls_ssl_config_fill(mbedtls_ssl_config *config, aluno__tls_side side, mbedtls_x509_crt *ca,
                               mbedtls_x509_crt *certificate, mbedtls_pk_context *key);

#endif
