/* A client's statistics: latency buckets and their quantiles. */
#include "unit.h"

#include "client/statistics.h"

static aluno__stats stats;

static int set_up(void **state)
{
    (void)state;
    aluno__stats_init(&stats);
    return 0;
}

/* Records a call that ends with that code after that time. */
static void end_call(aluno_code code, int64_t took_us)
{
    aluno__stats_call_begun(&stats);
    aluno__stats_call_ended(&stats, code, took_us);
}

static void test_nothing_yet(void **state)
{
    (void)state;
    const aluno_statistics now = aluno__stats_snapshot(&stats);
    assert_int_equal(now.latency_p50_us, 0);
    assert_int_equal(now.latency_p99_us, 0);
    assert_int_equal(now.latency_max_us, 0);
}

static void test_one_call_is_all_quantiles(void **state)
{
    (void)state;
    end_call(ALUNO_OK, 12345);
    const aluno_statistics now = aluno__stats_snapshot(&stats);
    assert_int_equal(now.latency_p50_us, 12345);
    assert_int_equal(now.latency_p90_us, 12345);
    assert_int_equal(now.latency_p99_us, 12345);
    assert_int_equal(now.latency_max_us, 12345);
}

/* Records the latency and a larger one. The median is never less than the latency, and at most 1/8 more. */
static void check_precision(int64_t us)
{
    set_up(NULL);
    end_call(ALUNO_OK, us);
    end_call(ALUNO_OK, INT64_C(1) << 41);
    const int64_t reported_us = aluno__stats_snapshot(&stats).latency_p50_us;
    if (reported_us < us || reported_us > us + us / 8)
        fail_msg("%lld us were reported as %lld", (long long)us, (long long)reported_us);
}

static void test_precision(void **state)
{
    (void)state;
    for (int64_t us = 0; us < 5000; us++)
        check_precision(us);
    for (int power = 12; power <= 40; power++)
        for (int64_t offset = -1; offset <= 1; offset++)
            check_precision((INT64_C(1) << power) + offset);
}

/* A quantile beyond the last bucket is the maximum. */
static void test_longest(void **state)
{
    (void)state;
    end_call(ALUNO_OK, INT64_C(1) << 50);
    const aluno_statistics now = aluno__stats_snapshot(&stats);
    assert_int_equal(now.latency_max_us, INT64_C(1) << 50);
    assert_true(now.latency_p50_us > INT64_C(1) << 41);
    assert_true(now.latency_p50_us <= now.latency_max_us);
}

/* 1 to 100 ms, unsorted. */
static void test_quantiles(void **state)
{
    (void)state;
    for (int64_t i = 0; i < 100; i++)
        end_call(ALUNO_OK, (1 + i * 37 % 100) * 1000);
    const aluno_statistics now = aluno__stats_snapshot(&stats);
    assert_in_range(now.latency_p50_us, 50000, 56250);
    assert_in_range(now.latency_p90_us, 90000, 100000);
    assert_in_range(now.latency_p99_us, 99000, 100000);
    assert_int_equal(now.latency_max_us, 100000);
}

/* One slow call in 100 does not change the 99th percentile. Two do. */
static void test_ranks(void **state)
{
    (void)state;
    for (int i = 0; i < 99; i++)
        end_call(ALUNO_OK, 5);
    end_call(ALUNO_OK, 70000);
    assert_int_equal(aluno__stats_snapshot(&stats).latency_p99_us, 5);
    end_call(ALUNO_OK, 70000);
    assert_int_equal(aluno__stats_snapshot(&stats).latency_p99_us, 70000);
    assert_int_equal(aluno__stats_snapshot(&stats).latency_p90_us, 5);
}

static void test_failures_have_no_latency(void **state)
{
    (void)state;
    end_call(ALUNO_OK, 7);
    end_call(ALUNO_DEADLINE_EXCEEDED, 5000000);
    const aluno_statistics now = aluno__stats_snapshot(&stats);
    assert_int_equal(now.succeeded, 1);
    assert_int_equal(now.failed, 1);
    assert_int_equal(now.latency_max_us, 7);
    assert_int_equal(now.latency_p99_us, 7);
}

static void test_attempts(void **state)
{
    (void)state;
    for (int64_t number = 1; number <= 3; number++)
        aluno__stats_call_attempted(&stats, number, number == 3);
    const aluno_statistics now = aluno__stats_snapshot(&stats);
    assert_int_equal(now.attempts, 3);
    assert_int_equal(now.retries, 2);
    assert_int_equal(now.replays, 1);
}

static void test_in_progress(void **state)
{
    (void)state;
    aluno__stats_call_begun(&stats);
    aluno__stats_call_begun(&stats);
    assert_int_equal(aluno__stats_snapshot(&stats).in_progress, 2);
    aluno__stats_call_ended(&stats, ALUNO_OK, 1);
    aluno__stats_call_ended(&stats, ALUNO_CANCELLED, 1);
    assert_int_equal(aluno__stats_snapshot(&stats).in_progress, 0);
    assert_int_equal(aluno__stats_snapshot(&stats).calls, 2);
}

/* Keeps the last reason, of TLS only. */
static void test_tls_reason(void **state)
{
    (void)state;
    assert_string_equal(aluno__stats_snapshot(&stats).last_tls_reason, "");
    aluno__stats_handshake_failed(&stats, ALUNO_REASON_TLS_EXPIRED);
    aluno__stats_handshake_failed(&stats, ALUNO_REASON_CONNECTION_LOST);
    assert_string_equal(aluno__stats_snapshot(&stats).last_tls_reason, "TLS_EXPIRED");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_nothing_yet, set_up),
        cmocka_unit_test_setup(test_one_call_is_all_quantiles, set_up),
        cmocka_unit_test_setup(test_precision, set_up),
        cmocka_unit_test_setup(test_longest, set_up),
        cmocka_unit_test_setup(test_quantiles, set_up),
        cmocka_unit_test_setup(test_ranks, set_up),
        cmocka_unit_test_setup(test_failures_have_no_latency, set_up),
        cmocka_unit_test_setup(test_attempts, set_up),
        cmocka_unit_test_setup(test_in_progress, set_up),
        cmocka_unit_test_setup(test_tls_reason, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
