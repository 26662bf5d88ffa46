/* The addresses of a name: their order, and which of them a race finds. */
#include "unit.h"

#include "base/clock.h"
#include "client/addresses.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, SOON_MS = 300, DIALS = 4 };

static aluno__addresses addresses;

static void resolve(const char *host, const char *port)
{
    aluno__addresses one;
    assert_int_equal(aluno__addresses_resolve(&one, host, port), 0);
    assert_int_equal(one.count, 1);
    addresses.items[addresses.count++] = one.items[0];
}

static int set_up(void **state)
{
    (void)state;
    addresses.count = 0;
    return 0;
}

static void expect_hosts(const char *hosts)
{
    char text[256] = "";
    for (size_t i = 0; i < addresses.count; i++) {
        const char *const url = addresses.items[i].url;
        strncat(text, i > 0 ? " " : "", sizeof text - strlen(text) - 1);
        strncat(text, url + strlen("tls+tcp://"), sizeof text - strlen(text) - 1);
    }
    assert_string_equal(text, hosts);
}

/* ---- the list ---- */

static void test_resolved_addresses_have_urls(void **state)
{
    (void)state;
    resolve("127.0.0.1", "3000");
    resolve("::1", "3000");
    assert_string_equal(addresses.items[0].url, "tls+tcp://127.0.0.1:3000");
    assert_string_equal(addresses.items[1].url, "tls+tcp://[::1]:3000");
    assert_int_not_equal(aluno__addresses_resolve(&addresses, "127.0.0.1", "no-port"), 0);
    assert_int_equal(addresses.count, 0);
}

static void test_families_alternate(void **state)
{
    (void)state;
    static const char *const hosts[] = {"::1", "::2", "::3", "127.0.0.1", "127.0.0.2"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        resolve(hosts[i], "1");
    aluno__addresses_order(&addresses, "");
    expect_hosts("[::1]:1 127.0.0.1:1 [::2]:1 127.0.0.2:1 [::3]:1");
    aluno__addresses_order(&addresses, "tls+tcp://127.0.0.2:1");
    expect_hosts("127.0.0.2:1 [::1]:1 127.0.0.1:1 [::2]:1 [::3]:1");
    aluno__addresses_remove(&addresses, 1);
    expect_hosts("127.0.0.2:1 127.0.0.1:1 [::2]:1 [::3]:1");
}

/* ---- the race ---- */

/* A socket that is bound to that address and adds it to the list. */
static int bind_to(const char *host)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    char port[8];
    const int bound = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(inet_pton(AF_INET, host, &address.sin_addr), 1);
    assert_int_equal(bind(bound, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(bound, (struct sockaddr *)&address, &size), 0);
    snprintf(port, sizeof port, "%u", ntohs(address.sin_port));
    resolve(host, port);
    return bound;
}

static int listen_at(const char *host)
{
    const int listener = bind_to(host);
    assert_int_equal(listen(listener, 8), 0);
    return listener;
}

/* Its backlog is full: further connections get no reply. */
static int swallow_at(const char *host, int dials[DIALS])
{
    const int silent = bind_to(host);
    const aluno__address *const address = &addresses.items[addresses.count - 1];
    assert_int_equal(listen(silent, 0), 0);
    for (size_t i = 0; i < DIALS; i++) {
        dials[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        (void)connect(dials[i], (const struct sockaddr *)&address->socket, address->length);
    }
    return silent;
}

static void close_all(int listener, const int dials[DIALS])
{
    for (size_t i = 0; i < DIALS; i++)
        close(dials[i]);
    close(listener);
}

static bool never(void *user)
{
    (void)user;
    return false;
}

static size_t race(int64_t ms, int *failure)
{
    return aluno__addresses_race(&addresses, aluno__clock_ms() + ms, never, NULL, failure);
}

static void test_a_silent_address_loses(void **state)
{
    (void)state;
    int dials[DIALS], failure;
    const int silent = swallow_at("127.0.0.2", dials), listener = listen_at("127.0.0.3");
    assert_int_equal(race(PATIENCE_MS, &failure), 1);
    close(listener);
    close_all(silent, dials);
}

static void test_the_first_that_accepts_wins(void **state)
{
    (void)state;
    int failure;
    const int deaf = bind_to("127.0.0.2"), first = listen_at("127.0.0.3"), second = listen_at("127.0.0.4");
    assert_int_equal(race(PATIENCE_MS, &failure), 1);
    close(second);
    close(first);
    close(deaf);
}

static void test_all_refuse(void **state)
{
    (void)state;
    int failure = 0;
    const int one = bind_to("127.0.0.2"), other = bind_to("127.0.0.3");
    assert_int_equal(race(PATIENCE_MS, &failure), 2);
    assert_int_equal(failure, ECONNREFUSED);
    close(other);
    close(one);
}

static void test_the_time_passes(void **state)
{
    (void)state;
    int dials[DIALS], failure = 0;
    const int silent = swallow_at("127.0.0.2", dials);
    assert_int_equal(race(SOON_MS, &failure), 1);
    assert_int_equal(failure, ETIMEDOUT);
    close_all(silent, dials);
}

static bool once(void *user)
{
    int *polls = user;
    return ++*polls > 1;
}

static void test_it_is_stopped(void **state)
{
    (void)state;
    int dials[DIALS], failure = 0, polls = 0;
    const int silent = swallow_at("127.0.0.2", dials);
    assert_int_equal(aluno__addresses_race(&addresses, INT64_MAX, once, &polls, &failure), 1);
    close_all(silent, dials);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_resolved_addresses_have_urls, set_up),
        cmocka_unit_test_setup(test_families_alternate, set_up),
        cmocka_unit_test_setup(test_a_silent_address_loses, set_up),
        cmocka_unit_test_setup(test_the_first_that_accepts_wins, set_up),
        cmocka_unit_test_setup(test_all_refuse, set_up),
        cmocka_unit_test_setup(test_the_time_passes, set_up),
        cmocka_unit_test_setup(test_it_is_stopped, set_up),
    };
    return cmocka_run_group_tests_name("addresses", tests, NULL, NULL);
}
