/* Reads names by their object identifiers, never from a name's printed form, in which O="CN=admin" contains a
 * CN. nng's own engine does the latter. */
#include "certificate.h"

#include "base/utf8.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <time.h>

static void write_hex(const unsigned char *bytes, size_t size, char *out)
{
    for (size_t i = 0; i < size; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    out[2 * size] = '\0';
}

bool aluno__tls_certificate_is_text(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] < 0x20 || bytes[i] == 0x7f)
            return false;
    return aluno_utf8_valid((const char *)bytes, size);
}

static void read_only_value(const mbedtls_x509_name *names, const char *oid, size_t oid_size, char out[65])
{
    const mbedtls_x509_buf *value = NULL;
    out[0] = '\0';
    for (; names != NULL; names = names->next) {
        if (names->oid.len != oid_size || memcmp(names->oid.p, oid, oid_size) != 0)
            continue;
        if (value != NULL)
            return;
        value = &names->val;
    }
    if (value == NULL || value->len > 64 || !aluno__tls_certificate_is_text(value->p, value->len))
        return;
    memcpy(out, value->p, value->len);
    out[value->len] = '\0';
}

void aluno__tls_certificate_common_name(const mbedtls_x509_name *names, char out[65])
{
    read_only_value(names, MBEDTLS_OID_AT_CN, MBEDTLS_OID_SIZE(MBEDTLS_OID_AT_CN), out);
}

void aluno__tls_certificate_unit(const mbedtls_x509_name *names, char out[65])
{
    read_only_value(names, MBEDTLS_OID_AT_ORG_UNIT, MBEDTLS_OID_SIZE(MBEDTLS_OID_AT_ORG_UNIT), out);
}

void aluno__tls_certificate_serial(const mbedtls_x509_buf *serial, char out[65])
{
    write_hex(serial->p, serial->len <= 32 ? serial->len : 0, out);
}

int64_t aluno__tls_certificate_time_ms(const mbedtls_x509_time *time)
{
    struct tm parts = {.tm_year = time->year - 1900,
                       .tm_mon = time->mon - 1,
                       .tm_mday = time->day,
                       .tm_hour = time->hour,
                       .tm_min = time->min,
                       .tm_sec = time->sec};
    return (int64_t)timegm(&parts) * 1000;
}

void aluno__tls_certificate_describe(const mbedtls_x509_crt *certificate, int depth, char *out, size_t size)
{
    char subject[160] = "", serial[65];
    (void)mbedtls_x509_dn_gets(subject, sizeof subject, &certificate->subject);
    aluno__tls_certificate_serial(&certificate->serial, serial);
    snprintf(out, size, "%s, serial %s, depth %d", subject, serial, depth);
}

void aluno__tls_certificate_digest(const mbedtls_x509_buf *bytes, char out[65])
{
    unsigned char hash[32] = {0};
    (void)mbed_sha256(bytes->p, bytes->len, hash);
    write_hex(hash, sizeof hash, out);
}

void aluno__tls_certificate_fingerprint(const mbedtls_x509_crt *certificate, char out[65])
{
    aluno__tls_certificate_digest(&certificate->raw, out);
}

void aluno__tls_certificate_read_peer(const mbedtls_x509_crt *certificate, aluno__tls_peer *peer)
{
    aluno__tls_certificate_common_name(&certificate->subject, peer->common_name);
    aluno__tls_certificate_unit(&certificate->subject, peer->unit);
    aluno__tls_certificate_serial(&certificate->serial, peer->serial);
    aluno__tls_certificate_fingerprint(certificate, peer->fingerprint);
    aluno__tls_certificate_digest(&certificate->issuer_raw, peer->issuer);
    peer->not_before_ms = aluno__tls_certificate_time_ms(&certificate->valid_from);
    peer->not_after_ms = aluno__tls_certificate_time_ms(&certificate->valid_to);
}

bool aluno__tls_certificate_is_self_signed(const mbedtls_x509_crt *certificate)
{
    return certificate->issuer_raw.len == certificate->subject_raw.len &&
           memcmp(certificate->issuer_raw.p, certificate->subject_raw.p, certificate->subject_raw.len) == 0;
}

bool aluno__tls_certificate_has_address(const mbedtls_x509_crt *certificate, const char *address)
{
    unsigned char bytes[16];
    size_t size = 0;
    if (inet_pton(AF_INET, address, bytes) == 1)
        size = 4;
    else if (inet_pton(AF_INET6, address, bytes) == 1)
        size = 16;
    if (size == 0)
        return false;
    for (const mbedtls_x509_sequence *name = &certificate->subject_alt_names; name != NULL;
         name = name->next) {
        if ((name->buf.tag & MBEDTLS_ASN1_TAG_VALUE_MASK) == MBEDTLS_X509_SAN_IP_ADDRESS &&
            name->buf.len == size && memcmp(name->buf.p, bytes, size) == 0)
            return true;
    }
    return false;
}

bool aluno__tls_certificate_is_for(const mbedtls_x509_crt *certificate, aluno__tls_side side)
{
    const char *usage = side == ALUNO_TLS_SERVER ? MBEDTLS_OID_SERVER_AUTH : MBEDTLS_OID_CLIENT_AUTH;
    return (certificate->ext_types & MBEDTLS_X509_EXT_EXTENDED_KEY_USAGE) != 0 &&
           mbedtls_x509_crt_check_extended_key_usage(certificate, usage, strlen(usage)) == 0 &&
           mbedtls_x509_crt_check_key_usage(certificate, MBEDTLS_X509_KU_DIGITAL_SIGNATURE) == 0;
}
