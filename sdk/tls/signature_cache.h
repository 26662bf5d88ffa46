/* Remembers signatures that a CA's key has verified. A certificate's signature is a quarter of a handshake's
 * time on each side, and most peers come back with the same certificate.
 *
 * Verifying the same signature of the same hash by the same key has the same result, so nothing expires. Only
 * the arithmetic is saved: mbed TLS and verify.c check dates, names, usage and revocation at each handshake.
 */
#ifndef ALUNO_TLS_SIGNATURE_CACHE_H
#define ALUNO_TLS_SIGNATURE_CACHE_H

#include "mbed.h"

/* Makes the key look up signatures in the process's cache before it verifies them. For keys on curves, with
 * mbed TLS 2.28; any other key stays as it is. Safe from any thread. */
void aluno__tls_signature_cache_attach(mbedtls_pk_context *key);

#endif
