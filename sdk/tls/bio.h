/* The byte layer between mbed TLS and nng's stream (mbed TLS's BIO). During the handshake it records what
 * explains a failure: the peer's first bytes, plaintext alerts. Used under the stream's lock.
 *
 * During the handshake it buffers our flight and sends it whole. nng would send the first record at once and
 * the others a moment later; a peer that refuses us in between may close the connection, and would see it end
 * in the middle of a flight. But a client sends its certificate at once, and the service verifies it while
 * the client computes and signs the rest; a service that refuses it reads the rest before it closes
 * (handshake.c). */
#ifndef ALUNO_TLS_BIO_H
#define ALUNO_TLS_BIO_H

#include "mbed.h"
#include "nng/send_tracker.h"
#include "verify.h"

typedef struct aluno__tls_bio {
    aluno__nng_send_tracker tracker;
    const mbedtls_ssl_context *ssl;
    const aluno__tls_verify_result *verified;
    uint8_t first[5]; /* the peer's first bytes */
    size_t first_count;
    uint8_t alert_sent, alert_seen; /* fatal alerts, the latter in plaintext; 0: none */
    bool in_alert;                  /* an alert's header was read; its body is next */
    bool sends_alert;               /* bytes are our alert: they are sent at once and not examined */
    bool passthrough;               /* the handshake is over: bytes are neither buffered nor examined */
    size_t buffered;                /* bytes of our flight that nng does not have yet */
    uint8_t *flight;                /* during the handshake only */
} aluno__tls_bio;

/* Makes mbed TLS send and receive through the BIO, which must not move afterwards. False without memory. */
bool aluno__tls_bio_attach(aluno__tls_bio *bio, void *stream, mbedtls_ssl_context *ssl,
                           const aluno__tls_verify_result *verified);

/* Frees the buffer. Allowed on a zeroed BIO. */
void aluno__tls_bio_free(aluno__tls_bio *bio);

/* Sends a fatal alert that the peer can read, unless one was sent. */
void aluno__tls_bio_send_alert(aluno__tls_bio *bio, mbedtls_ssl_context *ssl, uint8_t alert);

/* Sends the buffered bytes and switches to passthrough. Returns 0 or mbed TLS's error; on
 * MBEDTLS_ERR_SSL_WANT_WRITE it must be called again. */
int aluno__tls_bio_end_handshake(aluno__tls_bio *bio);

#endif
