/* Mutual TLS for nng's tls+tcp transport: aluno's own TLS engine on mbed TLS.
 *
 * nng's built-in engine names neither the peer nor the reason of a refusal, and leaves half-open and dead
 * connections behind; this one is registered in its place through nng/supplemental/tls/engine.h. One
 * `aluno__tls` holds one side's credentials; several clients and a service may live in one process.
 * Everything here may be called from any thread unless it says otherwise. */
#ifndef ALUNO_TLS_ENGINE_H
#define ALUNO_TLS_ENGINE_H

#include "nng/api.h"

#include <aluno/error.h>

typedef struct aluno__tls aluno__tls;

typedef enum aluno__tls_side { ALUNO_TLS_CLIENT, ALUNO_TLS_SERVER } aluno__tls_side;

/* PEM files. On the server side the CA and CRL judge clients. */
typedef struct aluno__tls_files aluno__tls_files;
struct aluno__tls_files {
    const char *ca, *cert, *key;   /* required */
    const char *crl;               /* may be NULL */
    const aluno__tls_files *names; /* of the options, for errors; NULL: those of aluno_client_options */
};

/* Who a verified peer is: facts of its certificate, and its address. */
typedef struct aluno__tls_peer {
    char common_name[65]; /* "" unless there is exactly one CN, without control characters */
    char unit[65];        /* OU, under the same conditions: the role */
    char serial[65];      /* hexadecimal */
    char fingerprint[65]; /* SHA-256 of the certificate, hexadecimal */
    char address[64];     /* "127.0.0.1:40312" */
    int64_t not_after_ms; /* Unix milliseconds */
} aluno__tls_peer;

/* A handshake that failed, on either side. */
typedef struct aluno__tls_handshake_failure {
    aluno_reason
        reason;   /* a TLS_* reason, or CONNECTION_TIMEOUT, CONNECTION_LOST, BUSY (too many connections) */
    bool by_peer; /* the other side refused us (learned from its alert) */
    char address[64]; /* the peer's */
    char
        detail[256]; /* the certificate at fault (subject, serial, depth) or the library's words; may be "" */
} aluno__tls_handshake_failure;

/* Told of each failed handshake, under nng's and the engine's locks: copy, log or signal; call nothing of nng
 * nor of this file, and hold no lock while calling aluno__tls_close that the observer takes. */
typedef void aluno__tls_observer(void *user, const aluno__tls_handshake_failure *refusal);

typedef struct aluno__tls_limits {
    int64_t handshake_ms;   /* a handshake that takes longer is ended; 0: 5000 */
    size_t max_connections; /* those still in handshake included; 0: no bound */
} aluno__tls_limits;

/* Loads the files and stores in *out credentials that the caller ends with aluno__tls_close. Registers the
 * engine at its first call. INVALID_ARGUMENT / OPTION_INVALID whose detail names the option (as
 * files->names has it), the file and what is wrong with it: missing, unreadable, not PEM, key does not match,
 * key too weak (RSA below 2048 bits, curves below P-256), wrong extended key usage for this side. */
aluno_code aluno__tls_open(aluno__tls **out, aluno__tls_side side, const aluno__tls_files *files,
                           const aluno__tls_limits *limits, aluno__tls_observer *observer, void *user,
                           aluno_error *error);

/* Reads the files again: new connections use them, old ones stay (see aluno__tls_still_trusted). On failure
 * everything stays as it was. */
aluno_code aluno__tls_reload(aluno__tls *tls, const aluno__tls_files *files, aluno_error *error);

/* Ends the credentials once no connection uses them any more; no new connection may use them. The observer is
 * told nothing after it returns. NULL is allowed. */
void aluno__tls_close(aluno__tls *tls);

/* Makes a listener or dialer that is not started yet use these credentials. `name` is what the service's
 * certificate must carry: a DNS name or an IP address. Return nng's error numbers. */
int aluno__tls_bind_listener(aluno__tls *tls, nng_listener listener);
int aluno__tls_bind_dialer(aluno__tls *tls, nng_dialer dialer, const char *name);

/* Who is at the other end of a pipe: call it in NNG_PIPE_EV_ADD_PRE. False when the peer is not verified. */
bool aluno__tls_peer_of(nng_pipe pipe, aluno__tls_peer *peer);

/* Whether a peer accepted before would be accepted by the present files and clock: not expired, not revoked.
 * That the revocation list itself has expired ends no connection that stands. */
bool aluno__tls_still_trusted(aluno__tls *tls, const aluno__tls_peer *peer);

/* Connections that are open, handshakes included. */
size_t aluno__tls_connections(const aluno__tls *tls);

/* Connections whose TCP is dead but which nng has not given back although the engine woke it: while it grows
 * and stays, nng's reaper is stuck and only a new process heals it. */
size_t aluno__tls_stuck_connections(const aluno__tls *tls);

/* A listener's connections that have said SP's greeting and yet were not made pipes for two seconds: nng's
 * listener has ended without a word, and only a new one admits anybody. */
size_t aluno__tls_waiting_connections(const aluno__tls *tls);

/* When the loaded CRL ends, Unix milliseconds; 0 without one. An expired CRL refuses every peer. */
int64_t aluno__tls_crl_next_update_ms(aluno__tls *tls);

/* When the own certificate ends, Unix milliseconds. */
int64_t aluno__tls_not_after_ms(aluno__tls *tls);

#endif
