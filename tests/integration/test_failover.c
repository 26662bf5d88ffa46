/* One client, several addresses: it prefers the first, fails over to another, and returns. Here each service
 * has a registry of its own, so a call's reply shows which one served it. */
#include "proxy.h"
#include "traffic.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PROGRESS = 200,
    CHANGES_MAX = 256,
    PATIENCE_MS = 30000,
    CLOSED_MS = 2500,
};

static struct school first, second;

/* ---- the client's states ---- */

struct change {
    aluno_connection_state state;
    char server[32], reason[64];
};

static struct {
    pthread_mutex_t lock;
    struct change changes[CHANGES_MAX];
    size_t count;
} history = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void remember(void *user, aluno_connection_state state, const char *server, const aluno_error *why)
{
    (void)user;
    pthread_mutex_lock(&history.lock);
    assert_true(history.count < CHANGES_MAX);
    struct change *change = &history.changes[history.count++];
    change->state = state;
    snprintf(change->server, sizeof change->server, "%s", server);
    snprintf(change->reason, sizeof change->reason, "%s", why != NULL ? why->reason : "");
    pthread_mutex_unlock(&history.lock);
}

static const char *address_of(uint16_t port)
{
    static _Thread_local char texts[4][32];
    static _Thread_local size_t next;
    char *text = texts[next++ % 4];
    snprintf(text, sizeof *texts, "127.0.0.1:%u", port);
    return text;
}

static void expect_change(size_t i, aluno_connection_state state, uint16_t port, const char *reason)
{
    pthread_mutex_lock(&history.lock);
    const struct change change = i < history.count ? history.changes[i] : (struct change){0};
    const size_t count = history.count;
    pthread_mutex_unlock(&history.lock);
    assert_true(i < count);
    assert_int_equal(change.state, state);
    assert_string_equal(change.server, address_of(port));
    assert_string_equal(change.reason, reason);
}

/* Whether the last state is READY, at that port. */
static bool is_connected_to(void *port)
{
    pthread_mutex_lock(&history.lock);
    const struct change last = history.count > 0 ? history.changes[history.count - 1] : (struct change){0};
    pthread_mutex_unlock(&history.lock);
    return last.state == ALUNO_READY && strcmp(last.server, address_of(*(const uint16_t *)port)) == 0;
}

static void await_connection_to(uint16_t port)
{
    assert_true(school_wait(is_connected_to, &port, PATIENCE_MS));
}

/* ---- clients ---- */

/* A client with these addresses and the certificates that both schools share. */
static aluno_client *open_client(uint16_t preferred, uint16_t other)
{
    char server[128];
    aluno_client *client;
    aluno_client_options options = school_client_options(&first);
    snprintf(server, sizeof server, "tls+tcp://%s,tls+tcp://%s", address_of(preferred), address_of(other));
    options.server = server;
    options.on_state = remember;
    history.count = 0;
    assert_int_equal(aluno_client_open(&client, &options, NULL), ALUNO_OK);
    return client;
}

static void create(aluno_client *client, uint32_t number)
{
    const aluno_create_student_request request = school_student(number);
    aluno_student stored;
    aluno_error error;
    if (aluno_create_student(client, &request, &stored, NULL, &error) != ALUNO_OK)
        fail_msg("%s: %s %s", error.reason, error.message, error.detail);
}

/* How many students a school has, by a client of that school only. */
static int64_t total(const struct school *school)
{
    static aluno_list_students_reply page;
    const aluno_list_students_request list = {.has.page_size = true, .page_size = 1};
    aluno_client *client = school_client(school);
    assert_int_equal(aluno_list_students(client, &list, &page, NULL, NULL), ALUNO_OK);
    aluno_client_close(client);
    return page.total_size;
}

static void run_until_connected_to(struct traffic *traffic, uint16_t port)
{
    while (!is_connected_to(&port))
        traffic_run(traffic, 1);
}

/* ---- the first, the second, and back ---- */

static void test_prefers_the_first(void **state)
{
    (void)state;
    school_start(&first);
    aluno_client *client = open_client(first.port, second.port);
    create(client, 1);
    assert_int_equal(total(&first), 1);
    assert_int_equal(total(&second), 0);
    expect_change(0, ALUNO_CONNECTING, first.port, "");
    expect_change(1, ALUNO_READY, first.port, "");
    aluno_client_close(client);
    expect_change(2, ALUNO_SHUTDOWN, first.port, "");
}

