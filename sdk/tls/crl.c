/* Searches and verifies revocation lists. */
#include "crl.h"

#include "certificate.h"

static bool has_signed(mbedtls_x509_crt *ca, const mbedtls_x509_crl *crl)
{
    unsigned char hash[MBEDTLS_MD_MAX_SIZE];
    const mbedtls_md_info_t *digest = mbedtls_md_info_from_type(crl->sig_md);
    if (ca->subject_raw.len != crl->issuer_raw.len ||
        memcmp(ca->subject_raw.p, crl->issuer_raw.p, crl->issuer_raw.len) != 0)
        return false;
    return digest != NULL && mbedtls_md(digest, crl->tbs.p, crl->tbs.len, hash) == 0 &&
           mbedtls_pk_verify_ext(crl->sig_pk, crl->sig_opts, &ca->pk, crl->sig_md, hash,
                                 mbedtls_md_get_size(digest), crl->sig.p, crl->sig.len) == 0;
}

bool aluno__tls_crl_is_signed(const mbedtls_x509_crl *crl, mbedtls_x509_crt *ca)
{
    for (; ca != NULL; ca = ca->next)
        if (has_signed(ca, crl))
            return true;
    return false;
}

uint32_t aluno__tls_crl_check(const mbedtls_x509_crl *lists, const mbedtls_x509_crt *certificate)
{
    uint32_t flags = 0;
    for (const mbedtls_x509_crl *list = lists; list != NULL; list = list->next) {
        if (list->issuer_raw.len != certificate->issuer_raw.len ||
            memcmp(list->issuer_raw.p, certificate->issuer_raw.p, list->issuer_raw.len) != 0)
            continue;
        if (mbedtls_x509_time_is_past(&list->next_update))
            flags |= MBEDTLS_X509_BADCRL_EXPIRED;
        if (mbedtls_x509_time_is_future(&list->this_update))
            flags |= MBEDTLS_X509_BADCRL_FUTURE;
        if (mbedtls_x509_crt_is_revoked(certificate, list))
            flags |= MBEDTLS_X509_BADCERT_REVOKED;
    }
    return flags;
}

static bool has_serial(const mbedtls_x509_crl *list, const char *serial)
{
    char revoked[65];
    const size_t size = strlen(serial) / 2;
    for (const mbedtls_x509_crl_entry *entry = &list->entry; entry != NULL && entry->serial.len != 0;
         entry = entry->next) {
        if (entry->serial.len != size)
            continue;
        aluno__tls_certificate_serial(&entry->serial, revoked);
        if (strcmp(revoked, serial) == 0)
            return true;
    }
    return false;
}

bool aluno__tls_crl_has(const mbedtls_x509_crl *lists, const char *issuer, const char *serial)
{
    char name[65];
    for (const mbedtls_x509_crl *list = lists; list != NULL; list = list->next) {
        aluno__tls_certificate_digest(&list->issuer_raw, name);
        if (strcmp(name, issuer) == 0 && has_serial(list, serial))
            return true;
    }
    return false;
}
