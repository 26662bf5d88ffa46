/* sdk/tls/signature_cache.c: a CA's key verifies a signature once. */
#include "pki.h"
#include "unit.h"

#include "tls/mbed.h"
#include "tls/signature_cache.h"

static mbedtls_x509_crt ca, other, certificate;

static int load(mbedtls_x509_crt *out, const char *name)
{
    mbedtls_x509_crt_init(out);
    return mbedtls_x509_crt_parse_file(out, pki_file(name, ".crt"));
}

static int set_up(void **state)
{
    pki_set_up(state);
    return mbed_start() && load(&ca, "ca") == 0 && load(&other, "other") == 0 &&
                   load(&certificate, "client") == 0
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    (void)state;
    mbedtls_x509_crt_free(&ca);
    mbedtls_x509_crt_free(&other);
    mbedtls_x509_crt_free(&certificate);
    return 0;
}

/* Whether the key verifies the certificate's signature, with a byte of the hash and of the signature
 * changed by so much. */
static bool verifies(mbedtls_x509_crt *issuer, int hash_change, int signature_change)
{
    unsigned char hash[32], signature[256];
    const size_t size = certificate.sig.len;
    assert_true(size <= sizeof signature);
    assert_int_equal(certificate.sig_md, MBEDTLS_MD_SHA256);
    assert_int_equal(mbed_sha256(certificate.tbs.p, certificate.tbs.len, hash), 0);
    memcpy(signature, certificate.sig.p, size);
    hash[0] = (unsigned char)(hash[0] + hash_change);
    signature[size - 1] = (unsigned char)(signature[size - 1] + signature_change);
    return mbedtls_pk_verify(&issuer->pk, MBEDTLS_MD_SHA256, hash, sizeof hash, signature, size) == 0;
}

static void only_what_was_verified_is_remembered(void **state)
{
    (void)state;
    aluno__tls_signature_cache_attach(&ca.pk);
    aluno__tls_signature_cache_attach(&other.pk);
    assert_true(mbedtls_pk_can_do(&ca.pk, MBEDTLS_PK_ECDSA));
    for (int i = 0; i < 2; i++) {
        assert_true(verifies(&ca, 0, 0));
        assert_false(verifies(&ca, 1, 0));
        assert_false(verifies(&ca, 0, 1));
        assert_false(verifies(&other, 0, 0));
    }
}

/* With a wrong order of its curve the key verifies no new signature. */
static void the_second_time_costs_no_arithmetic(void **state)
{
    (void)state;
#if MBEDTLS_VERSION_MAJOR >= 3
    skip();
#endif
    aluno__tls_signature_cache_attach(&ca.pk);
    assert_true(verifies(&ca, 0, 0));
    mbedtls_pk_ec(ca.pk)->grp.N = mbedtls_pk_ec(ca.pk)->grp.P;
    assert_false(verifies(&ca, 1, 0));
    assert_true(verifies(&ca, 0, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_was_verified_is_remembered),
        cmocka_unit_test(the_second_time_costs_no_arithmetic),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
