/* Sends a whole SP frame as one TLS record.
 *
 * nng hands its engine the length, the protocol's header and the body of each message one after the other,
 * and an engine that makes a record (and so a TCP segment) of each spends twice the CPU on a call. The length
 * says how much is to come: here the pieces are gathered, and written once all of them are there. */
#ifndef ALUNO_TLS_RECORD_COALESCER_H
#define ALUNO_TLS_RECORD_COALESCER_H

#include "mbed.h"

enum { TLS_FRAME_MAX = 16384 }; /* a record's payload; frames larger than this pass through piece by piece */

typedef struct tls_frame {
    bool begun;    /* the stream's first bytes were seen */
    bool is_sp;    /* and they were SP's: 00 53 50 00; other streams pass through */
    bool gathers;  /* the present frame fits into the buffer */
    uint64_t left; /* bytes of the present frame that nng has not handed over */
    size_t
        taken; /* of the piece that is in the buffer already, but could not be written: nng offers it again */
    size_t filled, written;
    uint8_t bytes[TLS_FRAME_MAX];
} tls_frame;

/* Takes up to *size bytes and tells in *size how many. Returns 0 or mbed TLS's error; after
 * MBEDTLS_ERR_SSL_WANT_* it must be called again with the same piece. */
int tls_frame_send(tls_frame *frame, mbedtls_ssl_context *ssl, const uint8_t *piece, size_t *size);

#endif
