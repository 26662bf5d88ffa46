/* Connections that do not complete their handshake: the service closes them in time, serves others meanwhile,
 * and frees their descriptors. */
#include "registrar.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CONNECTIONS = 500,
    ENDED_MS = 15000, /* the service's bound is 5 s */
    GONE_MS = 10000,
    REGISTRARS = 2,
    SLOWEST_MS = 3000, /* of a good client's calls, on a slow machine */
};

static struct school school;
static struct registrar registrars[REGISTRARS];
static int connections[CONNECTIONS];

/* The start of a ClientHello: 11 bytes of a record of 512. */
static const unsigned char half_a_hello[] = {22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3};

/* A third is silent, a third sends the start of a ClientHello, and a third shuts its side down after that. */
static void open_half(size_t i)
{
    connections[i] = school_dial(&school);
    if (i % 3 > 0)
        assert_int_equal(send(connections[i], half_a_hello, sizeof half_a_hello, MSG_NOSIGNAL),
                         sizeof half_a_hello);
    if (i % 3 == 2)
        assert_int_equal(shutdown(connections[i], SHUT_WR), 0);
}

/* Reads, alerts too, until the service closes the connection. */
static bool is_ended(int fd, int64_t until_ms)
{
    unsigned char alert[64];
    for (;;) {
        const int64_t left_ms = until_ms - school_now_ms();
        struct pollfd readable = {.fd = fd, .events = POLLIN};
        if (poll(&readable, 1, left_ms > 0 ? (int)left_ms : 0) != 1)
            return false;
        if (recv(fd, alert, sizeof alert, 0) <= 0)
            return true;
    }
}

static void test_half_open_connections_end(void **state)
{
    (void)state;
    aluno_client *client = school_client(&school);
    for (uint32_t i = 0; i < REGISTRARS; i++) {
        registrars[i] = (struct registrar){.client = client, .first = 1000000 * (i + 1), .is_patient = true};
        registrar_start(&registrars[i]);
    }
    const size_t before = school_settled_descriptors(&school);
    const int64_t begun_ms = school_now_ms();
    size_t ended = 0;
    for (size_t i = 0; i < CONNECTIONS; i++)
        open_half(i);
    for (size_t i = 0; i < CONNECTIONS; i++)
        ended += is_ended(connections[i], begun_ms + ENDED_MS);
    const bool returned = school_wait_descriptors(&school, before, GONE_MS);
    for (size_t i = 0; i < CONNECTIONS; i++)
        close(connections[i]);
    for (size_t i = 0; i < REGISTRARS; i++)
        registrar_stop(&registrars[i]);
    for (size_t i = 0; i < REGISTRARS; i++) {
        registrar_check_no_failures(&registrars[i]);
        assert_true(registrars[i].slowest_ms < SLOWEST_MS);
    }
    assert_int_equal(ended, CONNECTIONS);
    assert_true(returned);
    aluno_client_close(client);
    school_stop(&school);
}

/* The service frees the descriptors of connections that are closed before the handshake, too. */
static void test_closed_before_the_handshake(void **state)
{
    (void)state;
    const aluno_create_student_request create = school_student(1);
    aluno_student stored;
    aluno_client *client = school_client(&school);
    assert_int_equal(aluno_create_student(client, &create, &stored, NULL, NULL), ALUNO_OK);
    const size_t before = school_settled_descriptors(&school);
    for (size_t i = 0; i < CONNECTIONS; i++)
        connections[i] = school_dial(&school);
    for (size_t i = 0; i < CONNECTIONS; i++)
        close(connections[i]);
    assert_true(school_wait_descriptors(&school, before, GONE_MS));
    aluno_client_close(client);
    school_stop(&school);
    assert_int_equal(school_count_in_log(&school, "CONNECTION_LOST"),
                     0); /* a probe of the port is no warning */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHOOL_TEST(test_half_open_connections_end, school_set_up),
        SCHOOL_TEST(test_closed_before_the_handshake, school_set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
