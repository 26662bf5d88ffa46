/* The functions that mbed TLS sends and receives with, and the reader that skips a flight. */
#include "bio.h"

#include "nng/api.h"
#include "reason.h"

enum { FATAL_ALERT_SIZE = 7 }; /* 21, version (2), length (2), level 2, description */

static bool is_fatal_alert(const unsigned char *record, size_t size)
{
    return size == FATAL_ALERT_SIZE && record[0] == MBEDTLS_SSL_MSG_ALERT &&
           record[5] == MBEDTLS_SSL_ALERT_LEVEL_FATAL;
}

static int hand_over(tls_wire *wire, const uint8_t *bytes, size_t *size)
{
    switch (nng_tls_engine_send(wire->stream, bytes, size)) {
    case 0:
        wire->waiting = wire->sending;
        wire->sending = true;
        return 0;
    case NNG_EAGAIN:
        return MBEDTLS_ERR_SSL_WANT_WRITE;
    default:
        return MBEDTLS_ERR_NET_SEND_FAILED;
    }
}

/* Takes nothing: nng only says whether it has bytes. */
static bool has_bytes(const tls_wire *wire)
{
    uint8_t none;
    size_t size = 0;
    return nng_tls_engine_recv(wire->stream, &none, &size) == 0;
}

void tls_wire_begin(tls_wire *wire)
{
    const bool received = !wire->had_bytes && has_bytes(wire);
    if (received || !wire->sending)
        return;
    wire->sending = wire->waiting;
    wire->waiting = false;
}

void tls_wire_end(tls_wire *wire)
{
    wire->had_bytes = has_bytes(wire);
}

bool tls_wire_is_sent(const tls_wire *wire)
{
    return !wire->waiting;
}

static int flush(tls_wire *wire)
{
    while (wire->gathered > 0) {
        size_t size = wire->gathered;
        const int result = hand_over(wire, wire->flight, &size);
        if (result != 0)
            return result;
        wire->gathered -= size;
        memmove(wire->flight, wire->flight + size, wire->gathered);
    }
    return 0;
}

static int gather(tls_wire *wire, const uint8_t *bytes, size_t size)
{
    if (wire->gathered == sizeof wire->flight) {
        const int result = flush(wire);
        if (result != 0)
            return result;
    }
    const size_t space = sizeof wire->flight - wire->gathered;
    const size_t taken = size < space ? size : space;
    memcpy(wire->flight + wire->gathered, bytes, taken);
    wire->gathered += taken;
    return (int)taken;
}

/* A refused certificate's alert is the one of our reason, which may not be mbed TLS's choice. */
static int send_alert(tls_wire *wire, uint8_t alert)
{
    uint8_t record[FATAL_ALERT_SIZE] = {MBEDTLS_SSL_MSG_ALERT,         3,    3, 0, 2,
                                        MBEDTLS_SSL_ALERT_LEVEL_FATAL, alert};
    size_t size = sizeof record;
    if (wire->verdict->refused)
        record[6] = tls_alert_of_reason(wire->verdict->reason);
    if (flush(wire) != 0 || hand_over(wire, record, &size) != 0)
        return MBEDTLS_ERR_NET_SEND_FAILED;
    wire->alert_sent = record[6];
    return FATAL_ALERT_SIZE;
}

/* Once the peer's certificate is refused or missing, an alert is all that is left to send. TLS 1.3 encrypts
 * it, and mbed TLS 3.6, as a server, with keys that the client has left behind already: nobody could read it.
 */
static bool must_alert_in_plaintext(const tls_wire *wire)
{
    return mbed_speaks_tls13(wire->ssl) && (wire->verdict->refused || mbed_misses_certificate(wire->ssl));
}

