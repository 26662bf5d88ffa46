/* The verify callback. mbed TLS has checked signatures, dates, names and the profile before it calls; what is
 * found beyond is added to its flags, so that it refuses in its own way. */
#include "verify.h"

#include "certificate.h"
#include "reason.h"

#include <stdio.h>
#include <string.h>

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

/* What the revocation lists say. mbed TLS would verify each list's signature again at every handshake, a
 * third of what a certificate costs; they were verified when they were loaded. */
static uint32_t look_up_revocation(const mbedtls_x509_crl *lists, const mbedtls_x509_crt *certificate)
{
    uint32_t flags = 0;
    for (const mbedtls_x509_crl *list = lists; list != NULL; list = list->next) {
        if (list->issuer_raw.len != certificate->issuer_raw.len ||
            memcmp(list->issuer_raw.p, certificate->issuer_raw.p, list->issuer_raw.len) != 0)
            continue;
        if (mbedtls_x509_time_is_past(&list->next_update))
            flags |= MBEDTLS_X509_BADCRL_EXPIRED;
        if (mbedtls_x509_time_is_future(&list->this_update))
            flags |= MBEDTLS_X509_BADCRL_FUTURE;
        if (mbedtls_x509_crt_is_revoked(certificate, list))
            flags |= MBEDTLS_X509_BADCERT_REVOKED;
    }
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
    *flags |= look_up_revocation(verdict->lists, certificate);
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
