/* Resumes TLS sessions, which spares both sides the signatures and the key exchange of a handshake: nearly
 * all that it costs.
 *
 * A resumed handshake skips the verify callback. So the store holds, besides a session's secret, the identity
 * that was verified when the session began, and when it ends: SESSION_MS later, but not after the end of any
 * certificate of the peer's chain, nor of a revocation list. A store belongs to one set of credentials, so a
 * reload, which alone can revoke a certificate, drops all sessions. A session that is not found costs a full
 * handshake, in which the verify callback checks the certificate by the present clock and lists, and reports
 * why it refuses one: a resumption itself refuses nobody.
 *
 * The service stores sessions under random ids: TLS 1.2's session id, or a ticket of TLS 1.3, which contains
 * no more than that. There is no ticket key to rotate or steal. A session's secret is in the stores of both
 * sides only, and is wiped when the session ends. Until then it decrypts the connections that resume it under
 * TLS 1.2; under TLS 1.3 each has a key exchange of its own. */
#ifndef ALUNO_TLS_RESUMPTION_H
#define ALUNO_TLS_RESUMPTION_H

#include "mbed.h"
#include "session_store.h"
#include "verify.h"

/* The state of one connection. */
typedef struct aluno__tls_resumption {
    /* Set by the caller before the handshake. */
    aluno__tls_session_store *sessions;
    const aluno__tls_verify_result *verified;
    aluno__tls_peer *peer; /* receives the identity of a session that is found */
    int64_t crl_end_ms;    /* Unix milliseconds; 0 without a list */

    /* Private. */
    bool found;       /* a session that the handshake may resume */
    int64_t until_ms; /* its end */
    bool keeps;       /* a client stores its session under: */
    uint8_t server[ALUNO_TLS_SESSION_KEY];
} aluno__tls_resumption;

/* Lets mbed TLS resume sessions. Returns a store for them, which the caller frees; NULL when there is no
 * memory. */
aluno__tls_session_store *aluno__tls_resumption_configure(mbedtls_ssl_config *config, aluno__tls_side side);

/* On a client, before the handshake: offers the session that the store has for this server, which is its
 * address and the name that its certificate must carry. */
void aluno__tls_resumption_offer(aluno__tls_resumption *resumption, mbedtls_ssl_context *ssl,
                                 const char *address, const char *name);

/* Continues mbedtls_ssl_handshake, which finds and stores sessions. Returns its result. */
int aluno__tls_resumption_handshake(aluno__tls_resumption *resumption, mbedtls_ssl_context *ssl);

/* After the handshake: stores in peer->resumed whether it resumed a session. Returns whether the peer is
 * verified, now or when the session began. */
bool aluno__tls_resumption_end(const aluno__tls_resumption *resumption);

/* On a client: store the session of an open connection; wipe the session of a server that failed a
 * handshake. */
void aluno__tls_resumption_keep(const aluno__tls_resumption *resumption, const mbedtls_ssl_context *ssl);
void aluno__tls_resumption_forget(const aluno__tls_resumption *resumption);

#endif
