/* When frames are held and when they are written: tls/batch.h. This test plays nng and mbed TLS. */
#include "played_nng.h"
#include "tls/batch.h"

enum { HEADER = 4 };

/* mbed TLS: the records written, and their bytes. */
static struct {
    bool blocks;       /* the network takes nothing */
    size_t unfinished; /* bytes of a write that must be repeated */
    size_t records, size;
    uint8_t bytes[1 << 18];
} network;

int mbedtls_ssl_write(mbedtls_ssl_context *ssl, const unsigned char *bytes, size_t size)
{
    (void)ssl;
    if (network.unfinished > 0)
        assert_int_equal(size, network.unfinished); /* mbed TLS writes what it got at first */
    network.unfinished = network.blocks ? size : 0;
    if (network.blocks)
        return MBEDTLS_ERR_SSL_WANT_WRITE;
    assert_true(network.size + size <= sizeof network.bytes);
    memcpy(network.bytes + network.size, bytes, size);
    network.size += size;
    network.records++;
    return (int)size;
}

static aluno__tls_batch batch;
static uint8_t expected[1 << 18]; /* all that was sent, in order */
static size_t expected_size;

/* Gives the engine a part until it has taken it all; false when the network blocks. */
static bool give(const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        size_t taken = size;
        if (aluno__tls_batch_send(&batch, NULL, bytes, &taken) != 0)
            return false;
        assert_in_range(taken, 1, size);
        bytes += taken;
        size -= taken;
    }
    return true;
}

static bool send_part(const uint8_t *bytes, size_t size)
{
    memcpy(expected + expected_size, bytes, size);
    expected_size += size;
    return give(bytes, size);
}

/* Sends a message as nng does: the length, the protocol's header, the body. */
static void send_frame(size_t size)
{
    static uint8_t body[1 << 17], n;
    const size_t all = HEADER + size;
    const uint8_t length[8] = {[5] = (uint8_t)(all >> 16), (uint8_t)(all >> 8), (uint8_t)all};
    const uint8_t header[HEADER] = {0x80, 0, 0, ++n};
    memset(body, n, size);
    assert_true(send_part(length, sizeof length) && send_part(header, sizeof header) &&
                send_part(body, size));
}

/* Receives `count` messages of one byte. */
static void receive_frames(size_t count)
{
    const uint8_t frame[] = {0, 0, 0, 0, 0, 0, 0, 1, 'x'};
    for (size_t i = 0; i < count; i++)
        aluno__tls_batch_received(&batch, frame, sizeof frame);
}

/* Runs the queue, and gives the engine the token if that was sent. Returns the engine's result. */
static int go_round(void)
{
    int result = 0;
    run_queue();
    if (nng.sending) {
        size_t size = 1;
        result = aluno__tls_batch_send(&batch, NULL, nng.token, &size);
        if (result == 0)
            nng_aio_finish(NULL, 0);
    }
    return result;
}

static void go_round_to_the_end(void)
{
    for (int rounds = 0; nng.queued; rounds++) {
        assert_true(rounds < 10);
        assert_int_equal(go_round(), 0);
    }
}

static void check_network(size_t records)
{
    assert_int_equal(network.records, records);
    assert_int_equal(network.size, expected_size);
    assert_memory_equal(network.bytes, expected, expected_size);
    network.records = 0;
}

static void open_batch(bool is_server)
{
    static const uint8_t greeting[8] = {0, 'S', 'P', 0, 0, 0x31, 0, 0};
    memset(&nng, 0, sizeof nng);
    memset(&network, 0, sizeof network);
    memset(&batch, 0, sizeof batch);
    expected_size = 0;
    assert_int_equal(aluno__tls_batch_init(&batch, NULL, is_server), 0);
    assert_true(send_part(greeting, sizeof greeting));
    aluno__tls_batch_received(&batch, greeting, sizeof greeting);
    check_network(1);
}

static int close_batch(void **state)
{
    (void)state;
    nng.queued = nng.sending = false;
    aluno__tls_batch_fini(&batch);
    return 0;
}

/* Nothing is queued for a reply that is alone, nor later. */
static void test_alone_is_written_at_once(void **state)
{
    (void)state;
    open_batch(true);
    for (int i = 0; i < 3; i++) {
        receive_frames(1);
        send_frame(120);
        check_network(1);
        assert_false(nng.queued || nng.sending);
    }
    open_batch(false);
    for (int i = 0; i < 3; i++) {
        send_frame(120);
        check_network(1);
        receive_frames(1);
        assert_false(nng.queued || nng.sending);
    }
}

