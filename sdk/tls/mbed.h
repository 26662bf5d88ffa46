/* The one door to mbed TLS: its headers, and the differences between 2.28 (Debian 12) and 3.6 (Debian 13). */
#ifndef ALUNO_TLS_MBED_H
#define ALUNO_TLS_MBED_H

#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* 3.6 has no functions that read most parts of a certificate */

#include <mbedtls/version.h>
#include <mbedtls/ecp.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/platform.h>
#include <mbedtls/sha256.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crl.h>
#include <mbedtls/x509_crt.h>
#if MBEDTLS_VERSION_MAJOR >= 3
#    include <psa/crypto.h>
#else
#    include <mbedtls/pk_internal.h>
#endif

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/random.h>

#if MBEDTLS_VERSION_MAJOR >= 3
#    define MBED_BAD_VERSION MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION
#else
#    define MBED_BAD_VERSION MBEDTLS_ERR_SSL_BAD_HS_PROTOCOL_VERSION
#endif

/* Fills in random bytes from the kernel: no lock, no state, safe after fork. Returns 0 or mbed TLS's
 * error. */
static inline int mbed_random(void *unused, unsigned char *out, size_t size)
{
    (void)unused;
    while (size > 0) {
        const ssize_t got = getrandom(out, size < 256 ? size : 256, 0);
        if (got < 0 && errno != EINTR)
            return MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
        if (got > 0) {
            out += got;
            size -= (size_t)got;
        }
    }
    return 0;
}

/* Must be called before any other function of mbed TLS. May be called more than once. */
static inline bool mbed_start(void)
{
#if MBEDTLS_VERSION_MAJOR >= 3
    return psa_crypto_init() == PSA_SUCCESS;
#else
    return true;
#endif
}

static inline int mbed_sha256(const unsigned char *bytes, size_t size, unsigned char out[32])
{
#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_sha256(bytes, size, out, 0);
#else
    return mbedtls_sha256_ret(bytes, size, out, 0);
#endif
}

/* `pem` is NUL-terminated and `size` counts the NUL. */
static inline int mbed_parse_key(mbedtls_pk_context *key, const unsigned char *pem, size_t size)
{
#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_pk_parse_key(key, pem, size, NULL, 0, mbed_random, NULL);
#else
    return mbedtls_pk_parse_key(key, pem, size, NULL, 0);
#endif
}

/* Whether the keys' public parts are equal. mbed TLS's own check derives the public part of the private key
 * anew, which costs a tenth of a handshake. */
static inline bool mbed_is_pair(mbedtls_pk_context *public_key, mbedtls_pk_context *private_key)
{
    unsigned char one[2400], other[sizeof one]; /* fits RSA of 16,384 bits */
    const int size = mbedtls_pk_write_pubkey_der(public_key, one, sizeof one);
    return size > 0 && mbedtls_pk_write_pubkey_der(private_key, other, sizeof other) == size &&
           memcmp(one + sizeof one - size, other + sizeof other - size, (size_t)size) == 0;
}

/* Allows TLS 1.2 and, where mbed TLS has it, 1.3. Prefers x25519 and P-256 for the key exchange. P-384 and
 * P-521 are in the list because mbed TLS checks the curves of certificates against it. */
