/* Handshakes that must fail: for every kind of bad certificate or peer, both sides report the right reason,
 * and the listener still serves good clients. */
#include "openssl_peer.h"
#include "pki.h"
#include "tls_side.h"
#include "unit.h"

#include "tls/reason.h"

#include <mbedtls/version.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void expect(const char *title, const aluno__tls_handshake_failure *failure, aluno_reason reason,
                   bool by_peer)
{
    if (failure->reason != reason || failure->by_peer != by_peer)
        fail_msg("%s: got %s (by_peer %d, %s), expected %s (by_peer %d)", title,
                 aluno_reason_of(failure->reason)->name, failure->by_peer, failure->detail,
                 aluno_reason_of(reason)->name, by_peer);
    assert_int_equal(strncmp(failure->address, "127.0.0.1:", 10), 0);
}

static void expect_served(tls_side *server)
{
    tls_side good;
    tls_side_open(&good, ALUNO_TLS_CLIENT, "client", NULL, NULL);
    assert_int_equal(tls_side_dial(&good, server->port, "localhost"), 0);
    tls_side_call(&good, server, 120);
    tls_side_close(&good);
}

/* Our engine on both sides: the refusing side knows its reason, the refused side learns it from the alert. */
static const struct {
    const char *title, *server, *client, *server_crl, *client_crl, *name;
    aluno_reason reason;
    bool server_refuses;
    const char *detail; /* part of the refusing side's detail */
} cases[] = {
    {"self-signed client", "server", "client-self", NULL, NULL, "localhost", ALUNO_REASON_TLS_SELF_SIGNED,
     true, "CN=self, serial "},
    {"client of another CA", "server", "client-unknown", NULL, NULL, "localhost", ALUNO_REASON_TLS_UNKNOWN_CA,
     true, "depth 0"},
    {"expired client", "server", "client-expired", NULL, NULL, "localhost", ALUNO_REASON_TLS_EXPIRED, true,
     "depth 0"},
    {"client not valid yet", "server", "client-future", NULL, NULL, "localhost",
     ALUNO_REASON_TLS_NOT_YET_VALID, true, "depth 0"},
    {"revoked client", "server", "client-revoked", "good", NULL, "localhost", ALUNO_REASON_TLS_REVOKED, true,
     "depth 0"},
    {"the server's revocation list is old", "server", "client-rsa", "expired", NULL, "localhost",
     ALUNO_REASON_TLS_CRL_INVALID, true, "CN=rsa"},
    {"self-signed server", "server-self", "client", NULL, NULL, "localhost", ALUNO_REASON_TLS_SELF_SIGNED,
     false, "CN=localhost, serial "},
    {"server of another CA", "server-unknown", "client", NULL, NULL, "localhost", ALUNO_REASON_TLS_UNKNOWN_CA,
     false, "depth 0"},
    {"expired server", "server-expired", "client", NULL, NULL, "localhost", ALUNO_REASON_TLS_EXPIRED, false,
     "depth 0"},
    {"server not valid yet", "server-future", "client", NULL, NULL, "localhost",
     ALUNO_REASON_TLS_NOT_YET_VALID, false, "depth 0"},
    {"server of another name", "server-elsewhere", "client", NULL, NULL, "localhost",
     ALUNO_REASON_TLS_WRONG_HOST, false, "not for localhost: CN=other.example"},
    {"server of another address", "server", "client", NULL, NULL, "127.0.0.2", ALUNO_REASON_TLS_WRONG_HOST,
     false, "not for 127.0.0.2"},
    {"revoked server", "server-revoked", "client", NULL, "good", "localhost", ALUNO_REASON_TLS_REVOKED, false,
     "depth 0"},
    {"the client's revocation list is old", "server", "client", NULL, "expired", "localhost",
     ALUNO_REASON_TLS_CRL_INVALID, false, "depth 0"},
};