static void test_replies_share_a_record(void **state)
{
    (void)state;
    open_batch(true);
    receive_frames(4);
    send_frame(120);
    send_frame(0);
    send_frame(500);
    assert_int_equal(network.records, 0);
    go_round_to_the_end();
    check_network(1);
    send_frame(1); /* the last one is alone */
    check_network(1);
}

static void test_requests_share_a_record(void **state)
{
    (void)state;
    open_batch(false);
    send_frame(10); /* alone */
    check_network(1);
    send_frame(20);
    send_frame(30);
    go_round_to_the_end();
    check_network(1);
}

/* The last reply takes those with it that were held: the order is kept. */
static void test_last_reply_writes_all(void **state)
{
    (void)state;
    open_batch(true);
    receive_frames(2);
    send_frame(10);
    send_frame(20);
    check_network(1);
    go_round_to_the_end(); /* which finds nothing */
    check_network(0);
}

/* While the buffer grows, the token goes round; a frame of which a part is missing is not written. */
static void test_waits_while_it_grows(void **state)
{
    static const uint8_t length[8] = {[7] = 8}, rest[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    (void)state;
    open_batch(true);
    receive_frames(9);
    for (int i = 0; i < 5; i++) {
        send_frame(50);
        assert_int_equal(go_round(), 0);
        assert_int_equal(network.records, 0);
    }
    assert_true(send_part(length, sizeof length));
    go_round_to_the_end();
    assert_int_equal(network.records, 0);
    assert_true(send_part(rest, sizeof rest));
    go_round_to_the_end();
    check_network(1);
}

static void test_full_buffer_is_written(void **state)
{
    (void)state;
    open_batch(true);
    receive_frames(1000);
    for (int i = 0; i < 100; i++)
        send_frame(2000 - HEADER);
    assert_int_equal(network.records, 12); /* of 8 × 2008 bytes */
    go_round_to_the_end();
    check_network(13);
}

/* The peer need not wait for the end of a long batch. */
static void test_many_frames_are_written(void **state)
{
    (void)state;
    open_batch(true);
    receive_frames(100);
    for (int i = 0; i < 35; i++)
        send_frame(10);
    assert_int_equal(network.records, 2); /* of 16 */
    go_round_to_the_end();
    check_network(3);
}

/* However little space the frame before it leaves. */
static void test_nearly_full_buffer(void **state)
{
    (void)state;
    for (size_t space = 0; space <= 20; space++) {
        open_batch(true);
        receive_frames(10);
        send_frame(ALUNO_TLS_RECORD_MAX - 8 - HEADER - space);
        assert_int_equal(network.records, 0);
        send_frame(3);
        assert_int_equal(network.records, space < 8 + HEADER + 3);
        go_round_to_the_end();
        check_network(1 + (space < 8 + HEADER + 3));
    }
}

/* Frames larger than the buffer go out in their parts, after those that are held. */
static void test_larger_than_the_buffer(void **state)
{
    (void)state;
    open_batch(true);
    receive_frames(10);
    send_frame(100);
    send_frame(40000);
    check_network(4);
    go_round_to_the_end();
    send_frame(100);
    go_round_to_the_end();
    check_network(1);
}

/* The token waits in the stream's queue, before the parts that come later, and continues the write. */
static void test_network_blocks_the_token(void **state)
{
    size_t size = 1;
    (void)state;
    open_batch(true);
    receive_frames(10);
    send_frame(100);
    assert_int_equal(go_round(), 0);
    network.blocks = true;
    assert_int_equal(go_round(), MBEDTLS_ERR_SSL_WANT_WRITE);
    assert_int_equal(aluno__tls_batch_send(&batch, NULL, nng.token, &size), MBEDTLS_ERR_SSL_WANT_WRITE);
    network.blocks = false;
    assert_int_equal(aluno__tls_batch_send(&batch, NULL, nng.token, &size), 0);
    nng_aio_finish(NULL, 0);
    check_network(1);
    go_round_to_the_end();
}

/* Nothing joins a write that has begun, even if nng gave a part first. */
static void test_part_after_a_blocked_write(void **state)
{
    const uint8_t length[8] = {[7] = 2}, body[2] = {0};
    size_t size = sizeof length;
    (void)state;
    open_batch(true);
    receive_frames(10);
    send_frame(100);
    assert_int_equal(go_round(), 0);
    network.blocks = true;
    assert_int_equal(go_round(), MBEDTLS_ERR_SSL_WANT_WRITE);
    assert_int_equal(aluno__tls_batch_send(&batch, NULL, length, &size), MBEDTLS_ERR_SSL_WANT_WRITE);
    network.blocks = false;
    assert_true(send_part(length, sizeof length) && send_part(body, sizeof body));
    size = 1;
    assert_int_equal(aluno__tls_batch_send(&batch, NULL, nng.token, &size), 0);
    nng_aio_finish(NULL, 0);
    go_round_to_the_end();
    check_network(2);
}

/* The part that fills the buffer, or ends a frame that is alone, is given again. */
static void test_network_blocks_a_part(void **state)
{
    const uint8_t length[8] = {[6] = 1}, body[256] = {1};
    (void)state;
    open_batch(true);
    receive_frames(2);
    send_frame(16000);
    network.blocks = true;
    assert_true(send_part(length, sizeof length)); /* fits */
    assert_false(send_part(body, sizeof body));    /* the last reply: written at once */
    assert_false(give(body, sizeof body));
    network.blocks = false;
    assert_true(give(body, sizeof body));
    check_network(1);
    go_round_to_the_end();
    check_network(0);
    receive_frames(10);
    send_frame(16000);
    network.blocks = true;
    assert_false(send_part((const uint8_t[8]){[6] = 3}, 8)); /* does not fit: the held frame first */
    network.blocks = false;
    assert_true(give((const uint8_t[8]){[6] = 3}, 8));
    assert_int_equal(network.records, 1);
    for (int i = 0; i < 3; i++)
        assert_true(send_part(body, sizeof body));
    go_round_to_the_end();
    check_network(2);
}

/* A client whose server sends more replies than it had requests. */
static void test_more_replies_than_requests(void **state)
{
    (void)state;
    open_batch(false);
    receive_frames(100);
    send_frame(10);
    check_network(1);
}

/* A peer that leaves every request without a reply costs rounds, and no more. */
static void test_requests_without_reply(void **state)
{
    (void)state;
    open_batch(false);
    send_frame(10);
    check_network(1);
    for (int i = 0; i < 100; i++) {
        send_frame(10);
        go_round_to_the_end();
        check_network(1);
    }
}

static void test_other_streams_are_not_held(void **state)
{
    static const uint8_t http[] = "GET / HTTP/1.1\r\n\r\n";
    (void)state;
    open_batch(true);
    memset(&batch.coalescer, 0, sizeof batch.coalescer);
    receive_frames(10);
    assert_true(send_part(http, sizeof http) && send_part(http, 8));
    check_network(2);
    assert_false(nng.queued || nng.sending);
}

static void test_closing_writes_what_is_held(void **state)
{
    (void)state;
    open_batch(true);
    receive_frames(3);
    send_frame(10);
    aluno__tls_batch_close(&batch, NULL);
    check_network(1);
    aluno__tls_batch_close(&batch, NULL);
    check_network(0);
}

/* Whole frames are not lost for want of the rest of the next one. */
static void test_closing_in_the_middle_of_a_frame(void **state)
{
    (void)state;
    open_batch(true);
    receive_frames(3);
    send_frame(10);
    send_part((const uint8_t[8]){[7] = 9}, 8);
    aluno__tls_batch_close(&batch, NULL);
    check_network(1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_alone_is_written_at_once, close_batch),
        cmocka_unit_test_teardown(test_replies_share_a_record, close_batch),
        cmocka_unit_test_teardown(test_requests_share_a_record, close_batch),
        cmocka_unit_test_teardown(test_last_reply_writes_all, close_batch),
        cmocka_unit_test_teardown(test_waits_while_it_grows, close_batch),
        cmocka_unit_test_teardown(test_full_buffer_is_written, close_batch),
        cmocka_unit_test_teardown(test_many_frames_are_written, close_batch),
        cmocka_unit_test_teardown(test_nearly_full_buffer, close_batch),
        cmocka_unit_test_teardown(test_larger_than_the_buffer, close_batch),
        cmocka_unit_test_teardown(test_network_blocks_the_token, close_batch),
        cmocka_unit_test_teardown(test_part_after_a_blocked_write, close_batch),
        cmocka_unit_test_teardown(test_network_blocks_a_part, close_batch),
        cmocka_unit_test_teardown(test_more_replies_than_requests, close_batch),
        cmocka_unit_test_teardown(test_requests_without_reply, close_batch),
        cmocka_unit_test_teardown(test_other_streams_are_not_held, close_batch),
        cmocka_unit_test_teardown(test_closing_writes_what_is_held, close_batch),
        cmocka_unit_test_teardown(test_closing_in_the_middle_of_a_frame, close_batch),
    };
    return cmocka_run_group_tests_name("tls batch", tests, NULL, NULL);
}