static inline void mbed_conf_protocol(mbedtls_ssl_config *config)
{
#if MBEDTLS_VERSION_MAJOR >= 3
    static const uint16_t groups[] = {MBEDTLS_SSL_IANA_TLS_GROUP_X25519, MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1,
                                      MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1,
                                      MBEDTLS_SSL_IANA_TLS_GROUP_SECP521R1, MBEDTLS_SSL_IANA_TLS_GROUP_NONE};
    mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
    mbedtls_ssl_conf_groups(config, groups);
#else
    static const mbedtls_ecp_group_id groups[] = {MBEDTLS_ECP_DP_CURVE25519, MBEDTLS_ECP_DP_SECP256R1,
                                                  MBEDTLS_ECP_DP_SECP384R1, MBEDTLS_ECP_DP_SECP521R1,
                                                  MBEDTLS_ECP_DP_NONE};
    static const int hashes[] = {MBEDTLS_MD_SHA256, MBEDTLS_MD_SHA384, MBEDTLS_MD_SHA512, MBEDTLS_MD_NONE};
    mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
    mbedtls_ssl_conf_curves(config, groups);
    mbedtls_ssl_conf_sig_hashes(config, hashes);
#endif
#if defined(MBEDTLS_SSL_RENEGOTIATION)
    mbedtls_ssl_conf_renegotiation(config, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
#endif
}

static inline bool mbed_speaks_tls13(const mbedtls_ssl_context *ssl)
{
#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_ssl_get_version_number(ssl) == MBEDTLS_SSL_VERSION_TLS1_3;
#else
    (void)ssl;
    return false;
#endif
}

/* Makes a service of TLS 1.3 that waits for its client's certificate or Finished encrypt with the keys of
 * data, with which the client reads from then on. mbed TLS 3.6 changes to them too late for an alert. */
static inline void mbed_use_data_keys(mbedtls_ssl_context *ssl)
{
#if defined(MBEDTLS_SSL_PROTO_TLS1_3)
    if (!mbed_speaks_tls13(ssl) || ssl->conf->endpoint != MBEDTLS_SSL_IS_SERVER ||
        ssl->transform_application == NULL || ssl->transform_out == ssl->transform_application)
        return;
    ssl->transform_out = ssl->transform_application;
    memset(ssl->cur_out_ctr, 0, sizeof ssl->cur_out_ctr);
#else
    (void)ssl;
#endif
}

/* Whether the peer sent no certificate. */
static inline bool mbed_misses_certificate(const mbedtls_ssl_context *ssl)
{
    const uint32_t flags = mbedtls_ssl_get_verify_result(ssl);
    return flags != UINT32_MAX && (flags & MBEDTLS_X509_BADCERT_MISSING) != 0;
}

/* Lets clients use tickets under TLS 1.3, which has no other way to resume a session; a resumed connection
 * has a key exchange of its own there. */
static inline void mbed_conf_resumption(mbedtls_ssl_config *config)
{
#if defined(MBEDTLS_SSL_SESSION_TICKETS) && defined(MBEDTLS_SSL_CLI_C)
#    if MBEDTLS_VERSION_MAJOR >= 3
    mbedtls_ssl_conf_session_tickets(config, MBEDTLS_SSL_SESSION_TICKETS_ENABLED);
#        if defined(MBEDTLS_SSL_PROTO_TLS1_3)
    mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
        config, MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
    mbedtls_ssl_conf_tls13_key_exchange_modes(config, MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_EPHEMERAL_ALL);
#        endif
#    else
    mbedtls_ssl_conf_session_tickets(config, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
#    endif
#endif
}

/* Whether a client can resume the session: it has a ticket, or an id by TLS 1.2. */
static inline bool mbed_is_resumable(const mbedtls_ssl_session *session)
{
#if defined(MBEDTLS_SSL_SESSION_TICKETS) && defined(MBEDTLS_SSL_CLI_C)
    if (session->ticket_len > 0)
        return true;
#endif
#if MBEDTLS_VERSION_MAJOR >= 3
    if (session->tls_version != MBEDTLS_SSL_VERSION_TLS1_2)
        return false;
#endif
    return session->id_len > 0;
}

/* Serialises a session without the peer's certificate. */
static inline int mbed_session_save(const mbedtls_ssl_session *session, unsigned char *out, size_t capacity,
                                    size_t *size)
{
    mbedtls_ssl_session bare = *session;
#if defined(MBEDTLS_SSL_KEEP_PEER_CERTIFICATE)
    bare.peer_cert = NULL;
#endif
    const int result = mbedtls_ssl_session_save(&bare, out, capacity, size);
    explicit_bzero(&bare, sizeof bare);
    return result;
}

/* Frees the peer's certificate, some kilobytes, after the handshake. */
static inline void mbed_drop_peer_certificate(const mbedtls_ssl_context *ssl)
{
#if defined(MBEDTLS_SSL_KEEP_PEER_CERTIFICATE)
    if (ssl->session->peer_cert == NULL)
        return;
    mbedtls_x509_crt_free(ssl->session->peer_cert);
    mbedtls_free(ssl->session->peer_cert);
    ssl->session->peer_cert = NULL;
#else
    (void)ssl;
#endif
}

/* mbedtls_ssl_read, which in 3.6 returns MBEDTLS_ERR_SSL_WANT_READ also when it has read a ticket and the
 * next call is to process it. Bytes that came with the ticket would then wait for bytes that never come. */
static inline int mbed_read(mbedtls_ssl_context *ssl, unsigned char *bytes, size_t size)
{
    int result = mbedtls_ssl_read(ssl, bytes, size);
#if defined(MBEDTLS_SSL_PROTO_TLS1_3)
    if (result == MBEDTLS_ERR_SSL_WANT_READ && ssl->state == MBEDTLS_SSL_TLS1_3_NEW_SESSION_TICKET)
        result = mbedtls_ssl_read(ssl, bytes, size);
#endif
    return result;
}

/* Whether mbed_read returned neither data nor a failure, but a ticket. */
static inline bool mbed_is_ticket(int result)
{
#if MBEDTLS_VERSION_MAJOR >= 3
    return result == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET;
#else
    (void)result;
    return false;
#endif
}

#endif
