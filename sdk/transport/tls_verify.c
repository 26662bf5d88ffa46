/* The verify callback. mbed TLS has checked signatures, dates, names, the revocation list and the profile
 * before it calls; what is found beyond is added to its flags, so that it refuses in its own way. */
#include "tls_verify.h"

#include "tls_certificate.h"
#include "tls_reason.h"

#include <stdio.h>

const mbedtls_x509_crt_profile tls_profile = {
    .allowed_mds = MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA256) | MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA384) |
                   MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA512),
    .allowed_pks = 0xFFFFFFF, /* each kind: RSA by its size, elliptic curves by the list below */
    .allowed_curves = MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP256R1) |
                      MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP384R1) |
                      MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP521R1),
    .rsa_min_bitlen = 2048,
};

/* mbed TLS 2.28 does not compare addresses: clears its complaint about the name when it is one that fits. */
static uint32_t mend_address(const tls_verdict *verdict, const mbedtls_x509_crt *certificate, uint32_t flags)
{
    if (verdict->name != NULL && tls_certificate_has_address(certificate, verdict->name))
        flags &= ~(uint32_t)MBEDTLS_X509_BADCERT_CN_MISMATCH;
    return flags;
}

static void describe_refusal(tls_verdict *verdict, const mbedtls_x509_crt *certificate, int depth,
                             uint32_t flags)
{
    char text[sizeof verdict->detail];
    verdict->refused = true;
    verdict->reason = tls_reason_of_flags(flags, tls_certificate_is_self_signed(certificate));
    tls_certificate_describe(certificate, depth, text, sizeof text);
    if (verdict->reason == ALUNO_REASON_TLS_WRONG_HOST)
        snprintf(verdict->detail, sizeof verdict->detail, "not for %.*s: %.*s", 64, verdict->name, 176, text);
    else
        snprintf(verdict->detail, sizeof verdict->detail, "%s", text);
}

int tls_verify(void *argument, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
    tls_verdict *verdict = argument;
    if (depth == 0) {
        verdict->judged = true;
        tls_certificate_read(certificate, verdict->peer);
        *flags = mend_address(verdict, certificate, *flags);
        if (!tls_certificate_serves(certificate, verdict->peer_side))
            *flags |= MBEDTLS_X509_BADCERT_EXT_KEY_USAGE;
    }
    if (*flags != 0)
        describe_refusal(verdict, certificate, depth, *flags);
    return 0;
}
