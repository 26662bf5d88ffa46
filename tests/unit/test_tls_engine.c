/* Established connections: identity, reload, limits, peers that are silent or die. */
#include "base/clock.h"
#include "openssl_peer.h"
#include "pki.h"
#include "tls_side.h"
#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void open_pair(tls_side *server, tls_side *client, const char *certificate)
{
    tls_side_open(server, ALUNO_TLS_SERVER, "server", "good", NULL);
    tls_side_open(client, ALUNO_TLS_CLIENT, certificate, "good", NULL);
    tls_side_listen(server);
    assert_int_equal(tls_side_dial(client, server->port, "localhost"), 0);
    tls_side_wait_pipes(server, 1);
    tls_side_wait_pipes(client, 1);
}

static void close_pair(tls_side *server, tls_side *client)
{
    tls_side_close(client);
    tls_side_close(server);
}

/* Each side knows the identity of the other. */
static void test_identity(void **state)
{
    tls_side server, client;
    (void)state;
    open_pair(&server, &client, "client");
    tls_side_call(&client, &server, 120);
    assert_string_equal(server.peer.common_name, "ana");
    assert_string_equal(server.peer.unit, "registrar");
    assert_int_equal(strlen(server.peer.fingerprint), 64);
    assert_true(strlen(server.peer.serial) > 0);
    assert_int_equal(strncmp(server.peer.address, "127.0.0.1:", 10), 0);
    assert_string_equal(client.peer.common_name, "localhost");
    assert_string_equal(client.peer.unit, "");
    assert_int_equal(client.peer.not_after_ms, aluno__tls_validity_of(server.tls, ALUNO_TLS_CERT).to_ms);
    close_pair(&server, &client);
}

/* A name of which there are two does not count; one inside another attribute does not either. */
static void test_doubtful_names(void **state)
{
    tls_side server, client;
    (void)state;
    open_pair(&server, &client, "client-twins");
    assert_string_equal(server.peer.common_name, "");
    assert_string_equal(server.peer.unit, "");
    close_pair(&server, &client);
    open_pair(&server, &client, "client-spoof");
    assert_string_equal(server.peer.common_name, "spoof");
    assert_string_equal(server.peer.unit, "");
    close_pair(&server, &client);
}

static void test_kinds_of_keys(void **state)
{
    static const char *const kinds[] = {"client-rsa", "client-p384"};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        tls_side server, client;
        open_pair(&server, &client, kinds[i]);
        tls_side_call(&client, &server, 120);
        close_pair(&server, &client);
    }
}

/* The certificate's DNS names and its IP addresses, of both families, are accepted. */
static void test_names(void **state)
{
    static const char *const names[] = {"localhost", "LOCALHOST", "127.0.0.1", "::1"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        tls_side server, client;
        tls_side_open(&server, ALUNO_TLS_SERVER, "server", NULL, NULL);
        tls_side_open(&client, ALUNO_TLS_CLIENT, "client", NULL, NULL);
        tls_side_listen(&server);
        assert_int_equal(tls_side_dial(&client, server.port, names[i]), 0);
        close_pair(&server, &client);
    }
}

static void test_bad_names(void **state)
{
    tls_side client;
    nng_dialer dialer;
    char name[300];
    (void)state;
    tls_side_open(&client, ALUNO_TLS_CLIENT, "client", NULL, NULL);
    assert_int_equal(nng_dialer_create(&dialer, client.socket, "tls+tcp://127.0.0.1:1"), 0);
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = '\0';
    assert_int_equal(aluno__tls_bind_dialer(client.tls, dialer, NULL), NNG_EINVAL);
    assert_int_equal(aluno__tls_bind_dialer(client.tls, dialer, ""), NNG_EINVAL);
    assert_int_equal(aluno__tls_bind_dialer(client.tls, dialer, name), NNG_EINVAL);
    tls_side_close(&client);
}

