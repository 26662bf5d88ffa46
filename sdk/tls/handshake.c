/* Runs mbed TLS's handshake. A refused peer always gets an alert, and time to read it.
 *
 * nng has two rules for failures. NNG_ECLOSED and NNG_ECANCELED end its accepting or dialing for good. Until
 * SP's greeting is exchanged, any error but NNG_EPEERAUTH, NNG_ETIMEDOUT, NNG_ECONNRESET and NNG_ECONNABORTED
 * makes it accept nobody for 100 ms. */
#include "handshake.h"

#include "base/clock.h"
#include "handshake_failure.h"
#include "nng/stream_patch.h"
#include "nng/threads.h"
#include "reason.h"

#include <arpa/inet.h>
#include <stdio.h>

enum { LINGER_MS = 1000 };

/* ---- failing ---- */

static int fail(aluno__tls_handshake *handshake, int failure)
{
    handshake->state = ALUNO_TLS_FAILED;
    handshake->failure = failure;
    (void)aluno__nng_watch_set_deadline(&handshake->watch, ALUNO__NNG_NO_DEADLINE);
    return failure;
}

static void explain(const aluno__tls_handshake *handshake, int result, aluno__tls_handshake_failure *failure)
{
    const aluno__tls_handshake_evidence evidence = {
        .side = aluno__tls_context_side(handshake->tls),
        .address = handshake->peer.address,
        .credentials = handshake->credentials,
        .ssl = &handshake->ssl,
        .verified = &handshake->verified,
        .bio = &handshake->bio,
        .result = result,
    };
    aluno__tls_handshake_failure_explain(failure, &evidence);
}

static void notify_bound(aluno__tls_handshake *handshake, aluno__tls_bound bound, aluno_reason reason,
                         const char *detail)
{
    aluno__tls_handshake_failure failure;
    aluno__tls_handshake_failure_set(&failure, handshake->peer.address, reason, detail);
    failure.bound = bound;
    aluno__tls_context_notify(handshake->tls, &failure);
}

static void notify_result(aluno__tls_handshake *handshake, int result)
{
    aluno__tls_handshake_failure failure;
    explain(handshake, result, &failure);
    aluno__tls_context_notify(handshake->tls, &failure);
}

static int fail_busy(aluno__tls_handshake *handshake, aluno__tls_bound bound, const char *detail)
{
    notify_bound(handshake, bound, ALUNO_REASON_BUSY, detail);
    return fail(handshake, NNG_ECONNABORTED);
}

static int fail_expired(aluno__tls_handshake *handshake)
{
    char detail[64];
    if (handshake->state == ALUNO_TLS_LINGERING)
        return fail(handshake, handshake->failure);
    if (handshake->state == ALUNO_TLS_OPEN) {
        snprintf(detail, sizeof detail, "a message took more than %lld ms",
                 (long long)aluno__tls_context_message_ms(handshake->tls));
        notify_bound(handshake, ALUNO_TLS_MESSAGE_MS, ALUNO_REASON_CONNECTION_TIMEOUT, detail);
        return fail(handshake, NNG_ECONNRESET);
    }
    switch (aluno__nng_watch_gave_way(&handshake->watch)) {
    case ALUNO__NNG_BOUND_ALL:
        return fail_busy(handshake, ALUNO_TLS_HANDSHAKES, "gave way to newer handshakes");
    case ALUNO__NNG_BOUND_ADDRESS:
        return fail_busy(handshake, ALUNO_TLS_ADDRESS_HANDSHAKES,
                         "gave way to newer handshakes of its address");
    case ALUNO__NNG_NO_BOUND:
        break;
    }
    snprintf(detail, sizeof detail, "no handshake within %lld ms",
             (long long)aluno__tls_context_handshake_ms(handshake->tls));
    notify_bound(handshake, ALUNO_TLS_HANDSHAKE_MS, ALUNO_REASON_CONNECTION_TIMEOUT, detail);
    return fail(handshake, NNG_ETIMEDOUT);
}

int aluno__tls_handshake_fail_lost(aluno__tls_handshake *handshake)
{
    if (handshake->state == ALUNO_TLS_HANDSHAKING)
        notify_result(handshake, MBEDTLS_ERR_SSL_CONN_EOF);
    return fail(handshake, NNG_ECONNRESET);
}

int aluno__tls_handshake_fail_open(aluno__tls_handshake *handshake, int result, bool has_received)
{
    const bool is_alert = result == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE || handshake->bio.alert_seen != 0;
    if (has_received || !is_alert)
        return fail(handshake, NNG_ECONNRESET);
    notify_result(handshake, result);
    return fail(handshake, NNG_EPEERAUTH);
}

/* ---- refusing the peer ---- */

