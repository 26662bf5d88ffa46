/* Loads the files of one side and judges them, so that a mistake shows at the start and by the option's name,
 * not as a failed handshake later. */
#include "credentials.h"

#include "protocol/error.h"
#include "base/memory.h"
#include "certificate.h"
#include "file.h"
#include "verify.h"

static const int suites[] = {
#if defined(MBEDTLS_TLS1_3_AES_128_GCM_SHA256)
    MBEDTLS_TLS1_3_AES_128_GCM_SHA256,
    MBEDTLS_TLS1_3_AES_256_GCM_SHA384,
    MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256,
#endif
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    0,
};

static const char *protocols[] = {"aluno/1", NULL};

static aluno_code refuse(aluno_error *error, const char *option, const char *path, const char *what)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "%s %s: %s", option, path, what);
}

static aluno_code refuse_content(aluno_error *error, const char *option, const char *path, const char *kind,
                                 int result)
{
    char words[128];
    mbedtls_strerror(result, words, sizeof words);
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "%s %s: not a PEM %s (%s)", option, path,
                            kind, words);
}

static bool key_is_strong(const mbedtls_pk_context *key)
{
    if (mbedtls_pk_can_do(key, MBEDTLS_PK_RSA))
        return mbedtls_pk_get_bitlen(key) >= tls_profile.rsa_min_bitlen;
    return mbedtls_pk_can_do(key, MBEDTLS_PK_ECKEY) &&
           (MBEDTLS_X509_ID_FLAG(mbedtls_pk_ec(*key)->grp.id) & tls_profile.allowed_curves) != 0;
}

static aluno_code check_key_strength(const mbedtls_pk_context *key, const char *option, const char *path,
                                     aluno_error *error)
{
    if (key_is_strong(key))
        return ALUNO_OK;
    return refuse(error, option, path,
                  "its key is too weak: take RSA of 2048 bits or more, or the curve P-256, P-384 or P-521");
}

aluno_code tls_load_certificates(mbedtls_x509_crt *out, const char *option, const char *path,
                                 aluno_error *error)
{
    tls_file file;
    const aluno_code code = tls_file_read(&file, option, path, error);
    if (code != ALUNO_OK)
        return code;
    const int result = mbedtls_x509_crt_parse(out, file.text, file.size);
    tls_file_wipe(&file);
    if (result < 0)
        return refuse_content(error, option, path, "certificate", result);
    if (result > 0)
        return refuse(error, option, path, "holds certificates that can not be read");
    return ALUNO_OK;
}

aluno_code tls_load_lists(mbedtls_x509_crl *out, const char *option, const char *path, aluno_error *error)
{
    tls_file file;
    const aluno_code code = tls_file_read(&file, option, path, error);
    if (code != ALUNO_OK)
        return code;
    const int result = mbedtls_x509_crl_parse(out, file.text, file.size);
    tls_file_wipe(&file);
    return result == 0 ? ALUNO_OK : refuse_content(error, option, path, "revocation list", result);
}

static const aluno__tls_files option_names = {"ca_file", "cert_file", "key_file", "crl_file", NULL};

static const aluno__tls_files *names_of(const aluno__tls_files *files)
{
    return files->names != NULL ? files->names : &option_names;
}

static aluno_code load_ca(tls_credentials *credentials, const aluno__tls_files *files, aluno_error *error)
{
    const char *const option = names_of(files)->ca, *const path = files->ca;
    aluno_code code = tls_load_certificates(&credentials->ca, option, path, error);
    for (mbedtls_x509_crt *ca = &credentials->ca; code == ALUNO_OK && ca != NULL; ca = ca->next) {
        if (!ca->ca_istrue)
            return refuse(error, option, path, "not the certificate of a CA");
        code = check_key_strength(&ca->pk, option, path, error);
    }
    return code;
}

static aluno_code load_certificate(tls_credentials *credentials, aluno__tls_side side,
                                   const aluno__tls_files *files, aluno_error *error)
{
    const char *const option = names_of(files)->cert, *const path = files->cert;
    mbedtls_x509_crt *own = &credentials->certificate;
    aluno_code code = tls_load_certificates(own, option, path, error);
    if (code == ALUNO_OK)
        code = check_key_strength(&own->pk, option, path, error);
    if (code != ALUNO_OK)
        return code;
    if (!tls_certificate_serves(own, side))
        return refuse(error, option, path,
                      side == ALUNO_TLS_SERVER ? "not made for a service (extended key usage serverAuth)"
                                               : "not made for a client (extended key usage clientAuth)");
    credentials->self_signed = tls_certificate_is_self_signed(own);
    credentials->not_after_ms = tls_time_ms(&own->valid_to);
    tls_certificate_describe(own, 0, credentials->description, sizeof credentials->description);
    return ALUNO_OK;
}

static aluno_code load_key(tls_credentials *credentials, const aluno__tls_files *files, aluno_error *error)
{
    const aluno__tls_files *const names = names_of(files);
    tls_file file;
    const aluno_code code = tls_file_read(&file, names->key, files->key, error);
    if (code != ALUNO_OK)
        return code;
    const int result = mbed_parse_key(&credentials->key, file.text, file.size);
    tls_file_wipe(&file);
    if (result == MBEDTLS_ERR_PK_PASSWORD_REQUIRED)
        return refuse(error, names->key, files->key,
                      "protected by a passphrase; store it without one, mode 0600");
    if (result != 0)
        return refuse_content(error, names->key, files->key, "private key", result);
    if (mbed_check_pair(&credentials->certificate.pk, &credentials->key) != 0)
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID,
                                "%s %s: does not match the certificate %s %s", names->key, files->key,
                                names->cert, files->cert);
    return ALUNO_OK;
}

