/* Where the peer's flight of handshake messages ends: tls/peer_flight.h. This test plays nng's stream. */
#include "nng/api.h"
#include "tls/peer_flight.h"
#include "unit.h"

#include <string.h>

static struct {
    const uint8_t *bytes;
    size_t size, at;
    size_t chunk;  /* the most that one call returns */
    int exhausted; /* the result when all is read */
} stream;

/* Takes the place of nng's. */
int nng_tls_engine_recv(void *unused, uint8_t *bytes, size_t *size)
{
    (void)unused;
    const size_t left = stream.size - stream.at;
    if (left == 0)
        return stream.exhausted;
    *size = *size < left ? *size : left;
    *size = *size < stream.chunk ? *size : stream.chunk;
    memcpy(bytes, stream.bytes + stream.at, *size);
    stream.at += *size;
    return 0;
}

static const struct {
    const char *title;
    aluno__tls_side peer_side;
    size_t size;
    bool ends; /* with its last byte */
    uint8_t bytes[40];
} flights[] = {
    {"a client's certificate", ALUNO_TLS_CLIENT, 9, false, {22, 3, 3, 0, 4, 11, 0, 0, 0}},
    {"a client's ChangeCipherSpec", ALUNO_TLS_CLIENT, 6, false, {20, 3, 3, 0, 1, 1}},
    {"a client's Finished", ALUNO_TLS_CLIENT, 14, true, {20, 3, 3, 0, 1, 1, 22, 3, 3, 0, 3, 9, 9, 9}},
    {"half of a Finished", ALUNO_TLS_CLIENT, 13, false, {20, 3, 3, 0, 1, 1, 22, 3, 3, 0, 3, 9, 9}},
    {"an empty record before",
     ALUNO_TLS_CLIENT,
     17,
     true,
     {22, 3, 3, 0, 0, 20, 3, 3, 0, 1, 1, 22, 3, 3, 0, 1, 9}},
    {"a server's certificate", ALUNO_TLS_SERVER, 9, false, {22, 3, 3, 0, 4, 11, 0, 0, 0}},
    {"ServerHelloDone",
     ALUNO_TLS_SERVER,
     18,
     true,
     {22, 3, 3, 0, 4, 11, 0, 0, 0, 22, 3, 3, 0, 4, 14, 0, 0, 0}},
    {"ServerHelloDone in one record", ALUNO_TLS_SERVER, 13, true, {22, 3, 3, 0, 8, 11, 0, 0, 0, 14, 0, 0, 0}},
    {"the same bytes as data", ALUNO_TLS_SERVER, 9, false, {23, 3, 3, 0, 4, 14, 0, 0, 0}},
    {"a server's ChangeCipherSpec",
     ALUNO_TLS_SERVER,
     14,
     false,
     {20, 3, 3, 0, 1, 1, 22, 3, 3, 0, 3, 9, 9, 9}},
};

static void test_flights(void **state)
{
    static const size_t chunks[] = {1, 3, 1024};
    (void)state;
    for (size_t i = 0; i < sizeof flights / sizeof *flights; i++) {
        for (size_t j = 0; j < sizeof chunks / sizeof *chunks; j++) {
            aluno__tls_peer_flight flight = {0};
            stream.bytes = flights[i].bytes;
            stream.size = flights[i].size;
            stream.at = 0;
            stream.chunk = chunks[j];
            stream.exhausted = NNG_EAGAIN;
            const int result = aluno__tls_peer_flight_skip(&flight, NULL, flights[i].peer_side);
            if (result != (flights[i].ends ? 0 : NNG_EAGAIN) || stream.at != stream.size)
                fail_msg("%s, by %zu: result %d at byte %zu", flights[i].title, chunks[j], result, stream.at);
        }
    }
}

/* A flight may come in several calls, and its position is kept between them. */
static void test_continued(void **state)
{
    static const uint8_t bytes[] = {20, 3, 3, 0, 1, 1, 22, 3, 3, 0, 3, 9, 9, 9};
    (void)state;
    for (size_t first = 1; first < sizeof bytes; first++) {
        aluno__tls_peer_flight flight = {0};
        stream.bytes = bytes;
        stream.size = first;
        stream.at = 0;
        stream.chunk = sizeof bytes;
        stream.exhausted = NNG_EAGAIN;
        assert_int_equal(aluno__tls_peer_flight_skip(&flight, NULL, ALUNO_TLS_CLIENT), NNG_EAGAIN);
        stream.size = sizeof bytes;
        assert_int_equal(aluno__tls_peer_flight_skip(&flight, NULL, ALUNO_TLS_CLIENT), 0);
    }
}

static void test_lost_connection(void **state)
{
    aluno__tls_peer_flight flight = {0};
    (void)state;
    stream.size = stream.at = 0;
    stream.exhausted = NNG_ECONNSHUT;
    assert_int_equal(aluno__tls_peer_flight_skip(&flight, NULL, ALUNO_TLS_CLIENT), NNG_ECONNSHUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flights),
        cmocka_unit_test(test_continued),
        cmocka_unit_test(test_lost_connection),
    };
    return cmocka_run_group_tests_name("tls peer flight", tests, NULL, NULL);
}
