/* --listen: its form, and whether it can be bound to. */
#include "unit.h"

#include "listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static void test_a_port_is_needed(void **state)
{
    static const struct {
        const char *url;
        bool good;
    } rows[] = {
        {"tls+tcp://127.0.0.1:3000", true},
        {"tls+tcp://[::1]:1", true},
        {"tls+tcp://school.example:65535", true},
        {"tls+tcp://:3000", true},
        {"tls+tcp://127.0.0.1", false},
        {"tls+tcp://127.0.0.1:", false},
        {"tls+tcp://[::1]", false},
        {"tls+tcp://127.0.0.1:0", false},
        {"tls+tcp://127.0.0.1:65536", false},
        {"tls+tcp://127.0.0.1:3000/", false},
        {"tls+tcp://127.0.0.1:-1", false},
        {"tls+tcp://127.0.0.1:000080", false},
        {"tls+tcp://", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (listen_address_has_port(rows[i].url) != rows[i].good)
            fail_msg("%s", rows[i].url);
}

/* Listens on a free port of the loopback and writes its address. */
static int occupy(char *url, size_t size)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)(void *)&address, length), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)(void *)&address, &length), 0);
    snprintf(url, size, "tls+tcp://127.0.0.1:%u", ntohs(address.sin_port));
    return fd;
}

static void test_a_free_address_is_good(void **state)
{
    char url[64];
    bool in_use = false;
    aluno_error error;
    (void)state;
    const int fd = occupy(url, sizeof url);
    assert_int_equal(listen_address_check("--listen", url, &in_use, &error), ALUNO_OK);
    assert_true(in_use);
    close(fd);
    assert_int_equal(listen_address_check("--listen", url, &in_use, &error), ALUNO_OK);
    assert_false(in_use);
}

/* 192.0.2.1 is for documentation: nobody has it (RFC 5737). */
static void test_the_cause_is_told(void **state)
{
    static const struct {
        const char *url, *detail;
    } rows[] = {
        {"tls+tcp://192.0.2.1:3000",
         "--listen tls+tcp://192.0.2.1:3000: this machine does not have that address; "},
        {"tls+tcp://nowhere.invalid:3000",
         "--listen tls+tcp://nowhere.invalid:3000: the host \"nowhere.invalid\" is not known: "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool in_use;
        aluno_error error;
        assert_int_equal(listen_address_check("--listen", rows[i].url, &in_use, &error),
                         ALUNO_INVALID_ARGUMENT);
        if (strncmp(error.detail, rows[i].detail, strlen(rows[i].detail)) != 0)
            fail_msg("%s", error.detail);
    }
}

/* Only such an address may be served without certificates. */
static void test_addresses_of_this_machine_alone(void **state)
{
    static const struct {
        const char *address;
        bool is_loopback;
    } rows[] = {
        {"127.0.0.1:9300", true},    {"127.255.0.9:1", true}, {"[::1]:9300", true},
        {"localhost:9300", true},    {"0.0.0.0:9300", false}, {"[::]:9300", false},
        {"128.0.0.1:80", false},     {"localhost", false},    {"127.0.0.1:0", false},
        {"example.com:9300", false}, {":9300", false},        {"[::ffff:127.0.0.1]:9300", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (listen_address_is_loopback(rows[i].address) != rows[i].is_loopback)
            fail_msg("%s", rows[i].address);
}

static void test_names_of_this_machine(void **state)
{
    static const struct {
        const char *address;
        bool is_loopback;
    } rows[] = {
        {"localhost", true},
        {"LocalHost:80", true},
        {"127.0.0.1", true},
        {"[::1]", true},
        {"[::1]:9300", true},
        {"", false},
        {"?", false},
        {"localhost.evil", false},
        {"[::2]", false},
        {"10.0.0.1:9300", false},
        {"[", false},
        {"]:", false},
        {"127.0.0.1.evil", false},
        {":9300", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (listen_address_names_loopback(rows[i].address) != rows[i].is_loopback)
            fail_msg("%s", rows[i].address);
}

static void test_a_socket_listens(void **state)
{
    char url[64];
    int fd;
    aluno_error error;
    (void)state;
    const int occupied = occupy(url, sizeof url);
    const char *const address = url + strlen("tls+tcp://");
    assert_int_equal(listen_address_open(&fd, "--status", address, &error), ALUNO_INVALID_ARGUMENT);
    assert_non_null(strstr(error.detail, "is in use"));
    close(occupied);
    assert_int_equal(listen_address_open(&fd, "--status", address, &error), ALUNO_OK);
    int listens = 0;
    socklen_t size = sizeof listens;
    assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size), 0);
    assert_true(listens);
    close(fd);
    assert_int_equal(listen_address_open(&fd, "--status", "nowhere.invalid:1", &error),
                     ALUNO_INVALID_ARGUMENT);
}

/* The address is good, and the process has no descriptor left. */
static void test_a_failed_attempt_is_told(void **state)
{
    struct rlimit all, none;
    bool in_use;
    aluno_error error;
    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &all), 0);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = all.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    const aluno_code code = listen_address_check("--listen", "tls+tcp://127.0.0.1:0", &in_use, &error);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &all), 0);
    assert_int_equal(code, ALUNO_INVALID_ARGUMENT);
    assert_string_equal(error.detail, "--listen tls+tcp://127.0.0.1:0: Too many open files");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_port_is_needed),
        cmocka_unit_test(test_a_free_address_is_good),
        cmocka_unit_test(test_the_cause_is_told),
        cmocka_unit_test(test_addresses_of_this_machine_alone),
        cmocka_unit_test(test_names_of_this_machine),
        cmocka_unit_test(test_a_socket_listens),
        cmocka_unit_test(test_a_failed_attempt_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