/* An endpoint without credentials refuses all connections, on either side. */
static void test_unbound(void **state)
{
    tls_side server, client;
    nng_listener listener;
    char url[64];
    int port = 0;
    (void)state;
    tls_side_open(&server, ALUNO_TLS_SERVER, "server", NULL, NULL);
    tls_side_open(&client, ALUNO_TLS_CLIENT, "client", NULL, NULL);
    assert_int_equal(nng_listen(server.socket, "tls+tcp://127.0.0.1:0", &listener, 0), 0);
    assert_int_equal(nng_listener_get_int(listener, NNG_OPT_TCP_BOUND_PORT, &port), 0);
    assert_int_not_equal(tls_side_dial(&client, (uint16_t)port, "localhost"), 0);
    tls_side_listen(&server);
    snprintf(url, sizeof url, "tls+tcp://127.0.0.1:%u", server.port);
    assert_int_not_equal(nng_dial(client.socket, url, NULL, 0), 0);
    close_pair(&server, &client);
}

/* A reload affects new connections. aluno__tls_is_trusted uses the present files. */
static void test_reload(void **state)
{
    tls_side server, client, other;
    aluno_error error = {0};
    const aluno__tls_files trusting = tls_side_files("server", NULL),
                           strict = tls_side_files("server", "good");
    (void)state;
    tls_side_open(&server, ALUNO_TLS_SERVER, "server", NULL, NULL);
    tls_side_open(&client, ALUNO_TLS_CLIENT, "client-revoked", NULL, NULL);
    tls_side_listen(&server);
    assert_int_equal(tls_side_dial(&client, server.port, "localhost"), 0);
    tls_side_call(&client, &server, 120);
    const aluno__tls_peer revoked = server.peer;
    assert_true(aluno__tls_is_trusted(server.tls, &revoked));
    assert_int_equal(aluno__tls_reload(server.tls, &strict, &error), ALUNO_OK);
    assert_false(aluno__tls_is_trusted(server.tls, &revoked));
    tls_side_call(&client, &server, 120); /* the connection continues */
    tls_side_open(&other, ALUNO_TLS_CLIENT, "client-revoked", NULL, NULL);
    assert_int_equal(tls_side_dial(&other, server.port, "localhost"), NNG_EPEERAUTH);
    assert_int_equal(tls_side_failure(&server).reason, ALUNO_REASON_TLS_REVOKED);
    assert_int_equal(aluno__tls_reload(server.tls, &trusting, &error), ALUNO_OK);
    assert_int_equal(tls_side_dial(&other, server.port, "localhost"), 0);
    aluno__tls_peer expired = revoked;
    expired.not_after_ms = 1000;
    assert_false(aluno__tls_is_trusted(server.tls, &expired));
    tls_side_close(&other);
    close_pair(&server, &client);
}

/* Credentials may be closed while connections use them. The observer is not called afterwards. */
static void test_close_in_use(void **state)
{
    tls_side server, client;
    (void)state;
    open_pair(&server, &client, "client");
    const int fd = tcp_connect(server.port);
    tls_side_wait_connections(&server, 2);
    aluno__tls_close(server.tls);
    aluno__tls_close(client.tls);
    server.tls = client.tls = NULL;
    tls_side_call(&client, &server, 120);
    close(fd);
    close_pair(&server, &client);
    assert_int_equal(server.failure_count, 0);
}

static void test_too_many(void **state)
{
    const aluno__tls_limits limits = {.max_connections = 1};
    tls_side server, client, other;
    (void)state;
    tls_side_open(&server, ALUNO_TLS_SERVER, "server", NULL, &limits);
    tls_side_open(&client, ALUNO_TLS_CLIENT, "client", NULL, NULL);
    tls_side_open(&other, ALUNO_TLS_CLIENT, "client", NULL, NULL);
    tls_side_listen(&server);
    assert_int_equal(tls_side_dial(&client, server.port, "localhost"), 0);
    assert_int_not_equal(tls_side_dial(&other, server.port, "localhost"), 0);
    assert_int_equal(tls_side_failure(&server).reason, ALUNO_REASON_BUSY);
    assert_int_equal(tls_side_failure(&other).reason, ALUNO_REASON_CONNECTION_LOST);
    tls_side_call(&client, &server, 120);
    tls_side_close(&client);
    tls_side_wait_connections(&server, 0);
    assert_int_equal(tls_side_dial(&other, server.port, "localhost"), 0);
    tls_side_call(&other, &server, 120);
    close_pair(&server, &other);
}

