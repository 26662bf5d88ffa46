/* Fuzzes what the TLS engine reads from a peer's certificate. The first byte says how the bytes are taken: as
 * a whole certificate in DER, or as one whose names, serial number and dates are the bytes, which reaches our
 * code without a detour over the structure of DER. */
#include "fuzz.h"

#include "base/utf8.h"
#include "tls/certificate.h"

#include <string.h>

enum { NAMES_MOST = 4 };

static void check_text(const char *text)
{
    fuzz_check(strlen(text) < 65 && aluno_utf8_valid(text, strlen(text)));
    for (; *text != '\0'; text++)
        fuzz_check((unsigned char)*text >= 0x20 && *text != 0x7f);
}

static void read_facts(const mbedtls_x509_crt *certificate)
{
    aluno__tls_peer peer;
    char described[256];
    memset(&peer, 0, sizeof peer);
    aluno__tls_certificate_read_peer(certificate, &peer);
    check_text(peer.common_name);
    check_text(peer.unit);
    fuzz_check(strlen(peer.serial) <= 64 && strlen(peer.fingerprint) == 64 && strlen(peer.issuer) == 64);
    aluno__tls_certificate_describe(certificate, 0, described, sizeof described);
    (void)aluno__tls_certificate_is_self_signed(certificate);
    (void)aluno__tls_certificate_is_for(certificate, ALUNO_TLS_CLIENT);
    (void)aluno__tls_certificate_is_for(certificate, ALUNO_TLS_SERVER);
    (void)aluno__tls_certificate_has_address(certificate, "127.0.0.1");
    (void)aluno__tls_certificate_has_address(certificate, "::1");
}

/* A name of parts "KIND LENGTH bytes": CN, OU, or another. */
static size_t read_names(const uint8_t *data, size_t size, mbedtls_x509_name names[NAMES_MOST])
{
    static unsigned char kinds[][3] = {MBEDTLS_OID_AT_CN, MBEDTLS_OID_AT_ORG_UNIT,
                                       MBEDTLS_OID_AT_ORGANIZATION};
    size_t at = 0;
    for (size_t i = 0; i < NAMES_MOST && size - at >= 2; i++) {
        const size_t left = size - at - 2, length = data[at + 1] < left ? data[at + 1] : left;
        names[i].oid = (mbedtls_x509_buf){.tag = MBEDTLS_ASN1_OID, .len = 3, .p = kinds[data[at] % 3]};
        names[i].val = (mbedtls_x509_buf){
            .tag = MBEDTLS_ASN1_UTF8_STRING, .len = length, .p = (unsigned char *)(uintptr_t)data + at + 2};
        names[i].next = NULL;
        if (i > 0)
            names[i - 1].next = &names[i];
        at += 2 + length;
    }
    return at;
}

static void read_parts(const uint8_t *data, size_t size)
{
    mbedtls_x509_name names[NAMES_MOST];
    mbedtls_x509_crt certificate;
    mbedtls_x509_crt_init(&certificate);
    memset(names, 0, sizeof names);
    const size_t at = read_names(data, size, names);
    const mbedtls_x509_buf rest = {.p = (unsigned char *)(uintptr_t)data + at, .len = size - at};
    certificate.subject = names[0];
    certificate.serial = certificate.raw = certificate.issuer_raw = certificate.subject_raw = rest;
    certificate.subject_alt_names.buf = rest;
    certificate.subject_alt_names.buf.tag = size > 0 ? data[0] : 0;
    if (size >= 6)
        certificate.valid_to =
            (mbedtls_x509_time){1900 + data[0] * 40, data[1], data[2], data[3], data[4], data[5]};
    read_facts(&certificate);
}

static void read_whole(const uint8_t *data, size_t size)
{
    mbedtls_x509_crt certificate;
    mbedtls_x509_crt_init(&certificate);
    if (mbedtls_x509_crt_parse_der_nocopy(&certificate, data, size) == 0)
        read_facts(&certificate);
    mbedtls_x509_crt_free(&certificate);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0)
        (data[0] == 'D' ? read_whole : read_parts)(data + 1, size - 1);
    return 0;
}