/* Whether the peer is in the middle of a flight whose end can be recognised. */
static bool is_in_flight(const aluno__tls_handshake *handshake, aluno_reason reason)
{
    if (aluno__tls_context_side(handshake->tls) == ALUNO_TLS_CLIENT && mbed_speaks_tls13(&handshake->ssl))
        return false;
    return handshake->verified.refused || reason == ALUNO_REASON_TLS_NO_CERTIFICATE;
}

/* Keeps the stream open until the alert is sent, but no longer: if the peer closes first, nng stops accepting
 * for 100 ms. */
static int linger(aluno__tls_handshake *handshake)
{
    if (!aluno__nng_send_tracker_is_sent(&handshake->bio.tracker))
        return NNG_EAGAIN;
    if (handshake->skips_flight &&
        aluno__tls_peer_flight_skip(&handshake->peer_flight, handshake->bio.tracker.stream,
                                    handshake->verified.peer_side) == NNG_EAGAIN)
        return NNG_EAGAIN;
    return fail(handshake, handshake->failure);
}

static int refuse(aluno__tls_handshake *handshake, int result)
{
    aluno__tls_handshake_failure failure;
    explain(handshake, result, &failure);
    aluno__tls_resumption_forget(&handshake->resumption);
    if (!failure.by_peer) /* mbed TLS ends some handshakes without an alert */
        aluno__tls_bio_send_alert(&handshake->bio, &handshake->ssl,
                                  aluno__tls_reason_to_alert(failure.reason));
    aluno__tls_context_notify(handshake->tls, &failure);
    if (failure.by_peer || handshake->bio.alert_sent == 0 ||
        !aluno__nng_watch_set_deadline(&handshake->watch, aluno__clock_deadline(LINGER_MS)))
        return fail(handshake, NNG_EPEERAUTH);
    handshake->state = ALUNO_TLS_LINGERING;
    handshake->failure = NNG_EPEERAUTH;
    handshake->skips_flight = is_in_flight(handshake, failure.reason);
    return linger(handshake);
}

/* ---- handshaking ---- */

/* A client keeps its session, but for that of TLS 1.3, which comes later as a ticket. */
static int open_connection(aluno__tls_handshake *handshake)
{
    if (!aluno__tls_resumption_end(&handshake->resumption))
        return fail(handshake, NNG_EPEERAUTH);
    handshake->was_open = aluno__tls_context_open(handshake->tls);
    if (!handshake->was_open)
        return fail_busy(handshake, ALUNO_TLS_CONNECTIONS, "too many connections");
    if (!handshake->peer.resumed)
        aluno__tls_resumption_keep(&handshake->resumption, &handshake->ssl);
    mbed_drop_peer_certificate(&handshake->ssl);
    handshake->state = ALUNO_TLS_OPEN;
    return 0;
}

/* Processing the peer's bytes takes milliseconds; nng's other callbacks run meanwhile. */
static int compute(aluno__tls_handshake *handshake)
{
    const bool is_lent =
        aluno__nng_send_tracker_has_bytes(&handshake->bio.tracker) && aluno__nng_lend_thread();
    const int result = aluno__tls_resumption_handshake(&handshake->resumption, &handshake->ssl);
    if (is_lent)
        aluno__nng_take_thread_back();
    return result;
}

static int do_handshake(aluno__tls_handshake *handshake)
{
    int result = compute(handshake);
    if (handshake->bio.first_count > 0)
        aluno__nng_watch_spoke(&handshake->watch);
    if (result == 0)
        result = aluno__tls_bio_end_handshake(&handshake->bio);
    if (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE)
        return NNG_EAGAIN;
    if (result != 0)
        return refuse(handshake, result);
    if (!aluno__nng_watch_set_deadline(&handshake->watch, ALUNO__NNG_NO_DEADLINE))
        return fail_expired(handshake);
    return open_connection(handshake);
}

int aluno__tls_handshake_continue(aluno__tls_handshake *handshake)
{
    if (aluno__nng_watch_is_dead(&handshake->watch))
        return aluno__tls_handshake_fail_lost(handshake);
    if (aluno__nng_watch_has_expired(&handshake->watch) && handshake->state != ALUNO_TLS_FAILED)
        return fail_expired(handshake);
    if (handshake->state == ALUNO_TLS_OPEN)
        return 0;
    if (handshake->state == ALUNO_TLS_FAILED)
        return handshake->failure;
    aluno__nng_send_tracker_begin(&handshake->bio.tracker);
    const int result =
        handshake->state == ALUNO_TLS_HANDSHAKING ? do_handshake(handshake) : linger(handshake);
    aluno__nng_send_tracker_end(&handshake->bio.tracker);
    return result;
}

