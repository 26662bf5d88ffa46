/* sdk/tls/engine.c, aluno__tls_is_trusted: whether an open connection's certificate is still accepted. */
#include "pki.h"
#include "tls_side.h"
#include "unit.h"

#include "base/clock.h"

static tls_side server;

/* Connects with a certificate and returns what the server knows of it. */
static aluno__tls_peer peer_of(const char *certificate)
{
    tls_side client;
    tls_side_open(&client, ALUNO_TLS_CLIENT, certificate, NULL, NULL);
    assert_int_equal(tls_side_dial(&client, server.port, "localhost"), 0);
    tls_side_call(&client, &server, 100);
    const aluno__tls_peer peer = server.peer;
    tls_side_close(&client);
    return peer;
}

static void reload(const char *ca, const char *crl)
{
    aluno__tls_files files = tls_side_files("server", crl);
    aluno_error error;
    files.ca = pki_file(ca, ".crt");
    if (aluno__tls_reload(server.tls, &files, &error) != ALUNO_OK)
        fail_msg("%s", error.detail);
}

static void the_certificate_expires(void **state)
{
    (void)state;
    aluno__tls_peer peer = peer_of("client");
    assert_true(aluno__tls_is_trusted(server.tls, &peer));
    peer.not_after_ms = aluno__clock_unix_ms() - 2000;
    assert_false(aluno__tls_is_trusted(server.tls, &peer));
}

/* The recipe for a CA's key that leaked: the old CA's certificates are no longer accepted. */
static void the_ca_is_replaced(void **state)
{
    (void)state;
    const aluno__tls_peer peer = peer_of("client"), resumed = peer_of("client");
    reload("other", NULL);
    assert_false(aluno__tls_is_trusted(server.tls, &peer));
    assert_false(aluno__tls_is_trusted(server.tls, &resumed));
    reload("ca", NULL);
    assert_true(aluno__tls_is_trusted(server.tls, &peer));
}

/* Of two issuers' certificates with one serial number, only the one is revoked whose issuer says so. */
static void the_certificate_is_revoked(void **state)
{
    (void)state;
    aluno__tls_peer peer = peer_of("client-revoked");
    aluno__tls_peer other = peer;
    reload("ca", "good");
    assert_false(aluno__tls_is_trusted(server.tls, &peer));
    memset(other.issuer, '0', sizeof other.issuer - 1);
    assert_true(aluno__tls_is_trusted(server.tls, &other));
    const aluno__tls_peer good = peer_of("client");
    assert_true(aluno__tls_is_trusted(server.tls, &good));
}

static int set_up(void **state)
{
    (void)state;
    tls_side_open(&server, ALUNO_TLS_SERVER, "server", NULL, NULL);
    tls_side_listen(&server);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tls_side_close(&server);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_certificate_expires),
        TEST(the_ca_is_replaced),
        TEST(the_certificate_is_revoked),
    };
    return cmocka_run_group_tests(tests, pki_set_up, NULL);
}
