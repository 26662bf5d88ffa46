/* Opening credentials: every mistake in the files is refused with the option's name and the problem. */
#include "pki.h"
#include "tls_side.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const aluno__tls_files flags = {"--ca", "--cert", "--key", "--crl", NULL};

static const struct {
    const char *title;
    aluno__tls_side side;
    const char *ca, *cert, *key, *crl; /* names in pki's folder; NULL: not given */
    const char *detail;                /* its end, after the paths */
} mistakes[] = {
    {"no CA", ALUNO_TLS_CLIENT, NULL, "client.crt", "client.key", NULL, "--ca: a file is required"},
    {"no certificate", ALUNO_TLS_CLIENT, "ca.crt", NULL, "client.key", NULL, "--cert: a file is required"},
    {"no key", ALUNO_TLS_CLIENT, "ca.crt", "client.crt", NULL, NULL, "--key: a file is required"},
    {"CA missing", ALUNO_TLS_CLIENT, "none.crt", "client.crt", "client.key", NULL, "none.crt: no such file"},
    {"CRL missing", ALUNO_TLS_SERVER, "ca.crt", "server.crt", "server.key", "none.crl",
     "none.crl: no such file"},
    {"a folder", ALUNO_TLS_CLIENT, "", "client.crt", "client.key", NULL, "/: not a regular file"},
    {"an empty file", ALUNO_TLS_CLIENT, "empty.pem", "client.crt", "client.key", NULL,
     "empty.pem: not a PEM file"},
    {"a text", ALUNO_TLS_CLIENT, "ca.crt", "text.pem", "client.key", NULL, "text.pem: not a PEM file"},
    {"a broken certificate", ALUNO_TLS_CLIENT, "ca.crt", "broken.pem", "client.key", NULL,
     "broken.pem: not a PEM certificate ("},
    {"a key as certificate", ALUNO_TLS_CLIENT, "ca.crt", "client.key", "client.key", NULL,
     "client.key: not a PEM certificate ("},
    {"a certificate as key", ALUNO_TLS_CLIENT, "ca.crt", "client.crt", "client.crt", NULL,
     "client.crt: not a PEM private key ("},
    {"a certificate as CRL", ALUNO_TLS_SERVER, "ca.crt", "server.crt", "server.key", "ca.crt",
     "ca.crt: not a PEM revocation list ("},
    {"a key with a passphrase", ALUNO_TLS_CLIENT, "ca.crt", "client.crt", "locked.key", NULL,
     "locked.key: protected by a passphrase; store it without one, mode 0600"},
    {"another's key", ALUNO_TLS_SERVER, "ca.crt", "server.crt", "client.key", NULL,
     "client.key: does not match the certificate --cert "},
    {"another kind of key", ALUNO_TLS_SERVER, "ca.crt", "server.crt", "server-rsa.key", NULL,
     "server-rsa.key: does not match the certificate --cert "},
    {"a leaf as CA", ALUNO_TLS_CLIENT, "server.crt", "client.crt", "client.key", NULL,
     "server.crt: not the certificate of a CA"},
    {"a client's for a service", ALUNO_TLS_SERVER, "ca.crt", "client.crt", "client.key", NULL,
     "client.crt: not made for a service (extended key usage serverAuth)"},
    {"a service's for a client", ALUNO_TLS_CLIENT, "ca.crt", "server.crt", "server.key", NULL,
     "server.crt: not made for a client (extended key usage clientAuth)"},
    {"made for no use", ALUNO_TLS_CLIENT, "ca.crt", "client-unused.crt", "client-unused.key", NULL,
     "client-unused.crt: not made for a client (extended key usage clientAuth)"},
    {"RSA 1024", ALUNO_TLS_CLIENT, "ca.crt", "client-rsa1024.crt", "client-rsa1024.key", NULL,
     "client-rsa1024.crt: its key is too weak"},
    {"P-224", ALUNO_TLS_SERVER, "ca.crt", "server-p224.crt", "server-p224.key", NULL,
     "server-p224.crt: its key is too weak"},
    {"another CA's CRL", ALUNO_TLS_SERVER, "ca.crt", "server.crt", "server.key", "other.crl",
     "other.crl: not signed by the CA of --ca"},
};

