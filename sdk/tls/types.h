/* The TLS engine's types that its users share with its own files. */
#ifndef ALUNO_TLS_TYPES_H
#define ALUNO_TLS_TYPES_H

#include <aluno/error.h>

#include <stdbool.h>

/* One side's credentials, and the state that their connections share. */
typedef struct aluno__tls aluno__tls;

typedef enum aluno__tls_side { ALUNO_TLS_CLIENT, ALUNO_TLS_SERVER } aluno__tls_side;

/* Paths of PEM files. A server verifies its clients against the CA and the CRL, a client its server. */
typedef struct aluno__tls_files aluno__tls_files;
struct aluno__tls_files {
    const char *ca, *cert, *key;   /* required */
    const char *crl;               /* may be NULL */
    const aluno__tls_files *names; /* of the options, for errors; NULL: those of aluno_client_options */
};

/* The files that are valid for a time. */
typedef enum aluno__tls_file { ALUNO_TLS_CA, ALUNO_TLS_CERT, ALUNO_TLS_CRL, ALUNO_TLS_FILES } aluno__tls_file;

/* Unix milliseconds; {0} of a file that there is not. */
typedef struct aluno__tls_validity {
    int64_t from_ms, to_ms;
} aluno__tls_validity;

typedef struct aluno__tls_limits {
    int64_t handshake_ms;   /* a handshake that takes longer fails; 0: 5000 */
    int64_t message_ms;     /* so does a connection whose message takes longer to arrive; 0: no bound */
    size_t max_connections; /* open ones; 0: no bound, here and below */
    /* Handshakes in progress, and those of one address: beyond them the oldest gives way. */
    size_t max_handshakes, max_address_handshakes;
} aluno__tls_limits;

/* A verified peer: facts of its certificate, and its address. */
typedef struct aluno__tls_peer {
    char common_name[65];                /* "" unless there is exactly one CN, without control characters */
    char unit[65];                       /* OU, under the same conditions: the role */
    char serial[65];                     /* hexadecimal */
    char fingerprint[65];                /* SHA-256 of the certificate, hexadecimal */
    char issuer[65];                     /* SHA-256 of the issuer's name, hexadecimal */
    char ca[65];                         /* the fingerprint of the trusted CA that its chain ends at */
    char address[64];                    /* "127.0.0.1:40312" */
    int64_t not_before_ms, not_after_ms; /* Unix milliseconds */
    bool resumed; /* it was verified when its TLS session began, on an earlier connection */
} aluno__tls_peer;

/* Which of the limits failed a handshake. */
typedef enum aluno__tls_bound {
    ALUNO_TLS_NO_BOUND,
    ALUNO_TLS_HANDSHAKE_MS,
    ALUNO_TLS_MESSAGE_MS,
    ALUNO_TLS_CONNECTIONS,
    ALUNO_TLS_HANDSHAKES,
    ALUNO_TLS_ADDRESS_HANDSHAKES
} aluno__tls_bound;

/* A handshake that failed, on either side; or an open connection that reached a limit. */
typedef struct aluno__tls_handshake_failure {
    aluno_reason reason; /* TLS_*, CONNECTION_TIMEOUT, CONNECTION_LOST, or BUSY (too many connections) */
    aluno__tls_bound bound;
    bool by_peer;     /* the peer refused us; the reason is its alert's */
    bool silent;      /* the peer closed before it sent a byte, as a probe of the port does */
    char address[64]; /* the peer's */
    char detail[256]; /* the certificate at fault (subject, serial, depth) or mbed TLS's message; may be "" */
} aluno__tls_handshake_failure;

/* Called for each failed handshake, under nng's and the engine's locks. It may copy, log or signal. It must
 * not call nng or the engine. A lock that it takes must not be held while aluno__tls_close is called. */
typedef void aluno__tls_observer(void *user, const aluno__tls_handshake_failure *failure);

#endif
