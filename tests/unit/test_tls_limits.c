/* sdk/tls, the limits of a listening side: handshakes that give way, and messages that take too long. */
#include "openssl_peer.h"
#include "pki.h"
#include "tls_side.h"
#include "unit.h"

#include <sys/socket.h>
#include <unistd.h>

enum { FOREVER_MS = 600000 };

static tls_side server, client;

static void open_sides(const aluno__tls_limits *limits)
{
    tls_side_open(&server, ALUNO_TLS_SERVER, "server", NULL, limits);
    tls_side_listen(&server);
    tls_side_open(&client, ALUNO_TLS_CLIENT, "client", NULL, NULL);
}

static void close_sides(void)
{
    tls_side_close(&client);
    tls_side_close(&server);
}

/* Connects with peers that say nothing. Of these, `most` stay: the others, the oldest, are disconnected. A
 * peer that speaks is served all the same. */
static void expect_oldest_to_give_way(const aluno__tls_limits *limits, size_t most, aluno__tls_bound bound)
{
    enum { SILENT = 60 };
    int fds[SILENT];
    open_sides(limits);
    for (size_t i = 0; i < SILENT; i++)
        fds[i] = tcp_connect(server.port);
    tls_side_wait_connections(&server, most);
    for (size_t i = most; i < SILENT; i++) {
        const aluno__tls_handshake_failure failure = tls_side_failure(&server);
        assert_int_equal(failure.reason, ALUNO_REASON_BUSY);
        assert_int_equal(failure.bound, bound);
    }
    char byte;
    assert_int_equal(recv(fds[0], &byte, 1, 0), 0);
    assert_int_equal(recv(fds[SILENT - 1], &byte, 1, MSG_DONTWAIT), -1);
    assert_int_equal(tls_side_dial(&client, server.port, "localhost"), 0);
    tls_side_call(&client, &server, 100);
    for (size_t i = 0; i < SILENT; i++)
        close(fds[i]);
    close_sides();
}

static void the_oldest_handshakes_give_way(void **state)
{
    (void)state;
    const aluno__tls_limits limits = {.handshake_ms = FOREVER_MS, .max_handshakes = 16};
    expect_oldest_to_give_way(&limits, 16, ALUNO_TLS_HANDSHAKES);
}

static void those_of_one_address_have_a_bound_of_their_own(void **state)
{
    (void)state;
    const aluno__tls_limits limits = {
        .handshake_ms = FOREVER_MS, .max_handshakes = 32, .max_address_handshakes = 8};
    expect_oldest_to_give_way(&limits, 8, ALUNO_TLS_ADDRESS_HANDSHAKES);
}

/* Handshakes take no place of open connections. */
static void handshakes_are_not_connections(void **state)
{
    (void)state;
    const aluno__tls_limits limits = {.handshake_ms = FOREVER_MS, .max_connections = 1};
    open_sides(&limits);
    const int first = tcp_connect(server.port), second = tcp_connect(server.port);
    tls_side_wait_connections(&server, 2);
    assert_int_equal(tls_side_dial(&client, server.port, "localhost"), 0);
    tls_side_call(&client, &server, 100);
    close(first);
    close(second);
    close_sides();
}

/* A peer that sends the half of a message is disconnected, one that sends nothing is not. */
static void a_message_that_takes_too_long(void **state)
{
    static const char half_a_request[] = "\0SP\0\0\x30\0\0"   /* REQ */
                                         "\0\0\0\0\0\0\0\x06" /* the length of */
                                         "\x80\0\0";          /* a half */
    const aluno__tls_limits limits = {.message_ms = 600};
    (void)state;
    open_sides(&limits);
    assert_int_equal(tls_side_dial(&client, server.port, "localhost"), 0);
    tls_side_call(&client, &server, 100);
    const pid_t slow = openssl_start(server.port, "client", half_a_request, sizeof half_a_request - 1);
    const aluno__tls_handshake_failure failure = tls_side_failure(&server);
    assert_int_equal(failure.reason, ALUNO_REASON_CONNECTION_TIMEOUT);
    assert_int_equal(failure.bound, ALUNO_TLS_MESSAGE_MS);
    assert_string_equal(failure.detail, "a message took more than 600 ms");
    tls_side_wait_pipes(&server, 1);
    tls_side_call(&client, &server, 100);
    openssl_kill(slow);
    close_sides();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oldest_handshakes_give_way),
        cmocka_unit_test(those_of_one_address_have_a_bound_of_their_own),
        cmocka_unit_test(handshakes_are_not_connections),
        cmocka_unit_test(a_message_that_takes_too_long),
    };
    return cmocka_run_group_tests(tests, pki_set_up, NULL);
}
