/* The operations on a connection. nng may call send and receive before the handshake, so each begins with it.
 *
 * None returns NNG_ECLOSED or NNG_ECANCELED, which end nng's accepting or dialing for good; nor, as long as
 * nng's greeting is under way, anything but EPEERAUTH, ETIMEDOUT, ECONNRESET and ECONNABORTED, for after any
 * other error nng accepts nobody for 100 ms. */
#include "connection.h"

#include "binding.h"
#include "base/clock.h"
#include "nng/stream_patch.h"
#include "reaper.h"
#include "reason.h"
#include "handshake_failure.h"

#include <arpa/inet.h>
#include <stdio.h>

enum { LINGER_MS = 1000, SP_GREETING_SIZE = 8 };

/* Where the verified operation leaves the peer's facts, for aluno__tls_peer_of: nng runs it on the same
 * thread. */
static _Thread_local aluno__tls_peer *peer_wanted;

/* ---- failing ---- */

/* Takes the present deadline out of the reaper's hands; false when it expired before. */
static bool replace_deadline(struct nng_tls_engine_conn *connection, int64_t deadline)
{
    int64_t present = atomic_load(&connection->deadline);
    return present != TLS_EXPIRED &&
           atomic_compare_exchange_strong(&connection->deadline, &present, deadline);
}

static int fail(struct nng_tls_engine_conn *connection, int failure)
{
    connection->state = TLS_FAILED;
    connection->failure = failure;
    (void)replace_deadline(connection, TLS_NO_DEADLINE);
    return failure;
}

static int fail_for(struct nng_tls_engine_conn *connection, aluno_reason reason, const char *detail,
                    int failure)
{
    aluno__tls_handshake_failure refusal;
    tls_refusal_of_reason(connection, reason, detail, &refusal);
    tls_context_observe(connection->tls, &refusal);
    return fail(connection, failure);
}

static int fail_expired(struct nng_tls_engine_conn *connection)
{
    char detail[64];
    if (connection->state == TLS_LINGERING)
        return fail(connection, connection->failure);
    snprintf(detail, sizeof detail, "no handshake within %lld ms",
             (long long)connection->tls->limits.handshake_ms);
    return fail_for(connection, ALUNO_REASON_CONNECTION_TIMEOUT, detail, NNG_ETIMEDOUT);
}

/* TCP is gone. */
static int fail_lost(struct nng_tls_engine_conn *connection)
{
    aluno__tls_handshake_failure refusal;
    if (connection->state == TLS_SHAKING) {
        tls_refusal_of_result(connection, MBEDTLS_ERR_SSL_CONN_EOF, &refusal);
        tls_context_observe(connection->tls, &refusal);
    }
    return fail(connection, NNG_ECONNRESET);
}

/* mbed TLS ends some handshakes without a word: the peer is always told. */
static void send_alert(struct nng_tls_engine_conn *connection, aluno_reason reason)
{
    if (connection->wire.alert_sent == 0)
        (void)mbedtls_ssl_send_alert_message(&connection->ssl, MBEDTLS_SSL_ALERT_LEVEL_FATAL,
                                             tls_alert_of_reason(reason));
}

/* Whether the peer is in the middle of a flight whose end can be told. */
static bool is_in_flight(const struct nng_tls_engine_conn *connection,
                         const aluno__tls_handshake_failure *refusal)
{
    if (connection->tls->side == ALUNO_TLS_CLIENT && mbed_speaks_tls13(&connection->ssl))
        return false;
    return connection->verdict.refused || refusal->reason == ALUNO_REASON_TLS_NO_CERTIFICATE;
}

/* Closing would take back an alert that has not left. It is not put off any longer: the peer that has heard
 * it might close first, and nng pause its accepting. */
static int linger(struct nng_tls_engine_conn *connection)
{
    if (!tls_wire_is_sent(&connection->wire))
        return NNG_EAGAIN;
    if (connection->skips_flight && tls_wire_skip_flight(&connection->wire) == NNG_EAGAIN)
        return NNG_EAGAIN;
    return fail(connection, connection->failure);
}