static void test_certificates(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tls_side server, client;
        tls_side_open(&server, ALUNO_TLS_SERVER, cases[i].server, cases[i].server_crl, NULL);
        tls_side_open(&client, ALUNO_TLS_CLIENT, cases[i].client, cases[i].client_crl, NULL);
        tls_side_listen(&server);
        assert_int_equal(tls_side_dial(&client, server.port, cases[i].name), NNG_EPEERAUTH);
        const aluno__tls_handshake_failure at_server = tls_side_failure(&server),
                                           at_client = tls_side_failure(&client);
        expect(cases[i].title, &at_server, cases[i].reason, !cases[i].server_refuses);
        expect(cases[i].title, &at_client, cases[i].reason, cases[i].server_refuses);
        const char *detail = cases[i].server_refuses ? at_server.detail : at_client.detail;
        if (strstr(detail, cases[i].detail) == NULL)
            fail_msg("%s: the detail is \"%s\"", cases[i].title, detail);
        if (cases[i].server_refuses && strcmp(cases[i].title, "the server's revocation list is old") != 0)
            expect_served(&server);
        tls_side_close(&client);
        tls_side_close(&server);
    }
}

/* OpenSSL's client against our server: our engine refuses to use such certificates and versions. */
static void test_foreign_clients(void **state)
{
    static const struct {
        const char *title, *certificate, *options;
        aluno_reason reason;
        const char *alert;
    } clients[] = {
        {"no certificate", NULL, "-tls1_2", ALUNO_REASON_TLS_NO_CERTIFICATE, "alert number 116"},
        {"made for no use", "client-unused", "-tls1_2", ALUNO_REASON_TLS_KEY_USAGE, "alert number 43"},
        {"made for a service", "server", "-tls1_2", ALUNO_REASON_TLS_KEY_USAGE, "alert number 43"},
        {"RSA 1024", "client-rsa1024", "-tls1_2", ALUNO_REASON_TLS_WEAK_KEY, "alert number 71"},
        {"curve P-224", "client-p224", "-tls1_2", ALUNO_REASON_TLS_WEAK_KEY, "alert number 71"},
        {"signed by SHA-1", "client-sha1", "-tls1_2", ALUNO_REASON_TLS_WEAK_KEY, "alert number 71"},
        {"TLS 1.1", "client", "-tls1_1", ALUNO_REASON_TLS_VERSION, "alert number 70"},
        {"no common suite", "client", "-tls1_2 -cipher AES128-SHA", ALUNO_REASON_TLS_HANDSHAKE,
         "alert number 40"},
        {"another ALPN", "client", "-tls1_2 -alpn h2", ALUNO_REASON_TLS_HANDSHAKE, "alert number 120"},
    };
    tls_side server;
    (void)state;
    tls_side_open(&server, ALUNO_TLS_SERVER, "server", NULL, NULL);
    tls_side_listen(&server);
    for (size_t i = 0; i < sizeof clients / sizeof *clients; i++) {
        char output[16384];
        openssl_connect(server.port, clients[i].certificate, clients[i].options, output, sizeof output);
        const aluno__tls_handshake_failure failure = tls_side_failure(&server);
        expect(clients[i].title, &failure, clients[i].reason, false);
        if (strstr(output, clients[i].alert) == NULL)
            fail_msg("%s: openssl did not report %s:\n%s", clients[i].title, clients[i].alert, output);
        expect_served(&server);
    }
    tls_side_close(&server);
}

/* A client without ALPN is accepted. */
static void test_foreign_client_served(void **state)
{
    char output[16384];
    tls_side server;
    (void)state;
    tls_side_open(&server, ALUNO_TLS_SERVER, "server", NULL, NULL);
    tls_side_listen(&server);
    openssl_connect(server.port, "client", "-tls1_2", output, sizeof output);
    assert_non_null(strstr(output, "Verification: OK"));
    assert_non_null(strstr(output, "Cipher is ECDHE-ECDSA-CHACHA20"));
    assert_non_null(strstr(output, " Temp Key: X25519"));
#if MBEDTLS_VERSION_MAJOR < 3 /* later ones give a ticket, which is a session's id */
    assert_null(strstr(output, "TLS session ticket:"));
#endif
    openssl_connect(server.port, "client", "-tls1_2 -alpn aluno/1", output, sizeof output);
    assert_non_null(strstr(output, "ALPN protocol: aluno/1"));
    tls_side_close(&server);
}

