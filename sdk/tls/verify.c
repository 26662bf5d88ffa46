/* The verify callback. mbed TLS calls it after checking signatures, dates, names and the profile. The
 * callback adds what it finds to mbed TLS's flags, so that mbed TLS refuses the certificate. */
#include "verify.h"

#include "certificate.h"
#include "crl.h"
#include "reason.h"

#include <stdio.h>

/* mbed TLS 2.28 does not compare IP addresses: clears its name mismatch when an address matches. */
static uint32_t allow_ip_san(const aluno__tls_verify_result *result, const mbedtls_x509_crt *certificate,
                             uint32_t flags)
{
    if (result->name != NULL && aluno__tls_certificate_has_address(certificate, result->name))
        flags &= ~(uint32_t)MBEDTLS_X509_BADCERT_CN_MISMATCH;
    return flags;
}

static void record_refusal(aluno__tls_verify_result *result, const mbedtls_x509_crt *certificate, int depth,
                           uint32_t flags)
{
    char text[sizeof result->detail];
    result->refused = true;
    result->reason = aluno__tls_reason_from_flags(flags, aluno__tls_certificate_is_self_signed(certificate));
    aluno__tls_certificate_describe(certificate, depth, text, sizeof text);
    if (result->reason == ALUNO_REASON_TLS_WRONG_HOST)
        snprintf(result->detail, sizeof result->detail, "not for %.*s: %.*s", 64, result->name, 176, text);
    else
        snprintf(result->detail, sizeof result->detail, "%s", text);
}

/* The revocation lists' signatures were verified when they were loaded. mbed TLS's own check would verify
 * them at every handshake, which costs a third of verifying a certificate. */
int aluno__tls_verify(void *argument, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
    aluno__tls_verify_result *result = argument;
    const int64_t end_ms = aluno__tls_certificate_time_ms(&certificate->valid_to);
    if (result->until_ms == 0) /* the first call of a verification: mbed TLS begins with the CA */
        aluno__tls_certificate_fingerprint(certificate, result->peer->ca);
    if (result->until_ms == 0 || end_ms < result->until_ms)
        result->until_ms = end_ms;
    *flags |= aluno__tls_crl_check(result->crl, certificate);
    if (depth == 0) {
        result->has_certificate = true;
        aluno__tls_certificate_read_peer(certificate, result->peer);
        *flags = allow_ip_san(result, certificate, *flags);
        if (!aluno__tls_certificate_is_for(certificate, result->peer_side))
            *flags |= MBEDTLS_X509_BADCERT_EXT_KEY_USAGE;
    }
    if (*flags != 0)
        record_refusal(result, certificate, depth, *flags);
    return 0;
}
