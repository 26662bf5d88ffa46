/* Validates the files when they are loaded: a mistake is reported at the start, with the option's name, and
 * not by a failed handshake later. */
#include "credentials.h"

#include "base/memory.h"
#include "certificate.h"
#include "crl.h"
#include "key_pages.h"
#include "pem.h"
#include "profile.h"
#include "protocol/error.h"
#include "resumption.h"
#include "signature_cache.h"
#include "ssl_config.h"

static aluno_code check_key_strength(const mbedtls_pk_context *key, const char *option, const char *path,
                                     aluno_error *error)
{
    if (aluno__tls_profile_allows_key(key))
        return ALUNO_OK;
    return aluno__tls_pem_fail(
        error, option, path,
        "its key is too weak: take RSA of 2048 bits or more, or the curve P-256, P-384 or P-521");
}

/* The options' names in errors. */
static const aluno__tls_files *names_of(const aluno__tls_files *files)
{
    static const aluno__tls_files client_options = {"ca_file", "cert_file", "key_file", "crl_file", NULL};
    return files->names != NULL ? files->names : &client_options;
}

static aluno__tls_validity validity_of(const mbedtls_x509_crt *certificate)
{
    return (aluno__tls_validity){.from_ms = aluno__tls_certificate_time_ms(&certificate->valid_from),
                                 .to_ms = aluno__tls_certificate_time_ms(&certificate->valid_to)};
}

/* From the first beginning to the last end. */
static void extend(aluno__tls_validity *all, aluno__tls_validity more)
{
    if (all->to_ms == 0 || more.from_ms < all->from_ms)
        all->from_ms = more.from_ms;
    if (more.to_ms > all->to_ms)
        all->to_ms = more.to_ms;
}

static aluno_code load_ca(aluno__tls_credentials *credentials, const aluno__tls_files *files,
                          aluno_error *error)
{
    const char *const option = names_of(files)->ca, *const path = files->ca;
    aluno_code code = aluno__tls_pem_certificates(&credentials->ca, option, path, error);
    for (mbedtls_x509_crt *ca = &credentials->ca; code == ALUNO_OK && ca != NULL; ca = ca->next) {
        if (!ca->ca_istrue)
            return aluno__tls_pem_fail(error, option, path, "not the certificate of a CA");
        extend(&credentials->validity[ALUNO_TLS_CA], validity_of(ca));
        code = check_key_strength(&ca->pk, option, path, error);
        aluno__tls_signature_cache_attach(&ca->pk);
    }
    return code;
}

static aluno_code load_certificate(aluno__tls_credentials *credentials, aluno__tls_side side,
                                   const aluno__tls_files *files, aluno_error *error)
{
    const char *const option = names_of(files)->cert, *const path = files->cert;
    mbedtls_x509_crt *own = &credentials->certificate;
    aluno_code code = aluno__tls_pem_certificates(own, option, path, error);
    if (code == ALUNO_OK)
        code = check_key_strength(&own->pk, option, path, error);
    if (code != ALUNO_OK)
        return code;
    if (!aluno__tls_certificate_is_for(own, side))
        return aluno__tls_pem_fail(error, option, path,
                                   side == ALUNO_TLS_SERVER
                                       ? "not made for a service (extended key usage serverAuth)"
                                       : "not made for a client (extended key usage clientAuth)");
    credentials->self_signed = aluno__tls_certificate_is_self_signed(own);
    credentials->validity[ALUNO_TLS_CERT] = validity_of(own);
    aluno__tls_certificate_describe(own, 0, credentials->description, sizeof credentials->description);
    return ALUNO_OK;
}

static aluno_code load_key(aluno__tls_credentials *credentials, aluno__tls_side side,
                           const aluno__tls_files *files, aluno_error *error)
{
    const aluno__tls_files *const names = names_of(files);
    aluno_code code = aluno__tls_pem_key(&credentials->key, names->key, files->key, error);
    if (code == ALUNO_OK && side == ALUNO_TLS_SERVER)
        code = aluno__tls_pem_check_private(names->key, files->key, error);
    if (code != ALUNO_OK)
        return code;
    if (side == ALUNO_TLS_SERVER) /* a client is a guest in its program, whose pages it leaves as they are */
        aluno__tls_key_pages_lock(&credentials->key);
    if (!mbed_is_pair(&credentials->certificate.pk, &credentials->key))
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                                "%s %s: does not match the certificate %s %s", names->key, files->key,
                                names->cert, files->cert);
    return ALUNO_OK;
}