/* OpenSSL's server against our client. */
static void test_foreign_servers(void **state)
{
    static const struct {
        const char *title, *certificate, *options;
        aluno_reason reason;
        bool by_peer;
    } servers[] = {
        {"made for no use", "server-unused", "-tls1_2", ALUNO_REASON_TLS_KEY_USAGE, false},
        {"made for a client", "client", "-tls1_2", ALUNO_REASON_TLS_KEY_USAGE, false},
        {"RSA 1024", "server-rsa1024", "-tls1_2", ALUNO_REASON_TLS_WEAK_KEY, false},
        {"signed by SHA-1", "server-sha1", "-tls1_2", ALUNO_REASON_TLS_WEAK_KEY, false},
        {"no common version", "server", "-tls1_3", ALUNO_REASON_TLS_VERSION, true},
        {"no common suite", "server-rsa", "-tls1_2 -cipher AES128-SHA", ALUNO_REASON_TLS_HANDSHAKE, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
        tls_side client;
        openssl_server server;
        if (MBEDTLS_VERSION_MAJOR >= 3 && strcmp(servers[i].options, "-tls1_3") == 0)
            continue;
        openssl_listen(&server, servers[i].certificate, servers[i].options);
        tls_side_open(&client, ALUNO_TLS_CLIENT, "client", NULL, NULL);
        assert_int_equal(tls_side_dial(&client, server.port, "localhost"), NNG_EPEERAUTH);
        const aluno__tls_handshake_failure failure = tls_side_failure(&client);
        expect(servers[i].title, &failure, servers[i].reason, servers[i].by_peer);
        tls_side_close(&client);
        openssl_end(&server);
    }
}

/* A peer that does not speak TLS. */
static void test_plaintext_clients(void **state)
{
    static const struct {
        const char *text;
        size_t size;
    } greetings[] = {
        {"GET / HTTP/1.1\r\n\r\n", 18}, {"\0SP\0\0\x30\0\0", 8}, {"SSH-2.0-OpenSSH_9.2\r\n", 21}};
    tls_side server;
    (void)state;
    tls_side_open(&server, ALUNO_TLS_SERVER, "server", NULL, NULL);
    tls_side_listen(&server);
    for (size_t i = 0; i < sizeof greetings / sizeof *greetings; i++) {
        const int fd = tcp_connect(server.port);
        assert_int_equal(send(fd, greetings[i].text, greetings[i].size, MSG_NOSIGNAL), greetings[i].size);
        const aluno__tls_handshake_failure failure = tls_side_failure(&server);
        expect(greetings[i].text, &failure, ALUNO_REASON_TLS_NOT_TLS, false);
        close(fd);
        expect_served(&server);
    }
    tls_side_close(&server);
}

static void test_nng_client_without_tls(void **state)
{
    tls_side server;
    nng_socket plain;
    char url[64];
    (void)state;
    tls_side_open(&server, ALUNO_TLS_SERVER, "server", NULL, NULL);
    tls_side_listen(&server);
    assert_int_equal(nng_req0_open(&plain), 0);
    snprintf(url, sizeof url, "tcp://127.0.0.1:%u", server.port);
    assert_int_not_equal(nng_dial(plain, url, NULL, 0), 0);
    const aluno__tls_handshake_failure failure = tls_side_failure(&server);
    expect("nng client", &failure, ALUNO_REASON_TLS_NOT_TLS, false);
    assert_non_null(strstr(failure.detail, "nng without TLS"));
    expect_served(&server);
    nng_close(plain);
    tls_side_close(&server);
}

static void test_nng_server_without_tls(void **state)
{
    tls_side client;
    nng_socket plain;
    nng_listener listener;
    int port = 0;
    (void)state;
    tls_side_open(&client, ALUNO_TLS_CLIENT, "client", NULL, NULL);
    assert_int_equal(nng_rep0_open(&plain), 0);
    assert_int_equal(nng_listen(plain, "tcp://127.0.0.1:0", &listener, 0), 0);
    assert_int_equal(nng_listener_get_int(listener, NNG_OPT_TCP_BOUND_PORT, &port), 0);
    assert_int_equal(tls_side_dial(&client, (uint16_t)port, "localhost"), NNG_EPEERAUTH);
    const aluno__tls_handshake_failure failure = tls_side_failure(&client);
    expect("nng server", &failure, ALUNO_REASON_TLS_NOT_TLS, false);
    assert_non_null(strstr(failure.detail, "nng without TLS"));
    nng_close(plain);
    tls_side_close(&client);
}

typedef struct answer {
    int listener;
    const void *bytes;
    size_t size;
} answer;

static void *give_answer(void *argument)
{
    const answer *to_give = argument;
    char request[512];
    const int fd = accept(to_give->listener, NULL, NULL);
    if (recv(fd, request, sizeof request, 0) > 0)
        (void)!send(fd, to_give->bytes, to_give->size, MSG_NOSIGNAL);
    while (recv(fd, request, sizeof request, 0) > 0)
        continue;
    close(fd);
    return NULL;
}

/* Servers that do not speak our TLS: each answers any ClientHello by fixed bytes. */
static void test_played_servers(void **state)
{
    static const char http[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
    static const uint8_t tls11[5 + 4 + 38] = {22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2, [44] = 0xC0, [45] = 0x09};
    static const struct {
        const char *title;
        const void *bytes;
        size_t size;
        aluno_reason reason;
    } servers[] = {
        {"web server", http, sizeof http - 1, ALUNO_REASON_TLS_NOT_TLS},
        {"TLS 1.1", tls11, sizeof tls11, ALUNO_REASON_TLS_VERSION},
    };
    (void)state;
    for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
        tls_side client;
        pthread_t thread;
        uint16_t port;
        answer played = {tcp_listen(&port), servers[i].bytes, servers[i].size};
        assert_int_equal(pthread_create(&thread, NULL, give_answer, &played), 0);
        tls_side_open(&client, ALUNO_TLS_CLIENT, "client", NULL, NULL);
        assert_int_equal(tls_side_dial(&client, port, "localhost"), NNG_EPEERAUTH);
        const aluno__tls_handshake_failure failure = tls_side_failure(&client);
        expect(servers[i].title, &failure, servers[i].reason, false);
        pthread_join(thread, NULL);
        close(played.listener);
        tls_side_close(&client);
    }
}

/* The alert of a reason translates back to that reason. Two reasons share an alert. */
static void test_alerts(void **state)
{
    (void)state;
    for (int reason = ALUNO_REASON_TLS_SELF_SIGNED; reason <= ALUNO_REASON_TLS_HANDSHAKE; reason++) {
        const aluno_reason back =
            aluno__tls_reason_from_alert(aluno__tls_reason_to_alert((aluno_reason)reason));
        if (reason == ALUNO_REASON_TLS_SELF_SIGNED)
            assert_int_equal(back, ALUNO_REASON_TLS_UNKNOWN_CA);
        else if (reason == ALUNO_REASON_TLS_NOT_TLS)
            assert_int_equal(back, ALUNO_REASON_TLS_HANDSHAKE);
        else
            assert_int_equal(back, reason);
    }
    assert_int_equal(aluno__tls_reason_from_alert(255), ALUNO_REASON_TLS_HANDSHAKE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_certificates),
        cmocka_unit_test(test_foreign_clients),
        cmocka_unit_test(test_foreign_client_served),
        cmocka_unit_test(test_foreign_servers),
        cmocka_unit_test(test_plaintext_clients),
        cmocka_unit_test(test_nng_client_without_tls),
        cmocka_unit_test(test_nng_server_without_tls),
        cmocka_unit_test(test_played_servers),
        cmocka_unit_test(test_alerts),
    };
    return cmocka_run_group_tests_name("tls refusals", tests, pki_set_up, NULL);
}
