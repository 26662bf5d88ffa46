/* Connections that resume a session: the same identity, and never past what a full handshake would refuse. */
#include "openssl_peer.h"
#include "pki.h"
#include "tls_side.h"
#include "unit.h"

#include "tls/context.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { HOUR = 3600 };

/* This test's clock, for mbed TLS too. */
static atomic_llong shift;

time_t time(time_t *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec += (time_t)atomic_load(&shift);
    if (out != NULL)
        *out = now.tv_sec;
    return now.tv_sec;
}

static void open_sides(tls_side *server, tls_side *client, const char *certificate)
{
    atomic_store(&shift, 0);
    tls_side_open(server, ALUNO_TLS_SERVER, "server", NULL, NULL);
    tls_side_open(client, ALUNO_TLS_CLIENT, certificate, NULL, NULL);
    tls_side_listen(server);
}

static void close_sides(tls_side *server, tls_side *client)
{
    tls_side_close(client);
    tls_side_close(server);
    atomic_store(&shift, 0);
}

/* Connects once more, makes a call, and returns whether both sides say that the session was resumed. Under
 * TLS 1.3 the ticket arrives with the reply of an earlier call. */
static bool connect_again(tls_side *client, tls_side *server, const char *name)
{
    const size_t pipes = tls_side_count_pipes(server);
    assert_int_equal(tls_side_dial(client, server->port, name), 0);
    tls_side_wait_pipes(server, pipes + 1);
    tls_side_wait_pipes(client, pipes + 1);
    tls_side_call(client, server, 120);
    assert_int_equal(server->peer.resumed, client->peer.resumed);
    return server->peer.resumed;
}

static size_t count_sessions(tls_side *side)
{
    aluno__tls_credentials *credentials = aluno__tls_context_credentials(side->tls);
    const size_t count = aluno__tls_session_store_count(credentials->sessions);
    aluno__tls_credentials_release(credentials);
    return count;
}

static void assert_same_peer(const aluno__tls_peer *one, const aluno__tls_peer *other)
{
    assert_string_equal(one->common_name, other->common_name);
    assert_string_equal(one->unit, other->unit);
    assert_string_equal(one->serial, other->serial);
    assert_string_equal(one->fingerprint, other->fingerprint);
    assert_int_equal(one->not_after_ms, other->not_after_ms);
}

static void test_the_peer_is_the_same(void **state)
{
    tls_side server, client;
    (void)state;
    open_sides(&server, &client, "client");
    assert_false(connect_again(&client, &server, "localhost"));
    const aluno__tls_peer seen_first = server.peer, first = client.peer;
    assert_string_equal(seen_first.common_name, "ana");
    for (size_t i = 0; i < 3; i++) {
        assert_true(connect_again(&client, &server, "localhost"));
        assert_same_peer(&server.peer, &seen_first);
        assert_same_peer(&client.peer, &first);
        assert_string_not_equal(server.peer.address, seen_first.address);
        assert_true(aluno__tls_is_trusted(server.tls, &server.peer));
    }
    close_sides(&server, &client);
}

/* A client keeps a session for each server and name. Other clients have none of them. */
static void test_other_names_and_clients(void **state)
{
    tls_side server, client, other, another_server;
    (void)state;
    open_sides(&server, &client, "client");
    assert_false(connect_again(&client, &server, "localhost"));
    assert_false(connect_again(&client, &server, "127.0.0.1"));
    assert_true(connect_again(&client, &server, "127.0.0.1"));
    assert_true(connect_again(&client, &server, "localhost"));
    tls_side_open(&other, ALUNO_TLS_CLIENT, "client-rsa", NULL, NULL);
    const size_t pipes = tls_side_count_pipes(&server);
    assert_int_equal(tls_side_dial(&other, server.port, "localhost"), 0);
    tls_side_wait_pipes(&server, pipes + 1);
    tls_side_wait_pipes(&other, 1);
    assert_false(other.peer.resumed);
    assert_string_equal(server.peer.common_name, "rsa");
    tls_side_open(&another_server, ALUNO_TLS_SERVER, "server", NULL, NULL);
    tls_side_listen(&another_server);
    assert_int_equal(tls_side_dial(&client, another_server.port, "localhost"), 0);
    assert_false(client.peer.resumed);
    tls_side_close(&another_server);
    tls_side_close(&other);
    close_sides(&server, &client);
}

/* A server that has restarted does not know the session: a full handshake, and a new session. */
static void test_unknown_session(void **state)
{
    tls_side server, client;
    aluno_error error = {0};
    const aluno__tls_files files = tls_side_files("server", NULL);
    (void)state;
    open_sides(&server, &client, "client");
    assert_false(connect_again(&client, &server, "localhost"));
    assert_int_equal(aluno__tls_reload(server.tls, &files, &error), ALUNO_OK);
    assert_int_equal(count_sessions(&server), 0);
    assert_false(connect_again(&client, &server, "localhost"));
    assert_true(connect_again(&client, &server, "localhost"));
    close_sides(&server, &client);
}

