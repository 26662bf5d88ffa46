/* Sends whole SP frames as TLS records: one frame, or as many as are held back and fit.
 *
 * nng gives its engine the length, the protocol header and the body of a message one after the other. An
 * engine that makes a record, and so a TCP segment, of each spends twice the CPU on a call. The length says
 * how much follows: the parts are buffered, and written when the frame is complete, or later. */
#ifndef ALUNO_TLS_RECORD_COALESCER_H
#define ALUNO_TLS_RECORD_COALESCER_H

#include "mbed.h"

/* Bytes that are buffered; larger frames are not. With a record's header and tag they fit into nng's own
 * buffer of 16 KiB, so that TCP gets them in one write. */
enum { ALUNO_TLS_RECORD_MAX = 16384 - 64 };

typedef struct aluno__tls_record_coalescer {
    bool begun;     /* the stream's first bytes were seen */
    bool is_sp;     /* and were SP's: 00 53 50 00; other streams are not buffered */
    bool buffering; /* the present frame fits into the buffer */
    bool flushing;  /* mbed TLS wants to continue the write of the buffer */
    uint64_t left;  /* bytes of the present frame that nng has not given yet */
    size_t taken;   /* bytes of the present part that are buffered but could not be written: nng gives them
                       again */
    size_t frames;  /* whole ones in the buffer */
    size_t filled, written;
    uint8_t bytes[ALUNO_TLS_RECORD_MAX];
} aluno__tls_record_coalescer;

/* Takes up to *size bytes of a part and stores in *size how many. `hold`: when this completes a frame, it
 * need not be written yet. Returns 0 or mbed TLS's error; after MBEDTLS_ERR_SSL_WANT_* it must be called
 * again with the same part. */
int aluno__tls_record_coalescer_send(aluno__tls_record_coalescer *coalescer, mbedtls_ssl_context *ssl,
                                     const uint8_t *part, size_t *size, bool hold);

/* Writes the buffer. Returns as send; after MBEDTLS_ERR_SSL_WANT_* one of both must be called again. */
int aluno__tls_record_coalescer_flush(aluno__tls_record_coalescer *coalescer, mbedtls_ssl_context *ssl);

/* Whether a frame, or SP's greeting, has just ended. */
bool aluno__tls_record_coalescer_is_between_frames(const aluno__tls_record_coalescer *coalescer);

#endif