static void test_goes_on_and_returns(void **state)
{
    (void)state;
    school_start(&first);
    aluno_client *client = open_client(first.port, second.port);
    create(client, 1);
    school_kill(&first);
    create(client, 2);
    assert_int_equal(total(&second), 1);
    school_start(&first);
    await_connection_to(first.port);
    create(client, 3);
    assert_int_equal(total(&first), 2);
    assert_int_equal(total(&second), 1);
    expect_change(0, ALUNO_CONNECTING, first.port, "");
    expect_change(1, ALUNO_READY, first.port, "");
    expect_change(2, ALUNO_CONNECTING, first.port, "");
    expect_change(3, ALUNO_READY, second.port, "");
    expect_change(4, ALUNO_READY, first.port, "");
    aluno_client_close(client);
}

static void test_under_load(void **state)
{
    (void)state;
    school_start(&first);
    struct traffic traffic;
    aluno_client *client = open_client(first.port, second.port);
    traffic_start(&traffic, client);
    traffic_run(&traffic, PROGRESS);
    school_kill(&first);
    run_until_connected_to(&traffic, second.port);
    traffic_run(&traffic, PROGRESS);
    school_start(&first);
    run_until_connected_to(&traffic, first.port);
    traffic_run(&traffic, PROGRESS);
    traffic_stop(&traffic);
    aluno_client_close(client);
}

/* ---- a first address that is none ---- */

/* The call ends within its own deadline, which is shorter than the bound on a dial of a single address. */
static void expect_second(uint16_t useless)
{
    aluno_client *client = open_client(useless, second.port);
    create(client, 1);
    assert_int_equal(total(&second), 1);
    assert_true(is_connected_to(&second.port));
    aluno_client_close(client);
}

static void test_first_is_silent(void **state)
{
    (void)state;
    uint16_t port;
    const int silent = school_listen_silently(&port);
    expect_second(port);
    close(silent);
}

/* The client dials the preferred address while it is connected to another. */
static void test_close_while_returning(void **state)
{
    (void)state;
    uint16_t port;
    const int silent = school_listen_silently(&port);
    aluno_client *client = open_client(port, second.port);
    create(client, 1);
    const int before = accept(silent, NULL, NULL), again = accept(silent, NULL, NULL);
    assert_true(before >= 0 && again >= 0);
    const int64_t begun_ms = school_now_ms();
    aluno_client_close(client);
    assert_true(school_now_ms() - begun_ms < CLOSED_MS);
    expect_change(2, ALUNO_SHUTDOWN, second.port, "");
    close(again);
    close(before);
    close(silent);
}

enum { DIALS = 4 };

/* Fills the backlog of a socket: further dials get no reply. */
static void fill_backlog(int silent, int dials[DIALS])
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    assert_int_equal(getsockname(silent, (struct sockaddr *)&address, &size), 0);
    assert_int_equal(listen(silent, 0), 0);
    for (size_t i = 0; i < DIALS; i++) {
        dials[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        (void)connect(dials[i], (const struct sockaddr *)&address, sizeof address);
    }
}

static void close_all(int silent, const int dials[DIALS])
{
    for (size_t i = 0; i < DIALS; i++)
        close(dials[i]);
    close(silent);
}

static void test_first_swallows_packets(void **state)
{
    (void)state;
    uint16_t port;
    int dials[DIALS];
    const int silent = school_listen_silently(&port);
    fill_backlog(silent, dials);
    expect_second(port);
    close_all(silent, dials);
}

/* ---- one name, several addresses ---- */

typedef int resolver(const char *host, const char *port, const struct addrinfo *hints,
                     struct addrinfo **found);

/* In the place of libc's, for the client too: the host "two" has the addresses 127.0.0.2 and 127.0.0.1. */
__attribute__((visibility("default"))) int getaddrinfo(const char *host, const char *port,
                                                       const struct addrinfo *hints, struct addrinfo **found)
{
    void *const symbol = dlsym(RTLD_NEXT, "getaddrinfo");
    resolver *resolve;
    memcpy(&resolve, &symbol, sizeof resolve);
    if (host == NULL || strcmp(host, "two") != 0)
        return resolve(host, port, hints, found);
    const int failure = resolve("127.0.0.2", port, hints, found);
    return failure != 0 ? failure : resolve("127.0.0.1", port, hints, &(*found)->ai_next);
}

static aluno_client *open_client_of_two(const struct school *school)
{
    char server[32];
    aluno_client *client;
    aluno_client_options options = school_client_options(school);
    snprintf(server, sizeof server, "two:%u", school->port);
    options.server = server;
    options.tls_name = "127.0.0.1";
    options.timeout_ms = PATIENCE_MS;
    assert_int_equal(aluno_client_open(&client, &options, NULL), ALUNO_OK);
    return client;
}

static int bind_to_the_first(uint16_t port)
{
    const int silent = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    assert_int_equal(inet_pton(AF_INET, "127.0.0.2", &address.sin_addr), 1);
    assert_int_equal(bind(silent, (const struct sockaddr *)&address, sizeof address), 0);
    return silent;
}

