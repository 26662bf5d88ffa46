/* The states of a round: nng/round.h. */
#include "nng/round.h"
#include "played_nng.h"

static aluno__nng_round round_; /* `round` is libm's */

static int set_up(void **state)
{
    (void)state;
    memset(&nng, 0, sizeof nng);
    return aluno__nng_round_init(&round_, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    aluno__nng_round_fini(&round_);
    return 0;
}

/* The engine's send gets the token and returns `result`. */
static void engine_returns(int result)
{
    assert_true(nng.sending);
    assert_true(aluno__nng_round_is_token(&round_, nng.token));
    nng_aio_finish(NULL, result);
}

static void engine_ends(void)
{
    aluno__nng_round_end(&round_);
    engine_returns(0);
}

static void test_one_round(void **state)
{
    (void)state;
    aluno__nng_round_request(&round_);
    assert_true(nng.queued); /* through the queue first */
    run_queue();
    engine_ends();
    run_queue();
    assert_false(nng.queued || nng.sending);
}

static void test_goes_round_until_the_engine_ends_it(void **state)
{
    (void)state;
    aluno__nng_round_request(&round_);
    for (int i = 0; i < 5; i++) {
        run_queue();
        engine_returns(0);
    }
    run_queue();
    engine_ends();
    run_queue();
    assert_false(nng.queued || nng.sending);
    assert_int_equal(nng.begun, 1);
}

static void test_request_while_going(void **state)
{
    (void)state;
    aluno__nng_round_request(&round_);
    aluno__nng_round_request(&round_);
    run_queue();
    aluno__nng_round_request(&round_);
    engine_returns(0);
    aluno__nng_round_request(&round_);
    run_queue();
    engine_ends();
    run_queue();
    assert_false(nng.queued || nng.sending);
    assert_int_equal(nng.begun, 1);
}

/* A request between the end and its callback is a new round. */
static void test_request_while_ending(void **state)
{
    (void)state;
    aluno__nng_round_request(&round_);
    run_queue();
    engine_ends();
    aluno__nng_round_request(&round_);
    assert_int_equal(nng.begun, 1);
    run_queue();
    engine_ends();
    run_queue();
    assert_false(nng.queued || nng.sending);
}

static void test_request_after_the_end(void **state)
{
    (void)state;
    for (size_t i = 1; i <= 3; i++) {
        aluno__nng_round_request(&round_);
        run_queue();
        engine_ends();
        run_queue();
        assert_int_equal(nng.begun, i);
    }
}

/* A stream that has failed gets no token any more. */
static void test_error_is_the_end(void **state)
{
    (void)state;
    aluno__nng_round_request(&round_);
    run_queue();
    engine_returns(NNG_ECONNRESET);
    run_queue();
    aluno__nng_round_request(&round_);
    assert_false(nng.queued || nng.sending);
}

/* nng frees the connection: its aio begins no more. */
static void test_request_after_the_stop(void **state)
{
    (void)state;
    nng.stopped = true;
    aluno__nng_round_request(&round_);
    aluno__nng_round_request(&round_);
    assert_false(nng.queued || nng.sending);
}

static void test_other_bytes_are_no_token(void **state)
{
    const uint8_t byte = 0;
    (void)state;
    assert_false(aluno__nng_round_is_token(&round_, &byte));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_round, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_goes_round_until_the_engine_ends_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_request_while_going, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_request_while_ending, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_request_after_the_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_error_is_the_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_request_after_the_stop, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_bytes_are_no_token, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("nng round", tests, NULL, NULL);
}
