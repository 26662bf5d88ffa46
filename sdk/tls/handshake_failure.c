/* Finds the reason of a failed handshake: what the peer's alert says of us, what we found wrong with the
 * peer's certificates, or what the stream looks like. */
#include "handshake_failure.h"

#include "protocol/error.h"
#include "reason.h"

#include <stdarg.h>
#include <stdio.h>

static void explain(aluno__tls_handshake_failure *refusal, aluno_reason reason, const char *detail, ...)
    ALUNO_PRINTF(3, 4);

static void explain(aluno__tls_handshake_failure *refusal, aluno_reason reason, const char *detail, ...)
{
    va_list arguments;
    refusal->reason = reason;
    va_start(arguments, detail);
    vsnprintf(refusal->detail, sizeof refusal->detail, detail, arguments);
    va_end(arguments);
}

/* A service of TLS 1.0 or 1.1 chooses that version first and then finds no suite of ours: its alert says the
 * latter, the version of the record that carries it says why. */
static bool answers_in_old_version(const struct nng_tls_engine_conn *connection)
{
    const uint8_t minor = connection->wire.first[2];
    return connection->tls->side == ALUNO_TLS_CLIENT && (minor == 1 || minor == 2);
}

/* What an alert says of us, we may know better: one alert stands for several reasons. */
static aluno_reason refine(const struct nng_tls_engine_conn *connection, aluno_reason reason)
{
    if (reason == ALUNO_REASON_TLS_UNKNOWN_CA && connection->credentials->self_signed)
        return ALUNO_REASON_TLS_SELF_SIGNED;
    if (reason == ALUNO_REASON_TLS_WRONG_HOST && connection->tls->side == ALUNO_TLS_CLIENT)
        return ALUNO_REASON_TLS_CERTIFICATE_REFUSED; /* nobody asks for a client's host */
    if (reason == ALUNO_REASON_TLS_HANDSHAKE && answers_in_old_version(connection))
        return ALUNO_REASON_TLS_VERSION;
    return reason;
}

static bool blames_certificate(aluno_reason reason)
{
    return reason != ALUNO_REASON_TLS_HANDSHAKE && reason != ALUNO_REASON_TLS_VERSION &&
           reason != ALUNO_REASON_TLS_NO_CERTIFICATE;
}

static void explain_alert(const struct nng_tls_engine_conn *connection, uint8_t alert,
                          aluno__tls_handshake_failure *refusal)
{
    const aluno_reason reason = refine(connection, tls_reason_of_alert(alert));
    refusal->by_peer = true;
    if (blames_certificate(reason))
        explain(refusal, reason, "our certificate %s; alert %u %s", connection->credentials->description,
                alert, tls_alert_name(alert));
    else
        explain(refusal, reason, "alert %u %s", alert, tls_alert_name(alert));
}

static void explain_plaintext(const tls_wire *wire, aluno__tls_handshake_failure *refusal)
{
    char bytes[3 * sizeof wire->first + 1] = "";
    for (size_t i = 0; i < wire->first_count; i++)
        snprintf(bytes + 3 * i, 4, " %02x", wire->first[i]);
    const bool is_sp = wire->first_count >= 3 && memcmp(wire->first, "\0SP", 3) == 0;
    explain(refusal, ALUNO_REASON_TLS_NOT_TLS, "%sit begins with%s",
            is_sp ? "nng without TLS (tcp://): " : "", bytes);
}

static void explain_result(int result, aluno__tls_handshake_failure *refusal)
{
    char words[128];
    mbedtls_strerror(result, words, sizeof words);
    explain(refusal, result == MBED_BAD_VERSION ? ALUNO_REASON_TLS_VERSION : ALUNO_REASON_TLS_HANDSHAKE, "%s",
            words);
}

static void begin(const struct nng_tls_engine_conn *connection, aluno__tls_handshake_failure *refusal)
{
    *refusal = (aluno__tls_handshake_failure){0};
    snprintf(refusal->address, sizeof refusal->address, "%s", connection->peer.address);
}

void tls_refusal_of_reason(const struct nng_tls_engine_conn *connection, aluno_reason reason,
                           const char *detail, aluno__tls_handshake_failure *refusal)
{
    begin(connection, refusal);
    explain(refusal, reason, "%s", detail);
}

void tls_refusal_of_result(const struct nng_tls_engine_conn *connection, int result,
                           aluno__tls_handshake_failure *refusal)
{
    const tls_wire *wire = &connection->wire;
    const tls_verdict *verdict = &connection->verdict;
    begin(connection, refusal);
    if (result == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE)
        explain_alert(connection, connection->ssl.in_msg[1], refusal);
    else if (wire->alert_seen != 0)
        explain_alert(connection, wire->alert_seen, refusal);
    else if (verdict->refused)
        explain(refusal, verdict->reason, "%s", verdict->detail);
    else if (result == MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE || mbed_misses_certificate(&connection->ssl))
        explain(refusal, ALUNO_REASON_TLS_NO_CERTIFICATE, "%s", "");
    else if (tls_is_plaintext(wire->first, wire->first_count))
        explain_plaintext(wire, refusal);
    else if (result == MBEDTLS_ERR_SSL_CONN_EOF || result == MBEDTLS_ERR_NET_RECV_FAILED ||
             result == MBEDTLS_ERR_NET_SEND_FAILED)
        explain(refusal, ALUNO_REASON_CONNECTION_LOST, "during the handshake");
    else
        explain_result(result, refusal);
}