/* Silent peers are disconnected in time. Good clients are served meanwhile. */
static void test_silent_clients(void **state)
{
    enum { SILENT = 500 };
    const aluno__tls_limits limits = {.handshake_ms = 4000};
    tls_side server, client;
    int fds[SILENT];
    (void)state;
    const int64_t until_ms = aluno__clock_deadline(limits.handshake_ms / 2);
    tls_side_open(&server, ALUNO_TLS_SERVER, "server", NULL, &limits);
    tls_side_listen(&server);
    for (size_t i = 0; i < SILENT; i++)
        fds[i] = tcp_connect(server.port);
    tls_side_open(&client, ALUNO_TLS_CLIENT, "client", NULL, NULL);
    assert_int_equal(tls_side_dial(&client, server.port, "localhost"), 0);
    for (size_t i = 0; i < 100; i++)
        tls_side_call(&client, &server, 120);
    if (aluno__clock_ms() < until_ms)                          /* else the machine was slow */
        assert_int_equal(tls_side_count_failures(&server), 0); /* the calls waited for none of the silent */
    for (size_t i = 0; i < SILENT; i++)
        assert_int_equal(tls_side_failure(&server).reason, ALUNO_REASON_CONNECTION_TIMEOUT);
    tls_side_wait_connections(&server, 1);
    tls_side_call(&client, &server, 120);
    for (size_t i = 0; i < SILENT; i++)
        close(fds[i]);
    close_pair(&server, &client);
}

static void test_silent_server(void **state)
{
    const aluno__tls_limits limits = {.handshake_ms = 300};
    tls_side client;
    uint16_t port;
    (void)state;
    const int listener = tcp_listen(&port);
    tls_side_open(&client, ALUNO_TLS_CLIENT, "client", NULL, &limits);
    assert_int_equal(tls_side_dial(&client, port, "localhost"), NNG_ETIMEDOUT);
    assert_int_equal(tls_side_failure(&client).reason, ALUNO_REASON_CONNECTION_TIMEOUT);
    tls_side_close(&client);
    close(listener);
}

static void test_server_that_hangs_up(void **state)
{
    tls_side client;
    uint16_t port;
    (void)state;
    const int listener = tcp_listen(&port);
    assert_int_equal(close(listener), 0);
    tls_side_open(&client, ALUNO_TLS_CLIENT, "client", NULL, NULL);
    assert_int_equal(tls_side_dial(&client, port, "localhost"), NNG_ECONNREFUSED);
    assert_int_equal(tls_side_count_failures(&client), 0);
    tls_side_close(&client);
}