/* Whether the CA signed the list. */
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

static bool is_of_our_ca(tls_credentials *credentials, const mbedtls_x509_crl *crl)
{
    for (mbedtls_x509_crt *ca = &credentials->ca; ca != NULL; ca = ca->next)
        if (has_signed(ca, crl))
            return true;
    return false;
}

/* A list of another CA would be passed over, as if nothing were revoked: it is refused. */
static aluno_code load_crl(tls_credentials *credentials, const aluno__tls_files *files, aluno_error *error)
{
    const aluno__tls_files *const names = names_of(files);
    const aluno_code code = tls_load_lists(&credentials->crl, names->crl, files->crl, error);
    if (code != ALUNO_OK)
        return code;
    for (const mbedtls_x509_crl *crl = &credentials->crl; crl != NULL; crl = crl->next) {
        if (!is_of_our_ca(credentials, crl))
            return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "%s %s: not signed by the CA of %s",
                                    names->crl, files->crl, names->ca);
        if (crl->next_update.year == 0)
            return refuse(error, names->crl, files->crl, "does not say when it ends (nextUpdate)");
        const int64_t next = tls_time_ms(&crl->next_update);
        if (credentials->crl_next_update_ms == 0 || next < credentials->crl_next_update_ms)
            credentials->crl_next_update_ms = next;
    }
    return ALUNO_OK;
}

static int configure(tls_credentials *credentials, aluno__tls_side side)
{
    mbedtls_ssl_config *config = &credentials->config;
    const int endpoint = side == ALUNO_TLS_SERVER ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT;
    int result = mbedtls_ssl_config_defaults(config, endpoint, MBEDTLS_SSL_TRANSPORT_STREAM,
                                             MBEDTLS_SSL_PRESET_DEFAULT);
    if (result != 0)
        return result;
    mbed_conf_protocol(config);
    mbedtls_ssl_conf_rng(config, mbed_random, NULL);
    mbedtls_ssl_conf_authmode(config, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_cert_profile(config, &tls_profile);
    mbedtls_ssl_conf_ciphersuites(config, suites);
    mbedtls_ssl_conf_ca_chain(config, &credentials->ca,
                              NULL); /* tls_verify looks into the revocation lists */
#if defined(MBEDTLS_SSL_SESSION_TICKETS) && defined(MBEDTLS_SSL_CLI_C)
    mbedtls_ssl_conf_session_tickets(config,
                                     MBEDTLS_SSL_SESSION_TICKETS_DISABLED); /* each peer is judged anew */
#endif
    result = mbedtls_ssl_conf_alpn_protocols(config, protocols);
    if (result != 0)
        return result;
    return mbedtls_ssl_conf_own_cert(config, &credentials->certificate, &credentials->key);
}

static aluno_code load(tls_credentials *credentials, aluno__tls_side side, const aluno__tls_files *files,
                       aluno_error *error)
{
    aluno_code code = load_ca(credentials, files, error);
    if (code == ALUNO_OK)
        code = load_certificate(credentials, side, files, error);
    if (code == ALUNO_OK)
        code = load_key(credentials, files, error);
    if (code == ALUNO_OK && files->crl != NULL)
        code = load_crl(credentials, files, error);
    if (code == ALUNO_OK && configure(credentials, side) != 0)
        code = aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    return code;
}

aluno_code tls_credentials_load(tls_credentials **out, aluno__tls_side side, const aluno__tls_files *files,
                                aluno_error *error)
{
    tls_credentials *credentials = aluno__calloc(sizeof *credentials);
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
        tls_credentials_release(credentials);
    return code;
}

tls_credentials *tls_credentials_hold(tls_credentials *credentials)
{
    atomic_fetch_add(&credentials->references, 1);
    return credentials;
}

void tls_credentials_release(tls_credentials *credentials)
{
    if (credentials == NULL || atomic_fetch_sub(&credentials->references, 1) != 1)
        return;
    mbedtls_ssl_config_free(&credentials->config);
    mbedtls_pk_free(&credentials->key);
    mbedtls_x509_crl_free(&credentials->crl);
    mbedtls_x509_crt_free(&credentials->certificate);
    mbedtls_x509_crt_free(&credentials->ca);
    aluno__free(credentials);
}

const mbedtls_x509_crl *tls_credentials_lists(const tls_credentials *credentials)
{
    return credentials->crl_next_update_ms != 0 ? &credentials->crl : NULL;
}

bool tls_credentials_revoke(const tls_credentials *credentials, const char *serial)
{
    char revoked[65];
    for (const mbedtls_x509_crl *crl = &credentials->crl; crl != NULL; crl = crl->next) {
        for (const mbedtls_x509_crl_entry *entry = &crl->entry; entry != NULL && entry->serial.len != 0;
             entry = entry->next) {
            tls_serial_text(&entry->serial, revoked);
            if (strcmp(revoked, serial) == 0)
                return true;
        }
    }
    return false;
}