static void expect_refusal(tls_side *client, tls_side *server, aluno_reason reason, bool server_refuses)
{
    assert_int_equal(tls_side_dial(client, server->port, "localhost"), NNG_EPEERAUTH);
    const aluno__tls_handshake_failure at_server = tls_side_failure(server),
                                       at_client = tls_side_failure(client);
    assert_int_equal(at_server.reason, reason);
    assert_int_equal(at_client.reason, reason);
    assert_int_equal(at_server.by_peer, !server_refuses);
    assert_int_equal(at_client.by_peer, server_refuses);
}

static void test_revoked_meanwhile(void **state)
{
    tls_side server, client;
    aluno_error error = {0};
    const aluno__tls_files strict = tls_side_files("server", "good");
    (void)state;
    open_sides(&server, &client, "client-revoked");
    assert_false(connect_again(&client, &server, "localhost"));
    assert_true(connect_again(&client, &server, "localhost"));
    assert_int_equal(aluno__tls_reload(server.tls, &strict, &error), ALUNO_OK);
    expect_refusal(&client, &server, ALUNO_REASON_TLS_REVOKED, true);
    expect_refusal(&client, &server, ALUNO_REASON_TLS_REVOKED, true);
    close_sides(&server, &client);
}

static void test_another_ca_meanwhile(void **state)
{
    tls_side server, client;
    aluno_error error = {0};
    aluno__tls_files files = tls_side_files("server", NULL);
    (void)state;
    open_sides(&server, &client, "client");
    assert_false(connect_again(&client, &server, "localhost"));
    files.ca = pki_file("other", ".crt");
    assert_int_equal(aluno__tls_reload(server.tls, &files, &error), ALUNO_OK);
    expect_refusal(&client, &server, ALUNO_REASON_TLS_UNKNOWN_CA, true);
    close_sides(&server, &client);
}

static void test_sessions_end(void **state)
{
    tls_side server, client;
    (void)state;
    open_sides(&server, &client, "client");
    assert_false(connect_again(&client, &server, "localhost"));
    atomic_store(&shift, HOUR);
    assert_true(connect_again(&client, &server, "localhost"));
    atomic_store(&shift, 2 * HOUR + 1); /* resuming it has not made it last longer */
    assert_false(connect_again(&client, &server, "localhost"));
    atomic_store(&shift, -HOUR);
    assert_int_equal(tls_side_dial(&client, server.port, "localhost"), NNG_EPEERAUTH);
    assert_int_equal(tls_side_failure(&client).reason, ALUNO_REASON_TLS_NOT_YET_VALID);
    atomic_store(&shift, 5 * HOUR);
    aluno__tls_expire_sessions(server.tls);
    assert_int_equal(count_sessions(&server), 0);
    close_sides(&server, &client);
}

/* This certificate ends in an hour. */
static void test_certificate_ends_meanwhile(void **state)
{
    tls_side server, client;
    (void)state;
    open_sides(&server, &client, "client-brief");
    assert_false(connect_again(&client, &server, "localhost"));
    assert_true(connect_again(&client, &server, "localhost"));
    atomic_store(&shift, HOUR + 60);
    expect_refusal(&client, &server, ALUNO_REASON_TLS_EXPIRED, true);
    close_sides(&server, &client);
}

/* This list ends in an hour. */
static void test_list_ends_meanwhile(void **state)
{
    tls_side server, client;
    aluno_error error = {0};
    const aluno__tls_files strict = tls_side_files("server", "brief");
    (void)state;
    open_sides(&server, &client, "client");
    assert_int_equal(aluno__tls_reload(server.tls, &strict, &error), ALUNO_OK);
    assert_false(connect_again(&client, &server, "localhost"));
    assert_true(connect_again(&client, &server, "localhost"));
    atomic_store(&shift, HOUR + 60);
    expect_refusal(&client, &server, ALUNO_REASON_TLS_CRL_INVALID, true);
    close_sides(&server, &client);
}

/* ---- hostile peers ---- */

static aluno__tls_session_store *sessions_of(tls_side *side, aluno__tls_credentials **held)
{
    *held = aluno__tls_context_credentials(side->tls);
    return (*held)->sessions;
}

/* A client that knows a session's id, but not its secret, and any other damage: no connection by it, and
 * everybody else is served. */