static int refuse(struct nng_tls_engine_conn *connection, int result)
{
    aluno__tls_handshake_failure refusal;
    tls_refusal_of_result(connection, result, &refusal);
    if (!refusal.by_peer)
        send_alert(connection, refusal.reason);
    tls_context_observe(connection->tls, &refusal);
    if (refusal.by_peer || connection->wire.alert_sent == 0 ||
        !replace_deadline(connection, aluno__clock_ms() + LINGER_MS))
        return fail(connection, NNG_EPEERAUTH);
    connection->state = TLS_LINGERING;
    connection->failure = NNG_EPEERAUTH;
    connection->skips_flight = is_in_flight(connection, &refusal);
    return linger(connection);
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

static int set_up(struct nng_tls_engine_conn *connection, const char *name)
{
    const bool is_server = connection->tls->side == ALUNO_TLS_SERVER;
    connection->verdict.peer_side = is_server ? ALUNO_TLS_CLIENT : ALUNO_TLS_SERVER;
    connection->verdict.name = is_server ? NULL : name;
    connection->verdict.lists = tls_credentials_lists(connection->credentials);
    connection->verdict.peer = &connection->peer;
    if (mbedtls_ssl_setup(&connection->ssl, &connection->credentials->config) != 0)
        return NNG_ENOMEM;
    if (!is_server && mbedtls_ssl_set_hostname(&connection->ssl, name) != 0)
        return NNG_ENOMEM;
    mbedtls_ssl_set_verify(&connection->ssl, tls_verify, &connection->verdict);
    tls_wire_attach(&connection->wire, connection->stream, &connection->ssl, &connection->verdict);
    return 0;
}

static int connection_init(nng_tls_engine_conn *connection, void *stream, nng_tls_engine_config *config)
{
    aluno__tls *tls = config->tls;
    if (tls == NULL || (tls->side == ALUNO_TLS_CLIENT && config->name == NULL))
        return NNG_ECONNABORTED; /* not bound to any credentials */
    connection->tls = tls;
    connection->stream = stream; /* nng's struct begins with its nng_stream */
    mbedtls_ssl_init(&connection->ssl);
    read_address(connection->stream, connection->peer.address, sizeof connection->peer.address);
    const size_t others = atomic_fetch_add(&tls->connections, 1);
    if (tls->limits.max_connections != 0 && others >= tls->limits.max_connections)
        return fail_for(connection, ALUNO_REASON_BUSY, "too many connections", NNG_ECONNABORTED);
    connection->credentials = tls_context_credentials(tls);
    if (connection->credentials == NULL)
        return NNG_ECONNABORTED; /* closed meanwhile */
    const int result = set_up(connection, config->name);
    if (result != 0)
        return result;
    atomic_init(&connection->dead, false);
    atomic_init(&connection->greeted, 0);
    atomic_init(&connection->admitted, false);
    atomic_init(&connection->deadline, aluno__clock_ms() + tls->limits.handshake_ms);
    tls_mend_stream(connection->stream);
    tls_reaper_watch(connection);
    return 0;
}

static void connection_fini(nng_tls_engine_conn *connection)
{
    if (connection->tls == NULL)
        return;
    tls_reaper_forget(connection);
    mbedtls_ssl_free(&connection->ssl);
    tls_credentials_release(connection->credentials);
    atomic_fetch_sub(&connection->tls->connections, 1);
}

/* ---- the operations ---- */

static int shake_hands(struct nng_tls_engine_conn *connection)
{
    int result = mbedtls_ssl_handshake(&connection->ssl);
    if (result == 0)
        result = tls_wire_hush(&connection->wire);
    if (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE)
        return NNG_EAGAIN;
    if (result != 0)
        return refuse(connection, result);
    if (!replace_deadline(connection, TLS_NO_DEADLINE))
        return fail_expired(connection);
    connection->state = TLS_OPEN;
    return 0;
}

/* Goes on with a handshake, or with its refusal. */
static int proceed(struct nng_tls_engine_conn *connection)
{
    tls_wire_begin(&connection->wire);
    const int result = connection->state == TLS_SHAKING ? shake_hands(connection) : linger(connection);
    tls_wire_end(&connection->wire);
    return result;
}

static int connection_handshake(nng_tls_engine_conn *connection)
{
    if (atomic_load(&connection->dead))
        return fail_lost(connection);
    if (atomic_load(&connection->deadline) == TLS_EXPIRED && connection->state != TLS_FAILED)
        return fail_expired(connection);
    switch (connection->state) {
    case TLS_SHAKING:
    case TLS_LINGERING:
        return proceed(connection);
    case TLS_FAILED:
        return connection->failure;
    case TLS_OPEN:
        break;
    }
    return 0;
}

/* A client of TLS 1.3 believes its handshake done before the server has judged its certificate: an alert
 * instead of the first data is a refusal. */
static int fail_open(struct nng_tls_engine_conn *connection, int result)
{
    aluno__tls_handshake_failure refusal;
    const bool alert = result == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE || connection->wire.alert_seen != 0;
    if (connection->heard > 0 || !alert)
        return fail(connection, NNG_ECONNRESET);
    tls_refusal_of_result(connection, result, &refusal);
    tls_context_observe(connection->tls, &refusal);
    return fail(connection, NNG_EPEERAUTH);
}

static int result_of_io(struct nng_tls_engine_conn *connection, int result)
{
    if (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE)
        return NNG_EAGAIN;
    return fail_open(connection, result);
}

static void note_heard(struct nng_tls_engine_conn *connection, size_t size)
{
    if (connection->heard < SP_GREETING_SIZE && connection->heard + size >= SP_GREETING_SIZE)
        atomic_store(&connection->greeted, aluno__clock_ms());
    connection->heard += size;
}

static int connection_recv(nng_tls_engine_conn *connection, uint8_t *bytes, size_t *size)
{
    tls_mend_note_engine();
    int result = connection_handshake(connection);
    if (result != 0)
        return result;
    do
        result = mbedtls_ssl_read(&connection->ssl, bytes, *size);
    while (mbed_is_harmless(result));
    if (result <= 0)
        return result_of_io(connection, result == 0 ? MBEDTLS_ERR_SSL_CONN_EOF : result);
    note_heard(connection, (size_t)result);
    *size = (size_t)result;
    return 0;
}

static int connection_send(nng_tls_engine_conn *connection, const uint8_t *bytes, size_t *size)
{
    tls_mend_note_engine();
    int result = connection_handshake(connection);
    if (result != 0)
        return result;
    result = tls_frame_send(&connection->frame, &connection->ssl, bytes, size);
    return result == 0 ? 0 : result_of_io(connection, result);
}

static void connection_close(nng_tls_engine_conn *connection)
{
    if (connection->state == TLS_OPEN)
        (void)mbedtls_ssl_close_notify(&connection->ssl);
    if (connection->state != TLS_FAILED)
        (void)fail_lost(connection);
}

static bool connection_verified(nng_tls_engine_conn *connection)
{
    const bool verified =
        connection->state == TLS_OPEN && connection->verdict.judged && !connection->verdict.refused;
    atomic_store(&connection->admitted, true);
    if (verified && peer_wanted != NULL)
        *peer_wanted = connection->peer;
    return verified;
}

#if NNG_ENGINE_TELLS_PEER
/* nng frees the text. */
static char *connection_peer_cn(nng_tls_engine_conn *connection)
{
    return strdup(connection->peer.common_name);
}

static char **connection_peer_alt_names(nng_tls_engine_conn *connection)
{
    (void)connection;
    return NULL;
}
#endif

nng_tls_engine_conn_ops tls_connection_ops = {
    .size = sizeof(struct nng_tls_engine_conn),
    .init = connection_init,
    .fini = connection_fini,
    .close = connection_close,
    .handshake = connection_handshake,
    .recv = connection_recv,
    .send = connection_send,
    .verified = connection_verified,
#if NNG_ENGINE_TELLS_PEER
    .peer_cn = connection_peer_cn,
    .peer_alt_names = connection_peer_alt_names,
#endif
};

bool aluno__tls_peer_of(nng_pipe pipe, aluno__tls_peer *peer)
{
    bool verified = false;
    *peer = (aluno__tls_peer){0};
    peer_wanted = peer;
    const int result = nng_pipe_get_bool(pipe, NNG_OPT_TLS_VERIFIED, &verified);
    peer_wanted = NULL;
    return result == 0 && verified && peer->fingerprint[0] != '\0';
}
