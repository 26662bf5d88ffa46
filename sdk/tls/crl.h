/* Certificate revocation lists (CRLs). All functions take the first of a chain of lists; NULL is none. */
#ifndef ALUNO_TLS_CRL_H
#define ALUNO_TLS_CRL_H

#include "mbed.h"

/* Whether a CA of the chain signed this one list. */
bool aluno__tls_crl_is_signed(const mbedtls_x509_crl *crl, mbedtls_x509_crt *ca);

/* Returns what the lists of the certificate's issuer find wrong, as mbed TLS's flags:
 * MBEDTLS_X509_BADCERT_REVOKED, MBEDTLS_X509_BADCRL_EXPIRED and _FUTURE. Does not verify the lists'
 * signatures. */
uint32_t aluno__tls_crl_check(const mbedtls_x509_crl *lists, const mbedtls_x509_crt *certificate);

/* Whether a list of that issuer (the SHA-256 of its name) has that serial number; both hexadecimal. */
bool aluno__tls_crl_has(const mbedtls_x509_crl *lists, const char *issuer, const char *serial);

#endif
