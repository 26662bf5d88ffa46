/* The profile that mbed TLS checks chains against, and the same check for a single key. */
#include "profile.h"

const mbedtls_x509_crt_profile aluno__tls_profile = {
    .allowed_mds = MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA256) | MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA384) |
                   MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA512),
    .allowed_pks = 0xFFFFFFF, /* all kinds: RSA is limited by its size, elliptic curves by the list below */
    .allowed_curves = MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP256R1) |
                      MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP384R1) |
                      MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP521R1),
    .rsa_min_bitlen = 2048,
};

bool aluno__tls_profile_allows_key(const mbedtls_pk_context *key)
{
    if (mbedtls_pk_can_do(key, MBEDTLS_PK_RSA))
        return mbedtls_pk_get_bitlen(key) >= aluno__tls_profile.rsa_min_bitlen;
    return mbedtls_pk_can_do(key, MBEDTLS_PK_ECKEY) &&
           (MBEDTLS_X509_ID_FLAG(mbedtls_pk_ec(*key)->grp.id) & aluno__tls_profile.allowed_curves) != 0;
}
