/* The keys and signatures that are strong enough, for certificates of either side. */
#ifndef ALUNO_TLS_PROFILE_H
#define ALUNO_TLS_PROFILE_H

#include "mbed.h"

/* RSA of 2048 bits or more, P-256, P-384 or P-521; signed with SHA-2. */
extern const mbedtls_x509_crt_profile aluno__tls_profile;

bool aluno__tls_profile_allows_key(const mbedtls_pk_context *key);

#endif
