/* Reads PEM files: certificates, revocation lists, private keys. All fail with OPTION_INVALID, whose detail
 * names the option, the file and what is wrong with it. */
#ifndef ALUNO_TLS_PEM_H
#define ALUNO_TLS_PEM_H

#include "mbed.h"

#include <aluno/error.h>

/* Read the file into *out, which the caller has initialised and frees. */
aluno_code aluno__tls_pem_certificates(mbedtls_x509_crt *out, const char *option, const char *path,
                                       aluno_error *error);
aluno_code aluno__tls_pem_crls(mbedtls_x509_crl *out, const char *option, const char *path,
                               aluno_error *error);
aluno_code aluno__tls_pem_key(mbedtls_pk_context *out, const char *option, const char *path,
                              aluno_error *error);

/* Fails when users other than the file's owner and group have a right to it. */
aluno_code aluno__tls_pem_check_private(const char *option, const char *path, aluno_error *error);

/* Fails with "OPTION PATH: problem". */
aluno_code aluno__tls_pem_fail(aluno_error *error, const char *option, const char *path, const char *problem);

#endif
