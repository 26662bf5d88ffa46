/* Tables of reasons. The refusing side translates its reason to an alert, the refused side the alert to a
 * reason, by the same table. mbed TLS sends the same alert for several reasons, so bio.c replaces its alerts
 * by these. */
#include "reason.h"

#include "mbed.h"

/* The first matching row is the reason: that a certificate is not trusted matters more than that it has
 * expired. */
static const struct {
    uint32_t flags;
    aluno_reason reason;
} faults[] = {
    {MBEDTLS_X509_BADCERT_MISSING, ALUNO_REASON_TLS_NO_CERTIFICATE},
    {MBEDTLS_X509_BADCERT_NOT_TRUSTED, ALUNO_REASON_TLS_UNKNOWN_CA},
    {MBEDTLS_X509_BADCERT_REVOKED, ALUNO_REASON_TLS_REVOKED},
    {MBEDTLS_X509_BADCERT_EXPIRED, ALUNO_REASON_TLS_EXPIRED},
    {MBEDTLS_X509_BADCERT_FUTURE, ALUNO_REASON_TLS_NOT_YET_VALID},
    {MBEDTLS_X509_BADCERT_KEY_USAGE | MBEDTLS_X509_BADCERT_EXT_KEY_USAGE | MBEDTLS_X509_BADCERT_NS_CERT_TYPE,
     ALUNO_REASON_TLS_KEY_USAGE},
    {MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK | MBEDTLS_X509_BADCERT_BAD_KEY,
     ALUNO_REASON_TLS_WEAK_KEY},
    {MBEDTLS_X509_BADCERT_CN_MISMATCH, ALUNO_REASON_TLS_WRONG_HOST},
    {MBEDTLS_X509_BADCRL_NOT_TRUSTED | MBEDTLS_X509_BADCRL_EXPIRED | MBEDTLS_X509_BADCRL_FUTURE |
         MBEDTLS_X509_BADCRL_BAD_MD | MBEDTLS_X509_BADCRL_BAD_PK | MBEDTLS_X509_BADCRL_BAD_KEY,
     ALUNO_REASON_TLS_CRL_INVALID},
};

/* Both directions use the first matching row. */
static const struct {
    uint8_t alert;
    aluno_reason reason;
    const char *name;
} alerts[] = {
    {42, ALUNO_REASON_TLS_WRONG_HOST, "bad_certificate"},
    {43, ALUNO_REASON_TLS_KEY_USAGE, "unsupported_certificate"},
    {44, ALUNO_REASON_TLS_REVOKED, "certificate_revoked"},
    {45, ALUNO_REASON_TLS_EXPIRED, "certificate_expired"},
    {46, ALUNO_REASON_TLS_NOT_YET_VALID, "certificate_unknown"},
    {48, ALUNO_REASON_TLS_UNKNOWN_CA, "unknown_ca"},
    {48, ALUNO_REASON_TLS_SELF_SIGNED, "unknown_ca"},
    {71, ALUNO_REASON_TLS_WEAK_KEY, "insufficient_security"},
    {113, ALUNO_REASON_TLS_CRL_INVALID, "bad_certificate_status_response"},
    {116, ALUNO_REASON_TLS_NO_CERTIFICATE, "certificate_required"},
    {41, ALUNO_REASON_TLS_NO_CERTIFICATE, "no_certificate"},
    {49, ALUNO_REASON_TLS_CERTIFICATE_REFUSED, "access_denied"},
    {70, ALUNO_REASON_TLS_VERSION, "protocol_version"},
    {40, ALUNO_REASON_TLS_HANDSHAKE, "handshake_failure"},
    {10, ALUNO_REASON_TLS_HANDSHAKE, "unexpected_message"},
    {47, ALUNO_REASON_TLS_HANDSHAKE, "illegal_parameter"},
    {50, ALUNO_REASON_TLS_HANDSHAKE, "decode_error"},
    {51, ALUNO_REASON_TLS_HANDSHAKE, "decrypt_error"},
    {80, ALUNO_REASON_TLS_HANDSHAKE, "internal_error"},
    {112, ALUNO_REASON_TLS_HANDSHAKE, "unrecognized_name"},
    {120, ALUNO_REASON_TLS_HANDSHAKE, "no_application_protocol"},
};

enum { ALERT_COUNT = sizeof alerts / sizeof *alerts };

aluno_reason aluno__tls_reason_from_flags(uint32_t flags, bool self_signed)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        if ((flags & faults[i].flags) == 0)
            continue;
        if (faults[i].reason == ALUNO_REASON_TLS_UNKNOWN_CA && self_signed)
            return ALUNO_REASON_TLS_SELF_SIGNED;
        return faults[i].reason;
    }
    return ALUNO_REASON_TLS_CERTIFICATE_REFUSED;
}

uint8_t aluno__tls_reason_to_alert(aluno_reason reason)
{
    for (size_t i = 0; i < ALERT_COUNT; i++)
        if (alerts[i].reason == reason)
            return alerts[i].alert;
    return MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE;
}

aluno_reason aluno__tls_reason_from_alert(uint8_t alert)
{
    for (size_t i = 0; i < ALERT_COUNT; i++)
        if (alerts[i].alert == alert)
            return alerts[i].reason;
    return ALUNO_REASON_TLS_HANDSHAKE;
}

const char *aluno__tls_reason_alert_name(uint8_t alert)
{
    for (size_t i = 0; i < ALERT_COUNT; i++)
        if (alerts[i].alert == alert)
            return alerts[i].name;
    return "unknown";
}