static size_t count_descriptors(void)
{
    size_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

/* Waits: nng closes a descriptor after it has freed its connection. `most` may include some of an earlier
 * test. */
static void wait_descriptors(size_t most)
{
    for (int waited = 0; count_descriptors() > most && waited < 1000; waited++)
        aluno__clock_sleep(5);
    assert_true(count_descriptors() <= most);
}

/* Clients die while the server has their requests and has not received the next. When it does, nng 1.5.2
 * queues a receive on a closed TCP stream and waits forever. */
static void test_dead_connections(void **state)
{
    enum { CLIENTS = 20 };
    static const char greeting_and_request[] = "\0SP\0\0\x30\0\0"   /* REQ */
                                               "\0\0\0\0\0\0\0\x06" /* the length of */
                                               "\x80\0\0\1hi";      /* request 1, two bytes */
    pid_t clients[CLIENTS];
    tls_side server, good;
    (void)state;
    tls_side_open(&server, ALUNO_TLS_SERVER, "server", NULL, NULL);
    tls_side_listen(&server);
    const size_t before = count_descriptors();
    for (size_t i = 0; i < CLIENTS; i++)
        clients[i] =
            openssl_start(server.port, "client", greeting_and_request, sizeof greeting_and_request - 1);
    tls_side_wait_pipes(&server, CLIENTS);
    for (size_t i = 0; i < CLIENTS; i++)
        openssl_kill(clients[i]);
    for (size_t i = 0; i < CLIENTS; i++) {
        nng_msg *request;
        assert_int_equal(nng_recvmsg(server.socket, &request, 0), 0);
        assert_int_equal(nng_msg_len(request), 2);
        nng_msg_free(request);
    }
    tls_side_wait_connections(&server, 0);
    tls_side_wait_pipes(&server, 0);
    assert_int_equal(aluno__tls_stuck_connections(server.tls), 0);
    wait_descriptors(before);
    tls_side_open(&good, ALUNO_TLS_CLIENT, "client", NULL, NULL);
    assert_int_equal(tls_side_dial(&good, server.port, "localhost"), 0);
    tls_side_call(&good, &server, 120);
    close_pair(&server, &good);
}

static void *dial_and_call(void *argument)
{
    tls_side *client = argument;
    nng_msg *reply;
    if (tls_side_dial(client, client->port, "localhost") != 0 ||
        nng_send(client->socket, "request", 8, 0) != 0 || nng_recvmsg(client->socket, &reply, 0) != 0)
        return NULL;
    nng_msg_free(reply);
    return client;
}

/* Concurrent handshakes share one set of credentials. */
static void test_at_once(void **state)
{
    enum { CLIENTS = 16 };
    static tls_side clients[CLIENTS];
    tls_side server;
    pthread_t threads[CLIENTS];
    (void)state;
    tls_side_open(&server, ALUNO_TLS_SERVER, "server", "good", NULL);
    tls_side_listen(&server);
    for (size_t i = 0; i < CLIENTS; i++) {
        tls_side_open(&clients[i], ALUNO_TLS_CLIENT, "client", "good", NULL);
        clients[i].port = server.port;
        assert_int_equal(pthread_create(&threads[i], NULL, dial_and_call, &clients[i]), 0);
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        nng_msg *request;
        assert_int_equal(nng_recvmsg(server.socket, &request, 0), 0);
        assert_int_equal(nng_sendmsg(server.socket, request, 0), 0);
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        void *served;
        pthread_join(threads[i], &served);
        assert_ptr_equal(served, &clients[i]);
        tls_side_close(&clients[i]);
    }
    tls_side_close(&server);
}

static int make_certificates(void **state)
{
    struct rlimit descriptors;
    (void)state;
    pki_make();
    if (getrlimit(RLIMIT_NOFILE, &descriptors) != 0)
        return -1;
    descriptors.rlim_cur = descriptors.rlim_max < 4096 ? descriptors.rlim_max : 4096;
    return setrlimit(RLIMIT_NOFILE, &descriptors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identity),         cmocka_unit_test(test_doubtful_names),
        cmocka_unit_test(test_kinds_of_keys),    cmocka_unit_test(test_names),
        cmocka_unit_test(test_bad_names),        cmocka_unit_test(test_unbound),
        cmocka_unit_test(test_reload),           cmocka_unit_test(test_close_in_use),
        cmocka_unit_test(test_too_many),         cmocka_unit_test(test_silent_clients),
        cmocka_unit_test(test_silent_server),    cmocka_unit_test(test_server_that_hangs_up),
        cmocka_unit_test(test_dead_connections), cmocka_unit_test(test_at_once),
    };
    return cmocka_run_group_tests_name("tls engine", tests, make_certificates, NULL);
}
