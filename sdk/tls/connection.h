/* A TLS connection, as nng's engine interface has it: nng allocates it, zeroed, beside its own TLS stream,
 * and calls the operations one at a time under that stream's lock, but for init and fini. */
#ifndef ALUNO_TLS_CONNECTION_H
#define ALUNO_TLS_CONNECTION_H

#include "context.h"
#include "record_coalescer.h"
#include "verify.h"
#include "bio.h"

typedef enum tls_state {
    TLS_SHAKING,   /* in handshake */
    TLS_OPEN,      /* the peer is verified, data flows */
    TLS_LINGERING, /* the peer was refused: its flight is read to the end, lest a reset destroys our alert */
    TLS_FAILED     /* every operation returns `failure` */
} tls_state;

/* The values of `deadline` that are no time. */
#define TLS_NO_DEADLINE INT64_MAX
#define TLS_EXPIRED     INT64_C(0)

struct nng_tls_engine_conn {
    nng_stream *stream; /* nng's TLS stream, which this belongs to */
    aluno__tls *tls;    /* NULL: init never ran; nng calls fini all the same */
    tls_credentials *credentials;
    mbedtls_ssl_context ssl;
    tls_state state;
    int failure;
    size_t heard;      /* bytes of data that the peer sent */
    bool skips_flight; /* lingering: the peer is in the middle of a flight */
    aluno__tls_peer peer;
    tls_verdict verdict;
    tls_wire wire;
    tls_frame frame;

    /* When the state must end, on the monotonic clock. Who replaces the time wins: the connection by
     * TLS_NO_DEADLINE, or the reaper by TLS_EXPIRED, after which the connection can only fail. */
    _Atomic int64_t deadline;
    atomic_bool dead; /* set by the reaper: TCP is gone */

    _Atomic int64_t greeted; /* when SP's greeting had come, on the monotonic clock; 0: it has not */
    atomic_bool admitted;    /* nng has made it a pipe and asked who the peer is */

    /* The reaper's. */
    struct nng_tls_engine_conn *next, **previous;
    unsigned rounds_dead; /* in which TCP was found dead */
};

/* The operations on connections, for the engine's registration. */
extern nng_tls_engine_conn_ops tls_connection_ops;

#endif
