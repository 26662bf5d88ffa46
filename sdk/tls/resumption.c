/* mbed TLS's callbacks on the service's side, and the client's own store. */
#include "resumption.h"

#include <stdio.h>
#include <time.h>

enum {
    SESSION_MS = 2 * 60 * 60 * 1000,
    SERVICE_SESSIONS = 4096, /* of some 600 bytes */
    CLIENT_SESSIONS = 16,
};

/* The connection whose handshake runs on this thread. Thread-local because mbed TLS gives its callbacks an
 * argument that all connections share. */
static _Thread_local aluno__tls_resumption *current;

static int64_t now_ms(void)
{
    return (int64_t)time(NULL) * 1000;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* ---- storing and finding ---- */

/* A resumed connection's new session ends with the old one. */
static int64_t end_of_session(const aluno__tls_resumption *resumption, int64_t since_ms)
{
    const bool verified = resumption->verified->has_certificate;
    int64_t end_ms = since_ms + SESSION_MS;
    end_ms = earlier(end_ms, verified ? resumption->verified->until_ms : resumption->until_ms);
    return resumption->crl_end_ms == 0 ? end_ms : earlier(end_ms, resumption->crl_end_ms);
}

static bool store(const aluno__tls_resumption *resumption, const uint8_t *key,
                  const mbedtls_ssl_session *session)
{
    aluno__tls_session kept = {.peer = *resumption->peer, .since_ms = now_ms()};
    if (!resumption->verified->has_certificate && !resumption->found)
        return false;
    kept.until_ms = end_of_session(resumption, kept.since_ms);
    const bool stored = mbed_session_save(session, kept.bytes, sizeof kept.bytes, &kept.size) == 0 &&
                        aluno__tls_session_store_put(resumption->sessions, key, &kept);
    explicit_bzero(kept.bytes, sizeof kept.bytes);
    return stored;
}

/* Loads the key's session and takes the peer's identity from it, but for the address. */
static bool load(aluno__tls_resumption *resumption, const uint8_t *key, mbedtls_ssl_session *session)
{
    aluno__tls_session kept;
    if (!aluno__tls_session_store_find(resumption->sessions, key, now_ms(), &kept))
        return false;
    memcpy(kept.peer.address, resumption->peer->address, sizeof kept.peer.address);
    resumption->found = mbedtls_ssl_session_load(session, kept.bytes, kept.size) == 0;
    explicit_bzero(kept.bytes, kept.size);
    if (resumption->found) {
        *resumption->peer = kept.peer;
        resumption->until_ms = kept.until_ms;
    }
    return resumption->found;
}

/* ---- the service's side: mbed TLS's callbacks ---- */

static int find_id(const uint8_t *id, size_t size, mbedtls_ssl_session *session)
{
    return size == ALUNO_TLS_SESSION_KEY && current != NULL && load(current, id, session) ? 0 : -1;
}

static int store_id(const uint8_t *id, size_t size, const mbedtls_ssl_session *session)
{
    return size == ALUNO_TLS_SESSION_KEY && current != NULL && store(current, id, session) ? 0 : -1;
}

#if MBEDTLS_VERSION_MAJOR >= 3
static int find_session(void *unused, const unsigned char *id, size_t size, mbedtls_ssl_session *session)
{
    (void)unused;
    return find_id(id, size, session);
}

static int store_session(void *unused, const unsigned char *id, size_t size,
                         const mbedtls_ssl_session *session)
{
    (void)unused;
    return store_id(id, size, session);
}

static int find_ticket(void *unused, mbedtls_ssl_session *session, unsigned char *ticket, size_t size)
{
    (void)unused;
    return find_id(ticket, size, session) == 0 ? 0 : MBEDTLS_ERR_SSL_INVALID_MAC;
}

/* The ticket is the id of a session in the store. */
static int write_ticket(void *unused, const mbedtls_ssl_session *session, unsigned char *ticket,
                        const unsigned char *end, size_t *size, uint32_t *lifetime)
{
    *size = ALUNO_TLS_SESSION_KEY;
    *lifetime = SESSION_MS / 1000;
    if (end - ticket < ALUNO_TLS_SESSION_KEY || mbed_random(unused, ticket, *size) != 0 ||
        store_id(ticket, *size, session) != 0)
        return MBEDTLS_ERR_SSL_BUFFER_TOO_SMALL;
    return 0;
}
#else
static int find_session(void *unused, mbedtls_ssl_session *session)
{
    uint8_t id[sizeof session->id];
    (void)unused;
    memcpy(id, session->id, sizeof id);
    return find_id(id, session->id_len, session);
}

static int store_session(void *unused, const mbedtls_ssl_session *session)
{
    (void)unused;
    return store_id(session->id, session->id_len, session);
}
#endif

static void configure_service(mbedtls_ssl_config *config)
{
    mbedtls_ssl_conf_session_cache(config, NULL, find_session, store_session);
#if MBEDTLS_VERSION_MAJOR >= 3
    mbedtls_ssl_conf_session_tickets_cb(config, write_ticket, find_ticket, NULL);
#endif
}

aluno__tls_session_store *aluno__tls_resumption_configure(mbedtls_ssl_config *config, aluno__tls_side side)
{
    mbed_conf_resumption(config);
    if (side == ALUNO_TLS_SERVER)
        configure_service(config);
    return aluno__tls_session_store_new(side == ALUNO_TLS_SERVER ? SERVICE_SESSIONS : CLIENT_SESSIONS);
}

/* ---- the client's side ---- */

static bool name_server(aluno__tls_resumption *resumption, const char *address, const char *name)
{
    char text[400];
    const int size = snprintf(text, sizeof text, "%s %s", address, name);
    return *address != '\0' && size > 0 && (size_t)size < sizeof text &&
           mbed_sha256((const unsigned char *)text, (size_t)size, resumption->server) == 0;
}

void aluno__tls_resumption_offer(aluno__tls_resumption *resumption, mbedtls_ssl_context *ssl,
                                 const char *address, const char *name)
{
    mbedtls_ssl_session session;
    resumption->keeps = name_server(resumption, address, name);
    if (!resumption->keeps)
        return;
    mbedtls_ssl_session_init(&session);
    if (load(resumption, resumption->server, &session))
        resumption->found = mbedtls_ssl_set_session(ssl, &session) == 0;
    mbedtls_ssl_session_free(&session);
}

void aluno__tls_resumption_keep(const aluno__tls_resumption *resumption, const mbedtls_ssl_context *ssl)
{
    if (resumption->keeps && mbed_is_resumable(ssl->session))
        (void)store(resumption, resumption->server, ssl->session);
}

void aluno__tls_resumption_forget(const aluno__tls_resumption *resumption)
{
    if (resumption->keeps)
        aluno__tls_session_store_remove(resumption->sessions, resumption->server);
}

/* ---- both sides ---- */

int aluno__tls_resumption_handshake(aluno__tls_resumption *resumption, mbedtls_ssl_context *ssl)
{
    current = resumption;
    const int result = mbedtls_ssl_handshake(ssl);
    current = NULL;
    return result;
}

bool aluno__tls_resumption_end(const aluno__tls_resumption *resumption)
{
    resumption->peer->resumed = !resumption->verified->has_certificate;
    return resumption->peer->resumed ? resumption->found : !resumption->verified->refused;
}
