/* Tracks nng's sends by its calls: nng/send_tracker.h. This test plays nng: it sends one buffer, holds one,
 * and calls the engine after each send and each receive. */
#include "nng/api.h"
#include "nng/send_tracker.h"
#include "unit.h"

#include <string.h>

static struct {
    size_t readable;       /* bytes of the peer's */
    bool is_sending;       /* a buffer is on its way */
    bool is_holding;       /* and another is held */
    size_t sent, accepted; /* buffers */
} nng;

/* These two replace nng's. */

int nng_tls_engine_recv(void *stream, uint8_t *bytes, size_t *size)
{
    (void)stream;
    if (nng.readable == 0)
        return NNG_EAGAIN;
    *size = *size < nng.readable ? *size : nng.readable;
    memset(bytes, 0, *size);
    nng.readable -= *size;
    return 0;
}

int nng_tls_engine_send(void *stream, const uint8_t *bytes, size_t *size)
{
    (void)stream;
    (void)bytes;
    (void)size;
    if (nng.is_holding)
        return NNG_EAGAIN;
    nng.is_holding = nng.is_sending;
    nng.is_sending = true;
    nng.accepted++;
    return 0;
}

static void finish_send(void)
{
    nng.sent++;
    nng.is_sending = nng.is_holding;
    nng.is_holding = false;
}

static bool give_buffer(aluno__nng_send_tracker *tracker)
{
    static const uint8_t bytes[] = {1, 2, 3};
    size_t size = sizeof bytes;
    return aluno__nng_send_tracker_send(tracker, bytes, &size) == 0;
}

/* One call of the engine that neither reads nor sends. */
static void call_engine(aluno__nng_send_tracker *tracker)
{
    aluno__nng_send_tracker_begin(tracker);
    aluno__nng_send_tracker_end(tracker);
}

static int set_up(void **state)
{
    (void)state;
    memset(&nng, 0, sizeof nng);
    return 0;
}

static void test_nothing_given(void **state)
{
    aluno__nng_send_tracker tracker = {0};
    (void)state;
    call_engine(&tracker);
    assert_true(aluno__nng_send_tracker_is_sent(&tracker));
}

/* Closing does not discard the buffer that nng is sending, only the one that it holds. */
static void test_one_is_sent_two_are_not(void **state)
{
    aluno__nng_send_tracker tracker = {0};
    (void)state;
    aluno__nng_send_tracker_begin(&tracker);
    assert_true(give_buffer(&tracker));
    assert_true(aluno__nng_send_tracker_is_sent(&tracker));
    assert_true(give_buffer(&tracker));
    assert_false(aluno__nng_send_tracker_is_sent(&tracker));
    assert_false(give_buffer(&tracker));
    aluno__nng_send_tracker_end(&tracker);
    assert_int_equal(nng.accepted, 2);
}

static void test_sent_after_the_first(void **state)
{
    aluno__nng_send_tracker tracker = {0};
    (void)state;
    aluno__nng_send_tracker_begin(&tracker);
    give_buffer(&tracker);
    give_buffer(&tracker);
    aluno__nng_send_tracker_end(&tracker);
    finish_send();
    call_engine(&tracker);
    assert_true(aluno__nng_send_tracker_is_sent(&tracker));
    assert_true(nng.is_sending && !nng.is_holding);
}

/* A call with new bytes follows a receive: nothing was sent. */
static void test_receive_is_not_a_send(void **state)
{
    aluno__nng_send_tracker tracker = {0};
    (void)state;
    aluno__nng_send_tracker_begin(&tracker);
    give_buffer(&tracker);
    give_buffer(&tracker);
    aluno__nng_send_tracker_end(&tracker);
    nng.readable = 5;
    call_engine(&tracker);
    assert_false(aluno__nng_send_tracker_is_sent(&tracker));
    assert_int_equal(nng.readable, 5);
}

/* Bytes that were readable before say nothing about the call. */
static void test_old_bytes_are_not_a_receive(void **state)
{
    aluno__nng_send_tracker tracker = {0};
    (void)state;
    nng.readable = 5;
    aluno__nng_send_tracker_begin(&tracker);
    give_buffer(&tracker);
    give_buffer(&tracker);
    aluno__nng_send_tracker_end(&tracker);
    finish_send();
    call_engine(&tracker);
    assert_true(aluno__nng_send_tracker_is_sent(&tracker));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_nothing_given, set_up),
        cmocka_unit_test_setup(test_one_is_sent_two_are_not, set_up),
        cmocka_unit_test_setup(test_sent_after_the_first, set_up),
        cmocka_unit_test_setup(test_receive_is_not_a_send, set_up),
        cmocka_unit_test_setup(test_old_bytes_are_not_a_receive, set_up),
    };
    return cmocka_run_group_tests_name("nng send tracker", tests, NULL, NULL);
}
