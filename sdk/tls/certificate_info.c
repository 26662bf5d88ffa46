/* aluno/certificate.h: facts from certificate files, and whether a service would accept them. */
#include <aluno/certificate.h>

#include "certificate.h"
#include "credentials.h"
#include "pem.h"
#include "profile.h"
#include "protocol/contract.h"
#include "protocol/error.h"
#include "protocol/sized.h"
#include "verify.h"

#include <arpa/inet.h>
#include <stdio.h>

/* ---- one certificate ---- */

/* Writes an alternative name that is a host name or an address. Returns false for other kinds and for one
 * that does not fit. */
static bool write_host(const mbedtls_x509_buf *name, char *out, size_t size)
{
    const int kind = name->tag & MBEDTLS_ASN1_TAG_VALUE_MASK;
    if (kind == MBEDTLS_X509_SAN_IP_ADDRESS && (name->len == 4 || name->len == 16))
        return inet_ntop(name->len == 4 ? AF_INET : AF_INET6, name->p, out, (socklen_t)size) != NULL;
    if (kind != MBEDTLS_X509_SAN_DNS_NAME || name->len >= size ||
        !aluno__tls_certificate_is_text(name->p, name->len))
        return false;
    memcpy(out, name->p, name->len);
    out[name->len] = '\0';
    return true;
}

static void read_hosts(const mbedtls_x509_crt *certificate, char *out, size_t size)
{
    char host[254];
    size_t length = 0;
    for (const mbedtls_x509_sequence *name = &certificate->subject_alt_names; name != NULL;
         name = name->next) {
        if (name->buf.p == NULL || !write_host(&name->buf, host, sizeof host) ||
            length + strlen(host) + 3 > size)
            continue;
        length += (size_t)snprintf(out + length, size - length, "%s%s", length > 0 ? ", " : "", host);
    }
}

static void read_certificate(const mbedtls_x509_crt *certificate, aluno_certificate *out)
{
    *out = (aluno_certificate){
        .size = sizeof *out,
        .not_before_ms = aluno__tls_certificate_time_ms(&certificate->valid_from),
        .not_after_ms = aluno__tls_certificate_time_ms(&certificate->valid_to),
        .is_ca = certificate->ca_istrue != 0,
        .self_signed = aluno__tls_certificate_is_self_signed(certificate),
        .for_client = aluno__tls_certificate_is_for(certificate, ALUNO_TLS_CLIENT),
        .for_service = aluno__tls_certificate_is_for(certificate, ALUNO_TLS_SERVER),
    };
    aluno__tls_certificate_common_name(&certificate->subject, out->name);
    aluno__tls_certificate_unit(&certificate->subject, out->unit);
    aluno__tls_certificate_common_name(&certificate->issuer, out->issuer);
    aluno__tls_certificate_serial(&certificate->serial, out->serial);
    read_hosts(certificate, out->hosts, sizeof out->hosts);
}

aluno_code aluno_certificate_read(const char *file, aluno_certificate *out, aluno_error *error)
{
    aluno_certificate own = ALUNO_CERTIFICATE_INIT;
    aluno_code code = aluno__sized_read(&own, sizeof own, out, "aluno_certificate", error);
    if (code != ALUNO_OK)
        return code;
    mbedtls_x509_crt certificates;
    mbedtls_x509_crt_init(&certificates);
    code = mbed_start() ? aluno__tls_pem_certificates(&certificates, "certificate", file, error)
                        : aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (code == ALUNO_OK) {
        read_certificate(&certificates, &own);
        aluno__sized_write(out, &own, sizeof own);
    }
    mbedtls_x509_crt_free(&certificates);
    return code;
}

/* ---- a revocation list ---- */

static void read_crl(const mbedtls_x509_crl *crl, aluno_revocations *out)
{
    *out = (aluno_revocations){
        .size = sizeof *out,
        .this_update_ms = aluno__tls_certificate_time_ms(&crl->this_update),
    };
    if (crl->next_update.year != 0)
        out->next_update_ms = aluno__tls_certificate_time_ms(&crl->next_update);
    aluno__tls_certificate_common_name(&crl->issuer, out->issuer);
    for (const mbedtls_x509_crl_entry *entry = &crl->entry; entry != NULL && entry->serial.len != 0;
         entry = entry->next)
        out->count++;
}

aluno_code aluno_revocations_read(const char *file, aluno_revocations *out, aluno_error *error)
{
    aluno_revocations own = ALUNO_REVOCATIONS_INIT;
    aluno_code code = aluno__sized_read(&own, sizeof own, out, "aluno_revocations", error);
    if (code != ALUNO_OK)
        return code;
    mbedtls_x509_crl crl;
    mbedtls_x509_crl_init(&crl);
    code = mbed_start() ? aluno__tls_pem_crls(&crl, "revocation list", file, error)
                        : aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (code == ALUNO_OK) {
        read_crl(&crl, &own);
        aluno__sized_write(out, &own, sizeof own);
    }
    mbedtls_x509_crl_free(&crl);
    return code;
}

/* ---- whether a service would accept it ---- */

static aluno_code verify(aluno__tls_credentials *credentials, aluno_error *error)
{
    aluno__tls_peer unused;
    uint32_t flags = 0;
    aluno__tls_verify_result verified = {
        .peer_side = ALUNO_TLS_CLIENT, .crl = aluno__tls_credentials_crl(credentials), .peer = &unused};
    const int result =
        mbedtls_x509_crt_verify_with_profile(&credentials->certificate, &credentials->ca, NULL,
                                             &aluno__tls_profile, NULL, &flags, aluno__tls_verify, &verified);
    if (verified.refused)
        return aluno__error_set(error, verified.reason, "%s", verified.detail);
    return result == 0 ? ALUNO_OK : aluno__error_set(error, ALUNO_REASON_TLS_CERTIFICATE_REFUSED, NULL);
}

aluno_code aluno_credentials_check(const aluno_client_options *options, aluno_error *error)
{
    aluno_client_options own = ALUNO_CLIENT_OPTIONS_INIT;
    own.contract = NULL; /* a program that passes none is refused */
    aluno_code code = aluno__sized_read(&own, sizeof own, options, "aluno_client_options", error);
    if (code == ALUNO_OK)
        code = aluno__contract_check(own.contract, error);
    if (code != ALUNO_OK)
        return code;
    const aluno__tls_files files = {
        .ca = own.ca_file,
        .cert = own.cert_file,
        .key = own.key_file,
        .crl = own.crl_file,
    };
    aluno__tls_credentials *credentials = NULL;
    code = mbed_start() ? aluno__tls_credentials_load(&credentials, ALUNO_TLS_CLIENT, &files, error)
                        : aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (code == ALUNO_OK)
        code = verify(credentials, error);
    aluno__tls_credentials_release(credentials);
    if (code != ALUNO_OK && error != NULL)
        aluno_error_translate(error, own.language == ALUNO_PT ? ALUNO_PT : ALUNO_EN);
    return code;
}