static int send_bytes(void *argument, const unsigned char *bytes, size_t size)
{
    tls_wire *wire = argument;
    if (wire->hushed) {
        const int result = hand_over(wire, bytes, &size);
        return result < 0 ? result : (int)size;
    }
    if (is_fatal_alert(bytes, size))
        return send_alert(wire, bytes[6]);
    if (must_alert_in_plaintext(wire)) {
        const int result = send_alert(wire, tls_alert_of_reason(ALUNO_REASON_TLS_NO_CERTIFICATE));
        return result < 0 ? result : (int)size;
    }
    return gather(wire, bytes, size);
}

/* mbed TLS reads a record's header, five bytes, alone. */
static void look_for_alert(tls_wire *wire, const unsigned char *bytes, size_t size)
{
    if (wire->in_alert && size == 2)
        wire->alert_seen = bytes[1];
    wire->in_alert = size == 5 && bytes[0] == MBEDTLS_SSL_MSG_ALERT && bytes[3] == 0 && bytes[4] == 2;
}

static int receive_bytes(void *argument, unsigned char *bytes, size_t size)
{
    tls_wire *wire = argument;
    int result = flush(wire); /* our flight is over when mbed TLS begins to read */
    if (result != 0)
        return result;
    result = nng_tls_engine_recv(wire->stream, bytes, &size);
    if (result != 0)
        return result == NNG_EAGAIN ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_NET_RECV_FAILED;
    for (size_t i = 0; i < size && wire->first_count < sizeof wire->first; i++)
        wire->first[wire->first_count++] = bytes[i];
    look_for_alert(wire, bytes, size);
    return (int)size;
}

void tls_wire_attach(tls_wire *wire, void *stream, mbedtls_ssl_context *ssl, const tls_verdict *verdict)
{
    *wire = (tls_wire){.stream = stream, .ssl = ssl, .verdict = verdict};
    mbedtls_ssl_set_bio(ssl, wire, send_bytes, receive_bytes, NULL);
}

int tls_wire_hush(tls_wire *wire)
{
    const int result = flush(wire);
    wire->hushed = result == 0;
    return result;
}

/* A TLS 1.2 client's flight ends with the record after ChangeCipherSpec (Finished), a server's first one with
 * ServerHelloDone: 0e 00 00 00. */
static bool ends_flight(tls_wire *wire)
{
    static const uint8_t server_hello_done[4] = {MBEDTLS_SSL_HS_SERVER_HELLO_DONE, 0, 0, 0};
    if (wire->verdict->peer_side == ALUNO_TLS_SERVER)
        return wire->header[0] == MBEDTLS_SSL_MSG_HANDSHAKE &&
               memcmp(wire->tail, server_hello_done, sizeof wire->tail) == 0;
    if (wire->cipher_changed)
        return true;
    wire->cipher_changed = wire->header[0] == MBEDTLS_SSL_MSG_CHANGE_CIPHER_SPEC;
    return false;
}

/* Takes the next byte; true when it was the flight's last. */
static bool skip_byte(tls_wire *wire, uint8_t byte)
{
    if (wire->header_count < sizeof wire->header) {
        wire->header[wire->header_count++] = byte;
        wire->body_left = (size_t)wire->header[3] << 8 | wire->header[4];
        if (wire->header_count == sizeof wire->header && wire->body_left == 0)
            wire->header_count = 0;
        return false;
    }
    memmove(wire->tail, wire->tail + 1, sizeof wire->tail - 1);
    wire->tail[sizeof wire->tail - 1] = byte;
    if (--wire->body_left > 0)
        return false;
    wire->header_count = 0;
    return ends_flight(wire);
}

int tls_wire_skip_flight(tls_wire *wire)
{
    uint8_t bytes[1024];
    for (;;) {
        size_t size = sizeof bytes;
        const int result = nng_tls_engine_recv(wire->stream, bytes, &size);
        if (result != 0)
            return result;
        for (size_t i = 0; i < size; i++)
            if (skip_byte(wire, bytes[i]))
                return 0;
    }
}
