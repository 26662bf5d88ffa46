/* The bytes below TLS, on their way between mbed TLS and nng's TCP stream: what they tell about a handshake
 * that fails (the first bytes, plaintext alerts), and the end of the peer's flight. Used under the stream's
 * lock.
 *
 * During the handshake our own flights are gathered and leave as one piece. nng would send the first record
 * at once and the others a moment later, in which a peer's refusal could close the connection: the peer would
 * see it end in the middle of a flight. */
#ifndef ALUNO_TLS_BIO_H
#define ALUNO_TLS_BIO_H

#include "mbed.h"
#include "verify.h"

typedef struct tls_wire {
    void *stream; /* nng's TLS stream */
    const mbedtls_ssl_context *ssl;
    const tls_verdict *verdict;
    uint8_t first[5]; /* what the peer sent first */
    size_t first_count;
    uint8_t alert_sent, alert_seen; /* fatal ones in plaintext; 0: none */
    bool in_alert;                  /* an alert's header was read, its body comes next */
    bool hushed;                    /* the handshake is done: bytes pass through unseen */

    /* The part of our flight that is not handed to nng yet. */
    size_t gathered;
    uint8_t flight[4096];

    /* What nng has of ours, and whether it had bytes of the peer's when it was last asked. */
    bool sending; /* a piece is under way: its callback has not come */
    bool waiting; /* and another waits for that */
    bool had_bytes;

    /* Where in the peer's records tls_wire_skip_flight is. */
    uint8_t header[5], tail[4];
    size_t header_count, body_left;
    bool cipher_changed;
} tls_wire;

/* Makes mbed TLS send and receive through the wire. The wire must not move afterwards. */
void tls_wire_attach(tls_wire *wire, void *stream, mbedtls_ssl_context *ssl, const tls_verdict *verdict);

/* Begin and end an operation that nng has called during the handshake. nng sends one piece at a time: the
 * next leaves after that one's callback, which may be late on a busy machine, or never when the stream is
 * closed before. It does not tell, but calls the engine once after each piece sent and once after each
 * received, and only the latter finds bytes where there were none. */
void tls_wire_begin(tls_wire *wire);
void tls_wire_end(tls_wire *wire);

/* Whether all that was handed to nng has left: closing the stream takes nothing back. */
bool tls_wire_is_sent(const tls_wire *wire);

/* Ends the handshake: sends what is gathered, and from now on passes bytes through. Returns 0 or mbed TLS's
 * error; on MBEDTLS_ERR_SSL_WANT_WRITE it must be called again. */
int tls_wire_hush(tls_wire *wire);

/* Reads and discards until the peer's present flight of handshake messages is over, at the end of which it
 * waits for us. Returns 0, NNG_EAGAIN while more is to come, or another of nng's errors. */
int tls_wire_skip_flight(tls_wire *wire);

#endif
