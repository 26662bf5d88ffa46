/* service/server.c: what keeps a server from starting, and a reload; over a socket, with certificates. */
#include "call_bed.h"
#include "shortage.h"
#include "tls_side.h"

#include "server.h"

#include "pki.h"

enum {
    REQUESTS = 10000, /* a start has fewer */
    PORTS = 50,       /* attempts to find a free one */
};

static struct server_options options_for(const char *certificate, char address[64], uint16_t port)
{
    snprintf(address, 64, "tls+tcp://127.0.0.1:%u", port);
    return (struct server_options){.listen = address, .files = tls_side_files(certificate, NULL)};
}

/* Starts a server on a free port, and returns the port. */
static uint16_t start(struct server **out, struct service *service)
{
    char address[64];
    uint16_t port;
    aluno_error error;
    for (int i = 0; i < PORTS; i++) {
        close(tcp_listen(&port));
        const struct server_options options = options_for("server", address, port);
        if (server_start(out, &options, service, &error) == ALUNO_OK)
            return port;
    }
    fail_msg("%s", error.detail);
    return 0;
}

/* In each start the n-th request for memory or of nng fails. */
static void test_a_start_that_fails_leaves_nothing(void **state)
{
    call_bed *bed = *state;
    char address[64];
    struct server *server;
    aluno_error error;
    const struct server_options options = options_for("server", address, 0);
    for (int n = 1, runs = true; runs; n++) {
        assert_in_range(n, 1, REQUESTS);
        shortage_begin(n);
        const aluno_code code = server_start(&server, &options, &bed->service, &error);
        runs = shortage_end();
        if (code == ALUNO_OK)
            server_stop(server);
        else
            assert_true(code == ALUNO_RESOURCE_EXHAUSTED || code == ALUNO_INTERNAL ||
                        code == ALUNO_INVALID_ARGUMENT);
        assert_true(runs || code == ALUNO_OK);
    }
}

static void check_refused_start(call_bed *bed, const struct server_options *options, const char *why)
{
    struct server *server;
    aluno_error error;
    assert_int_equal(server_start(&server, options, &bed->service, &error), ALUNO_INVALID_ARGUMENT);
    assert_string_equal(error.reason, "OPTION_INVALID");
    if (strstr(error.detail, why) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.detail, why);
}

static void test_addresses_and_files_that_are_refused(void **state)
{
    call_bed *bed = *state;
    struct server *server;
    char address[64];
    const uint16_t port = start(&server, &bed->service);
    struct server_options options = options_for("server", address, port);
    check_refused_start(bed, &options, "is in use: another alunod may be running there");
    options = options_for("server", address, 0);
    options.listen = "tcp://127.0.0.1:3000";
    check_refused_start(bed, &options, "--listen tcp://127.0.0.1:3000: ");
    options.listen = "tls+tcp://192.0.2.1:3000";
    check_refused_start(bed, &options, "this machine does not have that address");
    options = options_for("client", address, 0);
    check_refused_start(bed, &options, "not made for a service");
    server_stop(server);
}

/* Asks for the service's health over the connection. */
static void check_served(call_bed *bed, tls_side *client)
{
    const aluno_health_check_request request = {.has = {.none = false}};
    nng_msg *message;
    bed_write(bed, ALUNO_METHOD_health_check, &request);
    assert_int_equal(nng_msg_alloc(&message, 0), 0);
    assert_int_equal(nng_msg_append(message, bed->request.data, bed->request.size), 0);
    assert_int_equal(nng_sendmsg(client->socket, message, 0), 0);
    assert_int_equal(nng_recvmsg(client->socket, &message, 0), 0);
    assert_int_equal(whole_reply_read(nng_msg_body(message), nng_msg_len(message), BED_MSGID,
                                      aluno_method_of(ALUNO_METHOD_health_check)->reply, &bed->reply,
                                      &bed->reply_metadata, &bed->error),
                     ALUNO_OK);
    assert_string_equal(bed->reply.health_check_reply.status, "SERVING");
    nng_msg_free(message);
}

/* Files that are refused leave the old ones in force, and the connections. */
static void test_a_reload(void **state)
{
    call_bed *bed = *state;
    static tls_side client;
    struct server *server;
    aluno_error error;
    const uint16_t port = start(&server, &bed->service);
    aluno__tls_files files = tls_side_files("server", NULL);
    tls_side_open(&client, ALUNO_TLS_CLIENT, "client", NULL, NULL);
    assert_int_equal(tls_side_dial(&client, port, "localhost"), 0);
    check_served(bed, &client);
    files.ca = "/nonexistent/ca.crt";
    assert_int_equal(server_reload(server, &files, &error), ALUNO_INVALID_ARGUMENT);
    check_served(bed, &client);
    files = tls_side_files("server", NULL);
    assert_int_equal(server_reload(server, &files, &error), ALUNO_OK);
    check_served(bed, &client);
    assert_false(server_tick(server));
    assert_true(server_drain(server, 10000));
    tls_side_close(&client);
    server_stop(server);
}

static int set_up(void **state)
{
    pki_make();
    const int failed = call_bed_set_up(state);
    log_set_level(LOG_ERROR + 1);
    return failed;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, call_bed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_start_that_fails_leaves_nothing),
        TEST(test_addresses_and_files_that_are_refused),
        TEST(test_a_reload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
