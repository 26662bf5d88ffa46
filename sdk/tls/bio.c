/* mbed TLS's send and receive callbacks. */
#include "bio.h"

#include "base/memory.h"
#include "nng/api.h"
#include "reason.h"

enum {
    FATAL_ALERT_SIZE = 7, /* 21, version (2), length (2), level 2, description */
    RECORD_HEADER_SIZE = 5,
    FLIGHT_SIZE = 4096,
};

static bool is_fatal_alert(const unsigned char *record, size_t size)
{
    return size == FATAL_ALERT_SIZE && record[0] == MBEDTLS_SSL_MSG_ALERT &&
           record[5] == MBEDTLS_SSL_ALERT_LEVEL_FATAL;
}

/* ---- sending ---- */

static int write_stream(aluno__tls_bio *bio, const uint8_t *bytes, size_t *size)
{
    switch (aluno__nng_send_tracker_send(&bio->tracker, bytes, size)) {
    case 0:
        return 0;
    case NNG_EAGAIN:
        return MBEDTLS_ERR_SSL_WANT_WRITE;
    default:
        return MBEDTLS_ERR_NET_SEND_FAILED;
    }
}

static int flush(aluno__tls_bio *bio)
{
    while (bio->buffered > 0) {
        size_t size = bio->buffered;
        const int result = write_stream(bio, bio->flight, &size);
        if (result != 0)
            return result;
        bio->buffered -= size;
        memmove(bio->flight, bio->flight + size, bio->buffered);
    }
    return 0;
}

/* Whether a record in plaintext is a ClientKeyExchange message. */
static bool is_key_exchange(const unsigned char *record, size_t size)
{
    return size > RECORD_HEADER_SIZE && record[0] == MBEDTLS_SSL_MSG_HANDSHAKE &&
           record[RECORD_HEADER_SIZE] == MBEDTLS_SSL_HS_CLIENT_KEY_EXCHANGE;
}

static int buffer(aluno__tls_bio *bio, const uint8_t *bytes, size_t size)
{
    if (bio->buffered == FLIGHT_SIZE) {
        const int result = flush(bio);
        if (result != 0)
            return result;
    }
    const size_t space = FLIGHT_SIZE - bio->buffered;
    const size_t taken = size < space ? size : space;
    memcpy(bio->flight + bio->buffered, bytes, taken);
    bio->buffered += taken;
    return (int)taken;
}

/* For a refused certificate sends our reason's alert, which mbed TLS may not have chosen. */
static int send_alert(aluno__tls_bio *bio, uint8_t alert)
{
    uint8_t record[FATAL_ALERT_SIZE] = {MBEDTLS_SSL_MSG_ALERT,         3,    3, 0, 2,
                                        MBEDTLS_SSL_ALERT_LEVEL_FATAL, alert};
    size_t size = sizeof record;
    if (bio->verified->refused)
        record[6] = aluno__tls_reason_to_alert(bio->verified->reason);
    if (flush(bio) != 0 || write_stream(bio, record, &size) != 0)
        return MBEDTLS_ERR_NET_SEND_FAILED;
    bio->alert_sent = record[6];
    return FATAL_ALERT_SIZE;
}

/* Once the peer's certificate is refused or missing, only an alert is left to send. Under TLS 1.3 mbed
 * TLS 3.6 encrypts it, as a service, with keys that the client does not use any more, and with its own
 * reason. */
static bool must_drop_alert(const aluno__tls_bio *bio)
{
    return mbed_speaks_tls13(bio->ssl) && (bio->verified->refused || mbed_misses_certificate(bio->ssl));
}

static int send_bytes(void *argument, const unsigned char *bytes, size_t size)
{
    aluno__tls_bio *bio = argument;
    if (is_fatal_alert(bytes, size) && !bio->passthrough)
        return send_alert(bio, bytes[6]);
    if (bio->passthrough || bio->sends_alert) {
        const int result = write_stream(bio, bytes, &size);
        return result < 0 ? result : (int)size;
    }
    if (must_drop_alert(bio))
        return (int)size;
    const int taken = buffer(bio, bytes, size);
    if (bio->verified->peer_side == ALUNO_TLS_SERVER && is_key_exchange(bytes, size))
        (void)flush(bio); /* the rest waits for the next flush */
    return taken;
}

void aluno__tls_bio_send_alert(aluno__tls_bio *bio, mbedtls_ssl_context *ssl, uint8_t alert)
{
    if (bio->alert_sent != 0 || flush(bio) != 0)
        return;
    mbed_use_data_keys(ssl);
    bio->sends_alert = true;
    if (mbedtls_ssl_send_alert_message(ssl, MBEDTLS_SSL_ALERT_LEVEL_FATAL, alert) == 0)
        bio->alert_sent = alert;
    bio->sends_alert = false;
}

/* ---- receiving ---- */

/* mbed TLS reads a record's header, five bytes, separately. */
static void detect_alert(aluno__tls_bio *bio, const unsigned char *bytes, size_t size)
{
    if (bio->in_alert && size == 2)
        bio->alert_seen = bytes[1];
    bio->in_alert = size == 5 && bytes[0] == MBEDTLS_SSL_MSG_ALERT && bytes[3] == 0 && bytes[4] == 2;
}

static int receive_bytes(void *argument, unsigned char *bytes, size_t size)
{
    aluno__tls_bio *bio = argument;
    int result = flush(bio); /* mbed TLS reads when our flight is complete */
    if (result != 0)
        return result;
    result = nng_tls_engine_recv(bio->tracker.stream, bytes, &size);
    if (result != 0)
        return result == NNG_EAGAIN ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_NET_RECV_FAILED;
    for (size_t i = 0; i < size && bio->first_count < sizeof bio->first; i++)
        bio->first[bio->first_count++] = bytes[i];
    detect_alert(bio, bytes, size);
    return (int)size;
}

/* ---- the handshake ---- */

bool aluno__tls_bio_attach(aluno__tls_bio *bio, void *stream, mbedtls_ssl_context *ssl,
                           const aluno__tls_verify_result *verified)
{
    *bio = (aluno__tls_bio){.tracker = {.stream = stream}, .ssl = ssl, .verified = verified};
    bio->flight = aluno__malloc(FLIGHT_SIZE);
    mbedtls_ssl_set_bio(ssl, bio, send_bytes, receive_bytes, NULL);
    return bio->flight != NULL;
}

int aluno__tls_bio_end_handshake(aluno__tls_bio *bio)
{
    const int result = flush(bio);
    if (result != 0)
        return result;
    bio->passthrough = true;
    aluno__tls_bio_free(bio);
    return 0;
}

void aluno__tls_bio_free(aluno__tls_bio *bio)
{
    aluno__free(bio->flight);
    bio->flight = NULL;
}
