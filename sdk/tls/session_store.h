/* TLS sessions that may be resumed, each with the identity that was verified when it began. Bounded in number
 * and in time; memory only. May be used from any thread.
 *
 * A store belongs to one set of credentials and ends with it: no session outlives a change of the CA, the
 * certificate or the revocation lists. */
#ifndef ALUNO_TLS_SESSION_STORE_H
#define ALUNO_TLS_SESSION_STORE_H

#include "types.h"

#include <stddef.h>
#include <stdint.h>

enum { ALUNO_TLS_SESSION_KEY = 32, ALUNO_TLS_SESSION_BYTES = 640 };

typedef struct aluno__tls_session {
    aluno__tls_peer peer;
    int64_t since_ms, until_ms; /* Unix milliseconds; not usable outside */
    size_t size;
    uint8_t bytes[ALUNO_TLS_SESSION_BYTES]; /* mbed TLS's serialised session: a secret */
} aluno__tls_session;

typedef struct aluno__tls_session_store aluno__tls_session_store;

/* Returns a store of at most `most` sessions; NULL when there is no memory. */
aluno__tls_session_store *aluno__tls_session_store_new(size_t most);
void aluno__tls_session_store_free(aluno__tls_session_store *store); /* NULL is allowed */

/* Stores a copy under the key, in place of an older one. The oldest session makes room. Returns false when
 * there is no memory. */
bool aluno__tls_session_store_put(aluno__tls_session_store *store, const uint8_t key[ALUNO_TLS_SESSION_KEY],
                                  const aluno__tls_session *session);

/* Copies the key's session to *out; false when there is none that is usable at `now_ms`. */
bool aluno__tls_session_store_find(aluno__tls_session_store *store, const uint8_t key[ALUNO_TLS_SESSION_KEY],
                                   int64_t now_ms, aluno__tls_session *out);

/* Wipes a session, if the key has one; the sessions that have ended. */
void aluno__tls_session_store_remove(aluno__tls_session_store *store,
                                     const uint8_t key[ALUNO_TLS_SESSION_KEY]);
void aluno__tls_session_store_expire(aluno__tls_session_store *store, int64_t now_ms);

size_t aluno__tls_session_store_count(aluno__tls_session_store *store);

#endif
