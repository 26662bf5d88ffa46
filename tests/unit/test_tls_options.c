/* Opening credentials: every mistake in the files is refused with the option's name and the problem. */
#include "pki.h"
#include "stderr_capture.h"
#include "tls_side.h"
#include "unit.h"

#include "base/clock.h"
#include "expiry.h"

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
    const int64_t end = aluno__tls_validity_of(tls, ALUNO_TLS_CERT).to_ms,
                  update = aluno__tls_validity_of(tls, ALUNO_TLS_CRL).to_ms;
    const int64_t now = (int64_t)time(NULL) * 1000, month = INT64_C(30) * 86400 * 1000;
    assert_in_range(end, now + month - 3600000, now + month + 3600000);
    assert_in_range(update, now + month - 3600000, now + month + 3600000);
    assert_int_equal(aluno__tls_reload(tls, &bad, &error), ALUNO_INVALID_ARGUMENT);
    assert_non_null(strstr(error.detail, "key_file "));
    assert_int_equal(aluno__tls_validity_of(tls, ALUNO_TLS_CERT).to_ms, end);
    assert_int_equal(aluno__tls_validity_of(tls, ALUNO_TLS_CRL).to_ms, update);
    assert_int_equal(aluno__tls_reload(tls, &second, &error), ALUNO_OK);
    assert_true(aluno__tls_validity_of(tls, ALUNO_TLS_CRL).to_ms < now);
    aluno__tls_close(tls);
    aluno__tls_close(NULL);
}

/* Any user of the machine could be the service. A client's key is its owner's affair. */
static void test_a_services_key_is_private(void **state)
{
    aluno_error error = {0};
    aluno__tls *tls;
    const aluno__tls_files server = tls_side_files("server", "good"),
                           client = tls_side_files("client", "good");
    (void)state;
    assert_int_equal(chmod(server.key, 0644), 0);
    assert_int_equal(chmod(client.key, 0644), 0);
    const aluno_code code = aluno__tls_open(&tls, ALUNO_TLS_SERVER, &server, NULL, NULL, NULL, &error);
    assert_int_equal(chmod(server.key, 0640), 0);
    assert_int_equal(code, ALUNO_INVALID_ARGUMENT);
    assert_non_null(strstr(error.detail, "all users of this machine may use it (mode 644): chmod o= "));
    assert_int_equal(aluno__tls_open(&tls, ALUNO_TLS_SERVER, &server, NULL, NULL, NULL, &error), ALUNO_OK);
    aluno__tls_close(tls);
    assert_int_equal(aluno__tls_open(&tls, ALUNO_TLS_CLIENT, &client, NULL, NULL, NULL, &error), ALUNO_OK);
    aluno__tls_close(tls);
    assert_int_equal(chmod(server.key, 0600) + chmod(client.key, 0600), 0);
}

/* The line on --cert that expiry.h logs at that moment, from the level on; "" expects none. */
static void expect_log(struct expiry *expiry, aluno__tls *tls, int64_t unix_ms, const char *expected)
{
    char line[256] = "";
    stderr_capture();
    expiry_log(expiry, tls, unix_ms);
    const char *log = stderr_captured(); /* behind its end is what was captured before */
    FILE *lines = fmemopen((char *)(uintptr_t)log, strlen(log) + 1, "r");
    while (fgets(line, sizeof line, lines) != NULL && strstr(line, " file=--cert ") == NULL)
        line[0] = '\0';
    fclose(lines);
    line[strcspn(line, "\n")] = '\0';
    assert_string_equal(*line == '\0' ? line : strchr(line, ' ') + 1, expected);
}

#define SOON  "warn msg=\"A file for TLS ends soon: renew it and send SIGHUP.\" "
#define ENDED "error msg=\"A file for TLS has ended: everybody is refused. Renew it and send SIGHUP.\" "

/* From 30 days on, each day once; at once for new files; what has ended is not called soon. */
static void test_ends_are_logged_in_time(void **state)
{
    const int64_t day_ms = INT64_C(24) * 3600 * 1000;
    const aluno__tls_files files = tls_side_files("server", NULL);
    struct expiry expiry;
    aluno__tls *tls;
    (void)state;
    assert_int_equal(aluno__tls_open(&tls, ALUNO_TLS_SERVER, &files, NULL, NULL, NULL, NULL), ALUNO_OK);
    const int64_t end_ms = aluno__tls_validity_of(tls, ALUNO_TLS_CERT).to_ms;
    assert_int_equal(aluno__tls_validity_of(tls, ALUNO_TLS_CRL).to_ms, 0);
    assert_true(aluno__tls_validity_of(tls, ALUNO_TLS_CA).to_ms > aluno__clock_unix_ms());
    expiry_begin(&expiry);
    expect_log(&expiry, tls, end_ms - 30 * day_ms, "");
    expect_log(&expiry, tls, end_ms - 30 * day_ms + 1, SOON "file=--cert days_left=29");
    expect_log(&expiry, tls, end_ms - 29 * day_ms, "");
    expect_log(&expiry, tls, end_ms - 29 * day_ms + 1, SOON "file=--cert days_left=28");
    expiry_begin(&expiry);
    expect_log(&expiry, tls, end_ms - 29 * day_ms + 1, SOON "file=--cert days_left=28");
    expect_log(&expiry, tls, end_ms, SOON "file=--cert days_left=0");
    expect_log(&expiry, tls, end_ms + 1, ENDED "file=--cert days_ago=0");
    expect_log(&expiry, tls, end_ms + day_ms, "");
    expect_log(&expiry, tls, end_ms + day_ms + 1, ENDED "file=--cert days_ago=1");
    aluno__tls_close(tls);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_reload),
        cmocka_unit_test(test_a_services_key_is_private),
        cmocka_unit_test(test_ends_are_logged_in_time),
    };
    return cmocka_run_group_tests_name("tls options", tests, pki_set_up, NULL);
}
