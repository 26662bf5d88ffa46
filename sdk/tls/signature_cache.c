/* A table of digests. A new one overwrites the one in its slot: the table is bounded, and a peer that fills
 * it needs a certificate of the CA for each slot. */
#include "signature_cache.h"

#if MBEDTLS_VERSION_MAJOR >= 3 /* which hides the functions of a key */

void aluno__tls_signature_cache_attach(mbedtls_pk_context *key)
{
    (void)key;
}

#else

#    include <pthread.h>

enum { SLOTS = 1024, DIGEST_SIZE = 32 };

/* All that the result of a verification depends on. Zeroed before it is filled in. */
struct verification {
    mbedtls_ecp_group_id curve;
    mbedtls_md_type_t hash_type;
    size_t key_size, hash_size, signature_size;
    unsigned char key[MBEDTLS_ECP_MAX_PT_LEN], hash[MBEDTLS_MD_MAX_SIZE],
        signature[MBEDTLS_ECDSA_MAX_SIG_LEN(521)];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards: */
static uint8_t verified[SLOTS][DIGEST_SIZE];

static uint8_t *slot_of(const uint8_t *digest)
{
    return verified[(digest[0] | digest[1] << 8) % SLOTS];
}

static bool has(const uint8_t *digest)
{
    pthread_mutex_lock(&lock);
    const bool is_there = memcmp(slot_of(digest), digest, DIGEST_SIZE) == 0;
    pthread_mutex_unlock(&lock);
    return is_there;
}

static void add(const uint8_t *digest)
{
    pthread_mutex_lock(&lock);
    memcpy(slot_of(digest), digest, DIGEST_SIZE);
    pthread_mutex_unlock(&lock);
}

/* False for a verification that is not cached. */
static bool digest_of(const mbedtls_ecp_keypair *key, mbedtls_md_type_t hash_type, const unsigned char *hash,
                      size_t hash_size, const unsigned char *signature, size_t size, uint8_t *digest)
{
    struct verification all;
    memset(&all, 0, sizeof all);
    if (hash_size > sizeof all.hash || size > sizeof all.signature ||
        mbedtls_ecp_point_write_binary(&key->grp, &key->Q, MBEDTLS_ECP_PF_UNCOMPRESSED, &all.key_size,
                                       all.key, sizeof all.key) != 0)
        return false;
    all.curve = key->grp.id;
    all.hash_type = hash_type;
    all.hash_size = hash_size;
    all.signature_size = size;
    memcpy(all.hash, hash, hash_size);
    memcpy(all.signature, signature, size);
    return mbed_sha256((const unsigned char *)&all, sizeof all, digest) == 0;
}

static const mbedtls_pk_info_t *plain; /* mbed TLS's functions of a key on a curve */

static int verify(void *key, mbedtls_md_type_t hash_type, const unsigned char *hash, size_t hash_size,
                  const unsigned char *signature, size_t size)
{
    uint8_t digest[DIGEST_SIZE];
    const bool is_cached = digest_of(key, hash_type, hash, hash_size, signature, size, digest);
    if (is_cached && has(digest))
        return 0;
    const int result = plain->verify_func(key, hash_type, hash, hash_size, signature, size);
    if (is_cached && result == 0)
        add(digest);
    return result;
}

static mbedtls_pk_info_t caching; /* the same functions, but for verify */

static void make_caching(void)
{
    plain = mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY);
    caching = *plain;
    caching.verify_func = verify;
}

void aluno__tls_signature_cache_attach(mbedtls_pk_context *key)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_caching);
    if (key->pk_info == plain)
        key->pk_info = &caching;
}

#endif