/* From the last beginning to the first end. */
static void restrict_to(aluno__tls_validity *all, const mbedtls_x509_crl *crl)
{
    const int64_t from_ms = aluno__tls_certificate_time_ms(&crl->this_update);
    const int64_t to_ms = aluno__tls_certificate_time_ms(&crl->next_update);
    if (from_ms > all->from_ms)
        all->from_ms = from_ms;
    if (all->to_ms == 0 || to_ms < all->to_ms)
        all->to_ms = to_ms;
}

/* Refuses a list of another CA: mbed TLS would ignore it, as if nothing were revoked. */
static aluno_code load_crl(aluno__tls_credentials *credentials, const aluno__tls_files *files,
                           aluno_error *error)
{
    const aluno__tls_files *const names = names_of(files);
    const aluno_code code = aluno__tls_pem_crls(&credentials->crl, names->crl, files->crl, error);
    if (code != ALUNO_OK)
        return code;
    for (const mbedtls_x509_crl *crl = &credentials->crl; crl != NULL; crl = crl->next) {
        if (!aluno__tls_crl_is_signed(crl, &credentials->ca))
            return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "%s %s: not signed by the CA of %s",
                                    names->crl, files->crl, names->ca);
        if (crl->next_update.year == 0)
            return aluno__tls_pem_fail(error, names->crl, files->crl,
                                       "does not say when it ends (nextUpdate)");
        restrict_to(&credentials->validity[ALUNO_TLS_CRL], crl);
    }
    return ALUNO_OK;
}

static bool configure(aluno__tls_credentials *credentials, aluno__tls_side side)
{
    mbedtls_ssl_config *const config = &credentials->config;
    if (aluno__tls_ssl_config_fill(config, side, &credentials->ca, &credentials->certificate,
                                   &credentials->key) != 0)
        return false;
    credentials->sessions = aluno__tls_resumption_configure(config, side);
    return credentials->sessions != NULL;
}

static aluno_code load(aluno__tls_credentials *credentials, aluno__tls_side side,
                       const aluno__tls_files *files, aluno_error *error)
{
    aluno_code code = load_ca(credentials, files, error);
    if (code == ALUNO_OK)
        code = load_certificate(credentials, side, files, error);
    if (code == ALUNO_OK)
        code = load_key(credentials, side, files, error);
    if (code == ALUNO_OK && files->crl != NULL)
        code = load_crl(credentials, files, error);
    if (code == ALUNO_OK && !configure(credentials, side))
        code = aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    return code;
}

aluno_code aluno__tls_credentials_load(aluno__tls_credentials **out, aluno__tls_side side,
                                       const aluno__tls_files *files, aluno_error *error)
{
    aluno__tls_credentials *credentials = aluno__calloc(sizeof *credentials);
    if (credentials == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    atomic_init(&credentials->references, 1);
    mbedtls_x509_crt_init(&credentials->ca);
    mbedtls_x509_crt_init(&credentials->certificate);
    mbedtls_x509_crl_init(&credentials->crl);
    mbedtls_pk_init(&credentials->key);
    mbedtls_ssl_config_init(&credentials->config);
    const aluno_code code = load(credentials, side, files, error);
    if (code == ALUNO_OK)
        *out = credentials;
    else
        aluno__tls_credentials_release(credentials);
    return code;
}

aluno__tls_credentials *aluno__tls_credentials_hold(aluno__tls_credentials *credentials)
{
    atomic_fetch_add(&credentials->references, 1);
    return credentials;
}

void aluno__tls_credentials_release(aluno__tls_credentials *credentials)
{
    if (credentials == NULL || atomic_fetch_sub(&credentials->references, 1) != 1)
        return;
    aluno__tls_session_store_free(credentials->sessions);
    mbedtls_ssl_config_free(&credentials->config);
    mbedtls_pk_free(&credentials->key);
    mbedtls_x509_crl_free(&credentials->crl);
    mbedtls_x509_crt_free(&credentials->certificate);
    mbedtls_x509_crt_free(&credentials->ca);
    aluno__free(credentials);
}

const mbedtls_x509_crl *aluno__tls_credentials_crl(const aluno__tls_credentials *credentials)
{
    return credentials->validity[ALUNO_TLS_CRL].to_ms != 0 ? &credentials->crl : NULL;
}

static bool has_ca(const aluno__tls_credentials *credentials, const char *fingerprint)
{
    char each[65];
    for (const mbedtls_x509_crt *ca = &credentials->ca; ca != NULL; ca = ca->next) {
        aluno__tls_certificate_fingerprint(ca, each);
        if (strcmp(each, fingerprint) == 0)
            return true;
    }
    return false;
}

bool aluno__tls_credentials_vouch(const aluno__tls_credentials *credentials, const aluno__tls_peer *peer)
{
    return has_ca(credentials, peer->ca) &&
           !aluno__tls_crl_has(aluno__tls_credentials_crl(credentials), peer->issuer, peer->serial);
}
