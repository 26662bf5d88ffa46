/* The handshake of one connection and its outcome: an open TLS context or a failure. Used under the stream's
 * lock, but for init and fini. */
#ifndef ALUNO_TLS_HANDSHAKE_H
#define ALUNO_TLS_HANDSHAKE_H

#include "bio.h"
#include "context.h"
#include "nng/api.h"
#include "nng/watch.h"
#include "peer_flight.h"
#include "resumption.h"
#include "verify.h"

typedef enum aluno__tls_state {
    ALUNO_TLS_HANDSHAKING,
    ALUNO_TLS_OPEN,      /* the peer is verified, data flows */
    ALUNO_TLS_LINGERING, /* the peer was refused; a reset must not destroy our alert before it is read */
    ALUNO_TLS_FAILED     /* every operation returns `failure` */
} aluno__tls_state;

typedef struct aluno__tls_handshake {
    aluno__tls *tls; /* NULL before init */
    aluno__tls_credentials *credentials;
    mbedtls_ssl_context ssl;
    aluno__tls_state state;
    bool was_open;     /* it is counted as such */
    int failure;       /* nng's error number */
    bool skips_flight; /* lingering: the peer is in the middle of a flight */
    aluno__tls_peer peer;
    aluno__tls_verify_result verified;
    aluno__tls_resumption resumption;
    aluno__tls_bio bio;
    aluno__tls_peer_flight peer_flight;
    aluno__nng_watch watch;
} aluno__tls_handshake;

/* Prepares the handshake on nng's TLS stream. `name` is the name that the service's certificate must carry;
 * ignored on the server side. The handshake is zeroed before and must not move afterwards. Returns nng's
 * error numbers. */
int aluno__tls_handshake_init(aluno__tls_handshake *handshake, aluno__tls *tls, nng_stream *stream,
                              const char *name);

/* Frees all. Allowed on a zeroed handshake and after a failed init. */
void aluno__tls_handshake_fini(aluno__tls_handshake *handshake);

/* Continues the handshake. Returns 0 when it is open, NNG_EAGAIN while it waits for the peer, or its
 * failure. */
int aluno__tls_handshake_continue(aluno__tls_handshake *handshake);

/* Whether `result` of mbed_read is a ticket, which is stored, and not data or a failure. */
bool aluno__tls_handshake_take_ticket(aluno__tls_handshake *handshake, int result);

/* Fails an open connection whose read or write returned mbed TLS's error `result`. A TLS 1.3 client is open
 * before the server has verified its certificate: an alert in place of the first data is a failed handshake.
 * Returns nng's error number. */
int aluno__tls_handshake_fail_open(aluno__tls_handshake *handshake, int result, bool has_received);

/* Fails the connection because TCP is gone. Returns nng's error number. */
int aluno__tls_handshake_fail_lost(aluno__tls_handshake *handshake);

#endif