bool aluno__tls_handshake_take_ticket(aluno__tls_handshake *handshake, int result)
{
    const bool is_ticket = mbed_is_ticket(result);
    if (is_ticket)
        aluno__tls_resumption_keep(&handshake->resumption, &handshake->ssl);
    return is_ticket;
}

/* ---- begin and end ---- */

static void read_address(nng_stream *stream, char *out, size_t size)
{
    nng_sockaddr address;
    char host[INET6_ADDRSTRLEN] = "";
    *out = '\0';
    if (nng_stream_get_addr(stream, NNG_OPT_REMADDR, &address) != 0)
        return;
    if (address.s_family == NNG_AF_INET &&
        inet_ntop(AF_INET, &address.s_in.sa_addr, host, sizeof host) != NULL)
        snprintf(out, size, "%s:%u", host, ntohs(address.s_in.sa_port));
    if (address.s_family == NNG_AF_INET6 &&
        inet_ntop(AF_INET6, address.s_in6.sa_addr, host, sizeof host) != NULL)
        snprintf(out, size, "[%s]:%u", host, ntohs(address.s_in6.sa_port));
}

/* Of the address without the port; of one of IPv6, the half that names the network. */
static uint8_t hash_address(nng_stream *stream)
{
    nng_sockaddr address;
    uint32_t hash = 0;
    if (nng_stream_get_addr(stream, NNG_OPT_REMADDR, &address) != 0)
        return 0;
    if (address.s_family == NNG_AF_INET)
        hash = ntohl(address.s_in.sa_addr);
    for (size_t i = 0; address.s_family == NNG_AF_INET6 && i < 8; i++)
        hash = hash * 31 + address.s_in6.sa_addr[i];
    return (uint8_t)(hash * 2654435761U >> 24);
}

static int set_up(aluno__tls_handshake *handshake, nng_stream *stream, const char *name)
{
    const bool is_server = aluno__tls_context_side(handshake->tls) == ALUNO_TLS_SERVER;
    handshake->verified = (aluno__tls_verify_result){
        .peer_side = is_server ? ALUNO_TLS_CLIENT : ALUNO_TLS_SERVER,
        .name = is_server ? NULL : name,
        .crl = aluno__tls_credentials_crl(handshake->credentials),
        .peer = &handshake->peer,
    };
    handshake->resumption = (aluno__tls_resumption){
        .sessions = handshake->credentials->sessions,
        .verified = &handshake->verified,
        .peer = &handshake->peer,
        .crl_end_ms = handshake->credentials->validity[ALUNO_TLS_CRL].to_ms,
    };
    if (mbedtls_ssl_setup(&handshake->ssl, &handshake->credentials->config) != 0)
        return NNG_ENOMEM;
    if (!is_server && mbedtls_ssl_set_hostname(&handshake->ssl, name) != 0)
        return NNG_ENOMEM;
    if (!is_server)
        aluno__tls_resumption_offer(&handshake->resumption, &handshake->ssl, handshake->peer.address, name);
    mbedtls_ssl_set_verify(&handshake->ssl, aluno__tls_verify, &handshake->verified);
    return aluno__tls_bio_attach(&handshake->bio, stream, &handshake->ssl, &handshake->verified) ? 0
                                                                                                 : NNG_ENOMEM;
}

int aluno__tls_handshake_init(aluno__tls_handshake *handshake, aluno__tls *tls, nng_stream *stream,
                              const char *name)
{
    handshake->tls = tls;
    mbedtls_ssl_init(&handshake->ssl);
    read_address(stream, handshake->peer.address, sizeof handshake->peer.address);
    if (!aluno__tls_context_enter(tls))
        return fail_busy(handshake, ALUNO_TLS_CONNECTIONS, "too many connections");
    handshake->credentials = aluno__tls_context_credentials(tls);
    if (handshake->credentials == NULL)
        return NNG_ECONNABORTED; /* closed meanwhile */
    const int result = set_up(handshake, stream, name);
    if (result != 0)
        return result;
    aluno__nng_stream_patch(stream);
    if (aluno__tls_context_side(tls) == ALUNO_TLS_SERVER)
        aluno__nng_watch_limit(&handshake->watch, aluno__tls_context_handshakes(tls), hash_address(stream),
                               aluno__tls_context_message_ms(tls));
    aluno__nng_watch_begin(&handshake->watch, stream, tls, aluno__tls_context_handshake_ms(tls));
    return 0;
}

void aluno__tls_handshake_fini(aluno__tls_handshake *handshake)
{
    if (handshake->tls == NULL)
        return;
    aluno__nng_watch_end(&handshake->watch);
    aluno__tls_bio_free(&handshake->bio);
    mbedtls_ssl_free(&handshake->ssl);
    aluno__tls_credentials_release(handshake->credentials);
    aluno__tls_context_leave(handshake->tls, handshake->was_open);
}