static void test_forged_sessions(void **state)
{
    tls_side server, client;
    aluno__tls_credentials *held;
    aluno__tls_session good;
    uint8_t key[ALUNO_TLS_SESSION_KEY];
    char text[64];
    (void)state;
    open_sides(&server, &client, "client");
    assert_false(connect_again(&client, &server, "localhost"));
    aluno__tls_session_store *sessions = sessions_of(&client, &held);
    const int length = snprintf(text, sizeof text, "127.0.0.1:%u localhost", server.port);
    assert_int_equal(mbed_sha256((const unsigned char *)text, (size_t)length, key), 0);
    assert_true(aluno__tls_session_store_find(sessions, key, (int64_t)time(NULL) * 1000, &good));
    const size_t sessions_before = count_sessions(&server);
    size_t refused = 0;
    for (size_t i = 0; i < good.size; i += 3) {
        aluno__tls_session forged = good;
        forged.bytes[i] ^= 0x40;
        assert_true(aluno__tls_session_store_put(sessions, key, &forged));
        const size_t pipes = tls_side_count_pipes(&server);
        if (tls_side_dial(&client, server.port, "localhost") == 0) {
            /* Not the secret: refused by the client itself, or a full handshake. */
            tls_side_wait_pipes(&server, pipes + 1);
            tls_side_wait_pipes(&client, pipes + 1);
            continue;
        }
        refused++;
        (void)tls_side_failure(&client);
        assert_false(aluno__tls_session_store_find(sessions, key, (int64_t)time(NULL) * 1000, &forged));
    }
    assert_true(refused >= 48 / 3 - 1); /* at each byte of the secret */
    assert_true(count_sessions(&server) >= sessions_before);
    assert_true(aluno__tls_session_store_put(sessions, key, &good)); /* the session itself is unharmed */
    assert_true(connect_again(&client, &server, "localhost"));
    aluno__tls_credentials_release(held);
    close_sides(&server, &client);
}

/* ---- OpenSSL's client ---- */

static bool openssl_resumes(uint16_t port, const char *options)
{
    char output[16384];
    openssl_connect(port, "client", options, output, sizeof output);
    assert_non_null(strstr(output, "Verification: OK"));
    return strstr(output, "Reused, TLS") != NULL;
}

static void test_openssl_client(void **state)
{
    char first[256], later[256];
    tls_side server, other;
    (void)state;
    tls_side_open(&server, ALUNO_TLS_SERVER, "server", NULL, NULL);
    tls_side_listen(&server);
    tls_side_open(&other, ALUNO_TLS_SERVER, "server", NULL, NULL);
    tls_side_listen(&other);
    snprintf(first, sizeof first, "-tls1_2 -sess_out %s", pki_file("openssl", ".session"));
    snprintf(later, sizeof later, "-tls1_2 -sess_in %s", pki_file("openssl", ".session"));
    assert_false(openssl_resumes(server.port, first));
    tls_side_wait_pipes(&server, 0);
    assert_true(openssl_resumes(server.port, later));
    assert_true(openssl_resumes(server.port, later));
    assert_false(openssl_resumes(other.port, later));
    assert_int_equal(tls_side_count_failures(&server), 0);
    tls_side_close(&other);
    tls_side_close(&server);
}

/* ---- threads ---- */

static void *dial_often(void *argument)
{
    tls_side *client = argument;
    for (size_t i = 0; i < 8; i++)
        if (tls_side_dial(client, client->port, "localhost") != 0)
            return NULL;
    return client;
}

static void test_at_once(void **state)
{
    enum { CLIENTS = 8 };
    static tls_side clients[CLIENTS];
    tls_side server;
    pthread_t threads[CLIENTS];
    aluno_error error = {0};
    (void)state;
    tls_side_open(&server, ALUNO_TLS_SERVER, "server", NULL, NULL);
    tls_side_listen(&server);
    for (size_t i = 0; i < CLIENTS; i++) {
        tls_side_open(&clients[i], ALUNO_TLS_CLIENT, "client", NULL, NULL);
        clients[i].port = server.port;
        assert_int_equal(pthread_create(&threads[i], NULL, dial_often, &clients[i]), 0);
    }
    const aluno__tls_files files = tls_side_files("server", NULL);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(aluno__tls_reload(server.tls, &files, &error), ALUNO_OK);
    for (size_t i = 0; i < CLIENTS; i++) {
        void *connected;
        pthread_join(threads[i], &connected);
        assert_ptr_equal(connected, &clients[i]);
        tls_side_wait_pipes(&clients[i], 8);
        assert_true(clients[i].peer.resumed);
    }
    for (size_t i = 0; i < CLIENTS; i++)
        tls_side_close(&clients[i]);
    tls_side_close(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_peer_is_the_same),
        cmocka_unit_test(test_other_names_and_clients),
        cmocka_unit_test(test_unknown_session),
        cmocka_unit_test(test_revoked_meanwhile),
        cmocka_unit_test(test_another_ca_meanwhile),
        cmocka_unit_test(test_sessions_end),
        cmocka_unit_test(test_certificate_ends_meanwhile),
        cmocka_unit_test(test_list_ends_meanwhile),
        cmocka_unit_test(test_forged_sessions),
        cmocka_unit_test(test_openssl_client),
        cmocka_unit_test(test_at_once),
    };
    return cmocka_run_group_tests_name("tls resumption", tests, pki_set_up, NULL);
}
