/* Sends a whole SP frame as one TLS record.
 *
 * nng gives its engine the length, the protocol header and the body of a message one after the other. An
 * engine that makes a record, and so a TCP segment, of each spends twice the CPU on a call. The length says
 * how much follows: the parts are buffered, and written when the frame is complete. */
#ifndef ALUNO_TLS_RECORD_COALESCER_H
#define ALUNO_TLS_RECORD_COALESCER_H

#include "mbed.h"

enum { ALUNO_TLS_RECORD_MAX = 16384 }; /* a record's payload; larger frames are not buffered */

typedef struct aluno__tls_record_coalescer {
    bool begun;     /* the stream's first bytes were seen */
    bool is_sp;     /* and were SP's: 00 53 50 00; other streams are not buffered */
    bool buffering; /* the present frame fits into the buffer */
    uint64_t left;  /* bytes of the present frame that nng has not given yet */
    size_t taken;   /* bytes of the present part that are buffered but could not be written: nng gives them
                       again */
    size_t filled, written;
    uint8_t bytes[ALUNO_TLS_RECORD_MAX];
} aluno__tls_record_coalescer;

/* Takes up to *size bytes of a part and stores in *size how many. Returns 0 or mbed TLS's error; after
 * MBEDTLS_ERR_SSL_WANT_* it must be called again with the same part. */
int aluno__tls_record_coalescer_send(aluno__tls_record_coalescer *coalescer, mbedtls_ssl_context *ssl,
                                     const uint8_t *part, size_t *size);

#endif