static const char *path(const char *name)
{
    return name == NULL ? NULL : pki_file(name, "");
}

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        aluno_error error = {0};
        aluno__tls *tls = NULL;
        const aluno__tls_files files = {path(mistakes[i].ca), path(mistakes[i].cert), path(mistakes[i].key),
                                        path(mistakes[i].crl), &flags};
        const aluno_code code = aluno__tls_open(&tls, mistakes[i].side, &files, NULL, NULL, NULL, &error);
        if (code != ALUNO_INVALID_ARGUMENT || strcmp(error.reason, "OPTION_INVALID") != 0 ||
            strncmp(error.detail, "--", 2) != 0 || strstr(error.detail, mistakes[i].detail) == NULL)
            fail_msg("%s: code %d, %s: %s", mistakes[i].title, code, error.reason, error.detail);
        assert_null(tls);
    }
}

/* Without names of its own the options are those of aluno_client_options. */
static void test_names(void **state)
{
    aluno_error error = {0};
    aluno__tls *tls = NULL;
    aluno__tls_files files = tls_side_files("client", "other");
    (void)state;
    assert_int_equal(aluno__tls_open(&tls, ALUNO_TLS_CLIENT, &files, NULL, NULL, NULL, &error),
                     ALUNO_INVALID_ARGUMENT);
    assert_int_equal(strncmp(error.detail, "crl_file ", 9), 0);
    assert_non_null(strstr(error.detail, "other.crl: not signed by the CA of ca_file"));
    files.cert = NULL;
    assert_int_equal(aluno__tls_open(&tls, ALUNO_TLS_CLIENT, &files, NULL, NULL, NULL, &error),
                     ALUNO_INVALID_ARGUMENT);
    assert_string_equal(error.detail, "cert_file: a file is required");
}

static void test_unreadable(void **state)
{
    aluno_error error = {0};
    aluno__tls *tls = NULL;
    aluno__tls_files files = tls_side_files("client-rsa", NULL);
    (void)state;
    if (geteuid() == 0)
        skip(); /* root reads everything */
    assert_int_equal(chmod(files.key, 0), 0);
    assert_int_equal(aluno__tls_open(&tls, ALUNO_TLS_CLIENT, &files, NULL, NULL, NULL, &error),
                     ALUNO_INVALID_ARGUMENT);
    assert_non_null(strstr(error.detail, "client-rsa.key: permission denied"));
    assert_int_equal(chmod(files.key, 0600), 0);
}

/* A failed reload changes nothing; a good one replaces everything. */
static void test_reload(void **state)
{
    aluno_error error = {0};
    aluno__tls *tls;
    const aluno__tls_files first = tls_side_files("server", "good");
    const aluno__tls_files second = tls_side_files("server-rsa", "expired");
    aluno__tls_files bad = first;
    (void)state;
    bad.key = second.key;
    assert_int_equal(aluno__tls_open(&tls, ALUNO_TLS_SERVER, &first, NULL, NULL, NULL, &error), ALUNO_OK);
    const int64_t end = aluno__tls_not_after_ms(tls), update = aluno__tls_crl_next_update_ms(tls);
    const int64_t now = (int64_t)time(NULL) * 1000, month = INT64_C(30) * 86400 * 1000;
    assert_in_range(end, now + month - 3600000, now + month + 3600000);
    assert_in_range(update, now + month - 3600000, now + month + 3600000);
    assert_int_equal(aluno__tls_reload(tls, &bad, &error), ALUNO_INVALID_ARGUMENT);
    assert_non_null(strstr(error.detail, "key_file "));
    assert_int_equal(aluno__tls_not_after_ms(tls), end);
    assert_int_equal(aluno__tls_crl_next_update_ms(tls), update);
    assert_int_equal(aluno__tls_reload(tls, &second, &error), ALUNO_OK);
    assert_true(aluno__tls_crl_next_update_ms(tls) < now);
    aluno__tls_close(tls);
    aluno__tls_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_reload),
    };
    return cmocka_run_group_tests_name("tls options", tests, pki_set_up, NULL);
}
