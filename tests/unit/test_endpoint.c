/* Addresses of the service: their parts, and which addresses are refused. */
#include "unit.h"

#include "client/endpoint.h"

#include <string.h>

static const struct {
    const char *url, *host, *port, *address;
} good[] = {
    {"tls+tcp://127.0.0.1:3000", "127.0.0.1", "3000", "127.0.0.1:3000"},
    {"tls+tcp://school.example:1", "school.example", "1", "school.example:1"},
    {"tls+tcp://[::1]:65535", "::1", "65535", "[::1]:65535"},
    {"127.0.0.1:3000", "127.0.0.1", "3000", "127.0.0.1:3000"},
    {"school.example:1", "school.example", "1", "school.example:1"},
    {"[::1]:65535", "::1", "65535", "[::1]:65535"},
};

static const char *const bad[] = {
    "",
    ":3000",
    "school.example",
    "school.example:3000/",
    "tcp://127.0.0.1:3000",
    "tls+tcp://",
    "tls+tcp://:3000",
    "tls+tcp://school.example",
    "tls+tcp://school.example:",
    "tls+tcp://school.example:0",
    "tls+tcp://school.example:65536",
    "tls+tcp://school.example:000001",
    "tls+tcp://school.example:-1",
    "tls+tcp://school.example:3000/students",
};

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        aluno__endpoint endpoint = {0};
        assert_int_equal(aluno__endpoint_parse(&endpoint, good[i].url, NULL, NULL), ALUNO_OK);
        assert_string_equal(endpoint.host, good[i].host);
        assert_string_equal(endpoint.port, good[i].port);
        assert_string_equal(endpoint.address, good[i].address);
        assert_string_equal(endpoint.tls_name, good[i].host);
        aluno__endpoint_free(&endpoint);
    }
}

static void test_tls_name(void **state)
{
    (void)state;
    aluno__endpoint endpoint = {0};
    assert_int_equal(aluno__endpoint_parse(&endpoint, good[0].url, "school.example", NULL), ALUNO_OK);
    assert_string_equal(endpoint.host, "127.0.0.1");
    assert_string_equal(endpoint.tls_name, "school.example");
    aluno__endpoint_free(&endpoint);
}

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        aluno__endpoint endpoint = {0};
        aluno_error error = {0};
        if (aluno__endpoint_parse(&endpoint, bad[i], NULL, &error) != ALUNO_INVALID_ARGUMENT)
            fail_msg("accepted: '%s'", bad[i]);
        assert_string_equal(error.reason, "OPTION_INVALID");
        assert_int_equal(strncmp(error.detail, "server ", 7), 0);
        aluno__endpoint_free(&endpoint);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_tls_name),
        cmocka_unit_test(test_bad),
    };
    return cmocka_run_group_tests_name("endpoint", tests, NULL, NULL);
}