static void test_first_address_swallows_packets(void **state)
{
    (void)state;
    int dials[DIALS];
    const int silent = bind_to_the_first(second.port);
    fill_backlog(silent, dials);
    aluno_client *client = open_client_of_two(&second);
    create(client, 1);
    school_kill(&second);
    school_start(&second);
    create(client, 2);
    assert_int_equal(total(&second), 2);
    aluno_client_close(client);
    close_all(silent, dials);
}

static void test_first_address_refuses(void **state)
{
    (void)state;
    const int deaf = bind_to_the_first(second.port);
    aluno_client *client = open_client_of_two(&second);
    create(client, 1);
    aluno_client_close(client);
    close(deaf);
}

static void test_first_is_a_stranger(void **state)
{
    (void)state;
    struct school stranger;
    aluno_statistics stats = {.size = sizeof stats};
    school_open_stranger(&stranger);
    school_start(&stranger);
    aluno_client *client = open_client(stranger.port, second.port);
    create(client, 1);
    aluno_client_statistics(client, &stats);
    assert_string_equal(stats.last_tls_reason, "TLS_UNKNOWN_CA");
    assert_int_equal(stats.connections, 1);
    assert_int_equal(total(&second), 1);
    aluno_client_close(client);
    school_stop(&stranger);
    school_close(&stranger);
}

static uint64_t count_connections(aluno_client *client)
{
    aluno_statistics stats = {.size = sizeof stats};
    aluno_client_statistics(client, &stats);
    return stats.connections;
}

/* The connection to the second school, and the calls on it, stay. */
static void test_first_hangs_up(void **state)
{
    (void)state;
    struct traffic traffic;
    static struct proxy proxy;
    school_start(&first);
    proxy_start(&proxy, first.port, PROXY_HANGS_UP);
    aluno_client *client = open_client(proxy.port, second.port);
    traffic_start(&traffic, client);
    run_until_connected_to(&traffic, second.port);
    traffic_run(&traffic, PROGRESS);
    const uint64_t connections = count_connections(client);
    const unsigned before = atomic_load(&proxy.hung_up);
    while (atomic_load(&proxy.hung_up) == before) /* the client tries to return */
        traffic_run(&traffic, TRAFFIC_AT_ONCE);
    traffic_run(&traffic, PROGRESS);
    traffic_stop(&traffic);
    assert_int_equal(count_connections(client), connections);
    assert_true(is_connected_to(&second.port));
    aluno_client_close(client);
    proxy_stop(&proxy);
}

/* ---- nobody ---- */

static aluno_error failure_of(aluno_client *client)
{
    const aluno_health_check_request check = {0};
    aluno_health_check_reply reply;
    aluno_error error = {0};
    assert_int_not_equal(aluno_health_check(client, &check, &reply, NULL, &error), ALUNO_OK);
    aluno_client_close(client);
    return error;
}

static void test_all_are_down(void **state)
{
    (void)state;
    school_stop(&second);
    const aluno_error error = failure_of(open_client(first.port, second.port));
    assert_string_equal(error.reason, "CONNECTION_REFUSED");
    assert_string_equal(error.detail, address_of(first.port));
    assert_string_equal(failure_of(open_client_of_two(&first)).reason, "CONNECTION_REFUSED");
    expect_change(0, ALUNO_CONNECTING, first.port, "");
    expect_change(1, ALUNO_TRANSIENT_FAILURE, first.port, "CONNECTION_REFUSED");
    school_start(&second);
}

/* Of a service that is down and a refused certificate, the client reports the latter: it is permanent. */
static void test_down_and_refused(void **state)
{
    (void)state;
    struct school stranger;
    school_open_stranger(&stranger);
    school_start(&stranger);
    const aluno_error error = failure_of(open_client(first.port, stranger.port));
    assert_string_equal(error.reason, "TLS_UNKNOWN_CA");
    assert_non_null(strstr(error.detail, address_of(stranger.port)));
    expect_change(1, ALUNO_TRANSIENT_FAILURE, stranger.port, "TLS_UNKNOWN_CA");
    school_stop(&stranger);
    school_close(&stranger);
}

/* Starts the second; each test starts the first. */
static int set_up(void **state)
{
    (void)state;
    school_open(&first, 55);
    school_open_second(&second, &first);
    school_start(&second);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (first.pid != 0)
        school_stop(&first);
    if (second.pid != 0)
        school_stop(&second);
    school_close(&second);
    school_close(&first);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_prefers_the_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_goes_on_and_returns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_under_load, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_first_is_silent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_close_while_returning, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_first_swallows_packets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_first_address_swallows_packets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_first_address_refuses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_first_is_a_stranger, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_first_hangs_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_all_are_down, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_down_and_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
