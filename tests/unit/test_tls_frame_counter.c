/* Requests without a reply, counted from the bytes of both directions. */
#include "tls/frame_counter.h"
#include "unit.h"

#include <string.h>

static const uint8_t greeting[8] = {0, 'S', 'P', 0, 0, 0x30, 0, 0};

static void receive(aluno__tls_frame_counter *counter, const uint8_t *bytes, size_t size)
{
    aluno__tls_frame_counter_received(counter, bytes, size);
}

/* Receives a frame: its length, big-endian, and so many bytes. */
static void receive_frame(aluno__tls_frame_counter *counter, size_t size)
{
    static const uint8_t body[70000];
    const uint8_t length[8] = {[5] = (uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size};
    receive(counter, length, sizeof length);
    receive(counter, body, size);
}

/* A counter that both greetings have passed. */
static aluno__tls_frame_counter greeted(bool is_server)
{
    aluno__tls_frame_counter counter = {.is_server = is_server};
    aluno__tls_frame_counter_sent(&counter);
    receive(&counter, greeting, sizeof greeting);
    return counter;
}

static void test_greetings_are_no_requests(void **state)
{
    (void)state;
    assert_int_equal(greeted(true).unanswered, 0);
    assert_int_equal(greeted(false).unanswered, 0);
}

static void test_service(void **state)
{
    aluno__tls_frame_counter counter = greeted(true);
    (void)state;
    receive_frame(&counter, 120);
    assert_true(aluno__tls_frame_counter_is_alone(&counter));
    receive_frame(&counter, 70000);
    assert_false(aluno__tls_frame_counter_is_alone(&counter));
    aluno__tls_frame_counter_sent(&counter);
    assert_true(aluno__tls_frame_counter_is_alone(&counter));
    assert_int_equal(counter.unanswered, 1);
}

static void test_client(void **state)
{
    aluno__tls_frame_counter counter = greeted(false);
    (void)state;
    assert_true(aluno__tls_frame_counter_is_alone(&counter));
    aluno__tls_frame_counter_sent(&counter);
    assert_false(aluno__tls_frame_counter_is_alone(&counter));
    receive_frame(&counter, 0);
    assert_true(aluno__tls_frame_counter_is_alone(&counter));
}

/* A record may end anywhere, also in a length. */
static void test_byte_by_byte(void **state)
{
    aluno__tls_frame_counter counter = {.is_server = true};
    uint8_t bytes[8 + 3 * (8 + 5)] = {0};
    (void)state;
    memcpy(bytes, greeting, sizeof greeting);
    for (size_t i = 0; i < 3; i++)
        memset(bytes + 8 + i * 13, 5, 13);
    for (size_t i = 0; i < 3; i++)
        memset(bytes + 8 + i * 13, 0, 7);
    for (size_t size = 1; size <= sizeof bytes; size++) {
        counter = (aluno__tls_frame_counter){.is_server = true};
        for (size_t i = 0; i < sizeof bytes; i += size)
            receive(&counter, bytes + i, i + size <= sizeof bytes ? size : sizeof bytes - i);
        if (counter.unanswered != 3)
            fail_msg("%zu bytes at a time: %zu frames", size, counter.unanswered);
    }
}

/* Replies without requests do not make the count wrap. */
static void test_too_many_replies(void **state)
{
    aluno__tls_frame_counter client = greeted(false), service = greeted(true);
    (void)state;
    receive_frame(&client, 1);
    receive_frame(&client, 1);
    assert_true(aluno__tls_frame_counter_is_alone(&client));
    aluno__tls_frame_counter_sent(&client);
    assert_int_equal(client.unanswered, 1);
    aluno__tls_frame_counter_sent(&service);
    assert_int_equal(service.unanswered, 0);
}

/* nng closes such a connection. Until then its bytes are a body without end. */
static void test_huge_length(void **state)
{
    aluno__tls_frame_counter counter = greeted(true);
    uint8_t bytes[64];
    (void)state;
    memset(bytes, 0xff, sizeof bytes);
    receive(&counter, bytes, sizeof bytes);
    receive(&counter, bytes, sizeof bytes);
    assert_int_equal(counter.unanswered, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_greetings_are_no_requests),
        cmocka_unit_test(test_service),
        cmocka_unit_test(test_client),
        cmocka_unit_test(test_byte_by_byte),
        cmocka_unit_test(test_too_many_replies),
        cmocka_unit_test(test_huge_length),
    };
    return cmocka_run_group_tests_name("tls frame counter", tests, NULL, NULL);
}
