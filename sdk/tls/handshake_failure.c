/* The peer's alert explains why it refused us; our verify result why we refused the peer; otherwise the
 * peer's first bytes or mbed TLS's error explain the failure. */
#include "handshake_failure.h"

#include "protocol/error.h"
#include "reason.h"

#include <stdarg.h>
#include <stdio.h>

static void set(aluno__tls_handshake_failure *failure, aluno_reason reason, const char *detail, ...)
    ALUNO_PRINTF(3, 4);

static void set(aluno__tls_handshake_failure *failure, aluno_reason reason, const char *detail, ...)
{
    va_list arguments;
    failure->reason = reason;
    va_start(arguments, detail);
    vsnprintf(failure->detail, sizeof failure->detail, detail, arguments);
    va_end(arguments);
}

/* ---- alerts ---- */

/* A service of TLS 1.0 or 1.1 chooses its version first and then finds no common suite: the alert says the
 * latter, the version in its record's header the former. */
static bool answers_in_old_version(const aluno__tls_handshake_evidence *evidence)
{
    const uint8_t minor = evidence->bio->first[2];
    return evidence->side == ALUNO_TLS_CLIENT && (minor == 1 || minor == 2);
}

/* Distinguishes reasons that share an alert by our own side and credentials. */
static aluno_reason refine(const aluno__tls_handshake_evidence *evidence, aluno_reason reason)
{
    if (reason == ALUNO_REASON_TLS_UNKNOWN_CA && evidence->credentials->self_signed)
        return ALUNO_REASON_TLS_SELF_SIGNED;
    if (reason == ALUNO_REASON_TLS_WRONG_HOST && evidence->side == ALUNO_TLS_CLIENT)
        return ALUNO_REASON_TLS_CERTIFICATE_REFUSED; /* no service checks a client's host */
    if (reason == ALUNO_REASON_TLS_HANDSHAKE && answers_in_old_version(evidence))
        return ALUNO_REASON_TLS_VERSION;
    return reason;
}

static bool is_about_certificate(aluno_reason reason)
{
    return reason != ALUNO_REASON_TLS_HANDSHAKE && reason != ALUNO_REASON_TLS_VERSION &&
           reason != ALUNO_REASON_TLS_NO_CERTIFICATE;
}

static void explain_alert(aluno__tls_handshake_failure *failure,
                          const aluno__tls_handshake_evidence *evidence, uint8_t alert)
{
    const char *const name = aluno__tls_reason_alert_name(alert);
    const aluno_reason reason = refine(evidence, aluno__tls_reason_from_alert(alert));
    failure->by_peer = true;
    if (is_about_certificate(reason))
        set(failure, reason, "our certificate %s; alert %u %s", evidence->credentials->description, alert,
            name);
    else
        set(failure, reason, "alert %u %s", alert, name);
}

/* ---- plaintext ---- */

/* A TLS record begins with its type, 20 to 23, and the major version 3. */
static bool is_plaintext(const uint8_t *first, size_t count)
{
    if (count > 0 &&
        (first[0] < MBEDTLS_SSL_MSG_CHANGE_CIPHER_SPEC || first[0] > MBEDTLS_SSL_MSG_APPLICATION_DATA))
        return true;
    return count > 1 && first[1] != MBEDTLS_SSL_MAJOR_VERSION_3;
}

static void explain_plaintext(aluno__tls_handshake_failure *failure, const aluno__tls_bio *bio)
{
    char bytes[3 * sizeof bio->first + 1] = "";
    for (size_t i = 0; i < bio->first_count; i++)
        snprintf(bytes + 3 * i, 4, " %02x", bio->first[i]);
    const bool is_sp = bio->first_count >= 3 && memcmp(bio->first, "\0SP", 3) == 0;
    set(failure, ALUNO_REASON_TLS_NOT_TLS, "%sit begins with%s", is_sp ? "nng without TLS (tcp://): " : "",
        bytes);
}

/* ---- mbed TLS's errors ---- */

static bool is_lost(int result)
{
    return result == MBEDTLS_ERR_SSL_CONN_EOF || result == MBEDTLS_ERR_NET_RECV_FAILED ||
           result == MBEDTLS_ERR_NET_SEND_FAILED;
}

static void explain_loss(aluno__tls_handshake_failure *failure, const aluno__tls_bio *bio)
{
    failure->silent = bio->first_count == 0;
    set(failure, ALUNO_REASON_CONNECTION_LOST, "during the handshake");
}

static void explain_result(aluno__tls_handshake_failure *failure, int result)
{
    char words[128];
    mbedtls_strerror(result, words, sizeof words);
    set(failure, result == MBED_BAD_VERSION ? ALUNO_REASON_TLS_VERSION : ALUNO_REASON_TLS_HANDSHAKE, "%s",
        words);
}

/* ---- a failure ---- */

static void begin(aluno__tls_handshake_failure *failure, const char *address)
{
    *failure = (aluno__tls_handshake_failure){0};
    snprintf(failure->address, sizeof failure->address, "%s", address);
}

void aluno__tls_handshake_failure_set(aluno__tls_handshake_failure *failure, const char *address,
                                      aluno_reason reason, const char *detail)
{
    begin(failure, address);
    set(failure, reason, "%s", detail);
}

void aluno__tls_handshake_failure_explain(aluno__tls_handshake_failure *failure,
                                          const aluno__tls_handshake_evidence *evidence)
{
    const aluno__tls_bio *const bio = evidence->bio;
    const int result = evidence->result;
    begin(failure, evidence->address);
    if (result == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE)
        explain_alert(failure, evidence, evidence->ssl->in_msg[1]);
    else if (bio->alert_seen != 0)
        explain_alert(failure, evidence, bio->alert_seen);
    else if (evidence->verified->refused)
        set(failure, evidence->verified->reason, "%s", evidence->verified->detail);
    else if (result == MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE || mbed_misses_certificate(evidence->ssl))
        set(failure, ALUNO_REASON_TLS_NO_CERTIFICATE, "%s", "");
    else if (is_plaintext(bio->first, bio->first_count))
        explain_plaintext(failure, bio);
    else if (is_lost(result))
        explain_loss(failure, bio);
    else
        explain_result(failure, result);
}
