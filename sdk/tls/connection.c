/* nng allocates a connection, zeroed, together with its TLS stream, and calls the operations one at a time
 * under that stream's lock, but for init and fini. It may call send and recv before the handshake is done, so
 * each continues the handshake first. */
#include "connection.h"

#include "batch.h"
#include "config.h"
#include "handshake.h"
#include "nng/stream_patch.h"
#include "peer.h"

enum { SP_GREETING_SIZE = 8 };

struct nng_tls_engine_conn {
    aluno__tls_handshake handshake;
    aluno__tls_batch batch;
    size_t received; /* bytes of data */
};

static int connection_init(nng_tls_engine_conn *connection, void *stream, nng_tls_engine_config *config)
{
    if (config->tls == NULL ||
        (aluno__tls_context_side(config->tls) == ALUNO_TLS_CLIENT && config->name == NULL))
        return NNG_ECONNABORTED;    /* not bound to any credentials */
    nng_stream *const own = stream; /* nng's struct begins with its nng_stream */
    const int result = aluno__tls_batch_init(&connection->batch, own,
                                             aluno__tls_context_side(config->tls) == ALUNO_TLS_SERVER);
    if (result != 0)
        return result;
    return aluno__tls_handshake_init(&connection->handshake, config->tls, own, config->name);
}

/* nng calls this even when it did not call init, or when init failed. */
static void connection_fini(nng_tls_engine_conn *connection)
{
    aluno__tls_batch_fini(&connection->batch); /* first: until then send may be called */
    aluno__tls_handshake_fini(&connection->handshake);
}

static int connection_handshake(nng_tls_engine_conn *connection)
{
    return aluno__tls_handshake_continue(&connection->handshake);
}

/* Whether the end of the stream came while nng had no receive queued, as when the service hangs up right
 * after its greeting. A client waits for replies and must know at once. */
static bool has_ended(const nng_tls_engine_conn *connection, int result)
{
    const aluno__tls_handshake *handshake = &connection->handshake;
    return result == MBEDTLS_ERR_SSL_WANT_READ && connection->received >= SP_GREETING_SIZE &&
           aluno__tls_context_side(handshake->tls) == ALUNO_TLS_CLIENT &&
           aluno__nng_watch_tcp_is_dead(&handshake->watch);
}

static int fail_io(nng_tls_engine_conn *connection, int result)
{
    if (has_ended(connection, result))
        return aluno__tls_handshake_fail_lost(&connection->handshake);
    if (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE)
        return NNG_EAGAIN;
    return aluno__tls_handshake_fail_open(&connection->handshake, result, connection->received > 0);
}

/* False when the bytes come too late: the stream has expired. */
static bool count_received(nng_tls_engine_conn *connection, size_t size)
{
    const bool greets =
        connection->received < SP_GREETING_SIZE && connection->received + size >= SP_GREETING_SIZE;
    connection->received += size;
    return !greets || aluno__nng_watch_greeted(&connection->handshake.watch);
}

static int connection_recv(nng_tls_engine_conn *connection, uint8_t *bytes, size_t *size)
{
    aluno__nng_stream_patch_engine_called();
    int result = connection_handshake(connection);
    if (result != 0)
        return result;
    do
        result = mbed_read(&connection->handshake.ssl, bytes, *size);
    while (aluno__tls_handshake_take_ticket(&connection->handshake, result));
    if (result <= 0)
        return fail_io(connection, result == 0 ? MBEDTLS_ERR_SSL_CONN_EOF : result);
    if (!count_received(connection, (size_t)result))
        return connection_handshake(connection); /* fails */
    aluno__tls_batch_received(&connection->batch, bytes, (size_t)result);
    aluno__nng_watch_message(&connection->handshake.watch,
                             aluno__tls_frame_counter_is_inside(&connection->batch.counter));
    *size = (size_t)result;
    return 0;
}

static int connection_send(nng_tls_engine_conn *connection, const uint8_t *bytes, size_t *size)
{
    aluno__nng_stream_patch_engine_called();
    int result = connection_handshake(connection);
    if (result != 0)
        return result;
    result = aluno__tls_batch_send(&connection->batch, &connection->handshake.ssl, bytes, size);
    return result == 0 ? 0 : fail_io(connection, result);
}

static void connection_close(nng_tls_engine_conn *connection)
{
    if (connection->handshake.state == ALUNO_TLS_OPEN) {
        aluno__tls_batch_close(&connection->batch, &connection->handshake.ssl);
        (void)mbedtls_ssl_close_notify(&connection->handshake.ssl);
    }
    if (connection->handshake.state != ALUNO_TLS_FAILED)
        (void)aluno__tls_handshake_fail_lost(&connection->handshake);
}

static bool connection_verified(nng_tls_engine_conn *connection)
{
    aluno__tls_handshake *handshake = &connection->handshake;
    const bool verified = handshake->state == ALUNO_TLS_OPEN;
    aluno__nng_watch_admitted(&handshake->watch);
    if (verified)
        aluno__tls_peer_report(&handshake->peer);
    return verified;
}

#if NNG_ENGINE_HAS_PEER
/* nng frees the text. */
static char *connection_peer_cn(nng_tls_engine_conn *connection)
{
    return strdup(connection->handshake.peer.common_name);
}

static char **connection_peer_alt_names(nng_tls_engine_conn *connection)
{
    (void)connection;
    return NULL;
}
#endif

nng_tls_engine_conn_ops aluno__tls_connection_ops = {
    .size = sizeof(struct nng_tls_engine_conn),
    .init = connection_init,
    .fini = connection_fini,
    .close = connection_close,
    .handshake = connection_handshake,
    .recv = connection_recv,
    .send = connection_send,
    .verified = connection_verified,
#if NNG_ENGINE_HAS_PEER
    .peer_cn = connection_peer_cn,
    .peer_alt_names = connection_peer_alt_names,
#endif
};
