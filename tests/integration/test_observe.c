/* The interceptor's hooks around each attempt, and the client's statistics. */
#include "outcome.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>

enum { ATTEMPTS_MAX = 64, SUCCESSES = 20, FAILURES = 3, PATIENCE_MS = 20000 };

static const char trace[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-%016x-01";

static struct school school;
static aluno_client *client;

/* ---- the hooks' diary ---- */

struct entry {
    bool is_after;
    aluno_attempt attempt;
    char request_id[37], server[32], reason[64];
};

static struct {
    pthread_mutex_t lock;
    struct entry entries[ATTEMPTS_MAX];
    size_t count;
} diary = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void write_diary(const aluno_attempt *attempt, bool is_after)
{
    pthread_mutex_lock(&diary.lock);
    assert_true(diary.count < ATTEMPTS_MAX);
    struct entry *entry = &diary.entries[diary.count++];
    *entry = (struct entry){.is_after = is_after, .attempt = *attempt};
    snprintf(entry->server, sizeof entry->server, "%s", attempt->server);
    if (attempt->request_id != NULL)
        snprintf(entry->request_id, sizeof entry->request_id, "%s", attempt->request_id);
    if (attempt->error != NULL)
        snprintf(entry->reason, sizeof entry->reason, "%s", attempt->error->reason);
    pthread_mutex_unlock(&diary.lock);
}

/* A span for each attempt. */
static void before(void *user, aluno_attempt *attempt)
{
    assert_ptr_equal(user, &diary);
    write_diary(attempt, false);
    snprintf(attempt->traceparent, sizeof attempt->traceparent, trace, (unsigned)attempt->number);
}

static void after(void *user, const aluno_attempt *attempt)
{
    assert_ptr_equal(user, &diary);
    write_diary(attempt, true);
}

static bool has_two_entries(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&diary.lock);
    const bool has = diary.count >= 2;
    pthread_mutex_unlock(&diary.lock);
    return has;
}

static aluno_statistics stats_now(void)
{
    aluno_statistics stats = {.size = sizeof stats};
    aluno_client_statistics(client, &stats);
    return stats;
}

/* ---- attempts ---- */

static void test_one_attempt(void **state)
{
    (void)state;
    const aluno_create_student_request request = school_student(1);
    aluno_student stored;
    char server[32];
    assert_int_equal(aluno_create_student(client, &request, &stored, NULL, NULL), ALUNO_OK);
    assert_int_equal(diary.count, 2);
    const struct entry *begun = &diary.entries[0], *ended = &diary.entries[1];
    assert_false(begun->is_after);
    assert_true(ended->is_after);
    assert_int_equal(begun->attempt.number, 1);
    assert_int_equal(ended->attempt.number, 1);
    assert_ptr_equal(begun->attempt.method, aluno_method_of(ALUNO_METHOD_create_student));
    assert_true(begun->attempt.timeout_ms > 0 && begun->attempt.timeout_ms <= 5000);
    assert_string_equal(begun->attempt.traceparent, "");
    assert_int_equal(strlen(begun->request_id), 36);
    assert_string_equal(ended->request_id, begun->request_id);
    snprintf(server, sizeof server, "127.0.0.1:%u", school.port);
    assert_string_equal(begun->server, server);
    assert_int_equal(ended->attempt.code, ALUNO_OK);
    assert_string_equal(ended->reason, "");
    assert_int_equal(ended->attempt.retry_in_ms, -1);
    assert_true(ended->attempt.took_us > 0);
}

/* Each attempt has two numbered entries; all but the last announce another attempt. */
static void check_attempts(size_t from)
{
    assert_int_equal((diary.count - from) % 2, 0);
    for (size_t i = from; i < diary.count; i++) {
        const struct entry *entry = &diary.entries[i];
        const int64_t number = (int64_t)(i - from) / 2 + 1;
        const bool is_last = i + 1 == diary.count;
        char span[56];
        assert_int_equal(entry->is_after, (i - from) % 2 == 1);
        assert_int_equal(entry->attempt.number, number);
        assert_string_equal(entry->request_id, diary.entries[from].request_id);
        snprintf(span, sizeof span, trace, (unsigned)number);
        if (!entry->is_after)
            continue;
        assert_string_equal(entry->attempt.traceparent, span);
        assert_int_equal(entry->attempt.retry_in_ms >= 0, !is_last);
        assert_int_equal(entry->attempt.code == ALUNO_OK, is_last);
    }
}

/* The service restarts during a change: all attempts carry one request id, until one succeeds. */
static void test_attempts_until_one_succeeds(void **state)
{
    (void)state;
    const aluno_create_student_request request = school_student(2);
    struct outcome outcome = {0};
    assert_int_equal(aluno_client_connect(client, 0, NULL), ALUNO_OK);
    school_halt(&school);
    aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
    options.timeout_ms = PATIENCE_MS;
    outcome_start(client, ALUNO_METHOD_create_student, &request, &options, &outcome);
    school_kill(&school);
    assert_true(school_wait(has_two_entries, NULL, PATIENCE_MS));
    school_start(&school);
    outcome_wait_all(client);
    outcome_check(&outcome, "");
    assert_true(diary.count >= 4);
    assert_string_equal(diary.entries[1].reason, "CONNECTION_LOST");
    check_attempts(0);
    const aluno_statistics stats = stats_now();
    assert_int_equal(stats.calls, 1);
    assert_int_equal(stats.succeeded, 1);
    assert_int_equal(stats.attempts, diary.count / 2);
    assert_int_equal(stats.retries, diary.count / 2 - 1);
    assert_int_equal(stats.connections, 2);
}

static bool is_traced(void *unused)
{
    (void)unused;
    return school_count_in_log(&school, "trace=4bf92f3577b34da6a3ce929d0e0e4736") == 1;
}

/* The trace context is the caller's unless `before` changes it. The service logs the one sent. */
static void test_trace_context(void **state)
{
    (void)state;
    const aluno_create_student_request request = school_student(4);
    aluno_student stored;
    aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
    char own[56], written[56];
    snprintf(own, sizeof own, "00-%032x-%016x-01", 1u, 2u);
    snprintf(written, sizeof written, trace, 1u);
    options.traceparent = own;
    assert_int_equal(aluno_create_student(client, &request, &stored, &options, NULL), ALUNO_OK);
    assert_string_equal(diary.entries[0].attempt.traceparent, own);
    assert_string_equal(diary.entries[1].attempt.traceparent, written);
    assert_true(school_wait(is_traced, NULL, PATIENCE_MS));
}

/* ---- statistics ---- */

static void check_sums(const aluno_statistics *stats)
{
    assert_int_equal(stats->calls, stats->succeeded + stats->failed + stats->in_progress);
    assert_true(stats->latency_p50_us > 0);
    assert_true(stats->latency_p50_us <= stats->latency_p90_us);
    assert_true(stats->latency_p90_us <= stats->latency_p99_us);
    assert_true(stats->latency_p99_us <= stats->latency_max_us);
}

static void test_stats_add_up(void **state)
{
    (void)state;
    const aluno_health_check_request check = {0};
    const aluno_get_student_request nobody = {.has.id = true, .id = INT64_MAX};
    aluno_health_check_reply reply;
    aluno_student found;
    struct outcome outcome = {0};
    const aluno_statistics none = stats_now();
    assert_int_equal(none.calls + none.attempts, 0);
    assert_int_equal(none.latency_p50_us + none.latency_p99_us + none.latency_max_us, 0);
    assert_string_equal(none.last_tls_reason, "");
    for (size_t i = 0; i < SUCCESSES; i++)
        assert_int_equal(aluno_health_check(client, &check, &reply, NULL, NULL), ALUNO_OK);
    for (size_t i = 0; i < FAILURES; i++)
        assert_int_equal(aluno_get_student(client, &nobody, &found, NULL, NULL), ALUNO_NOT_FOUND);
    school_halt(&school);
    aluno_pending *call = outcome_start_check(client, &outcome);
    aluno_statistics stats = stats_now();
    assert_int_equal(stats.in_progress, 1);
    assert_int_equal(stats.succeeded, SUCCESSES);
    assert_int_equal(stats.failed, FAILURES);
    assert_int_equal(stats.attempts, SUCCESSES + FAILURES);
    assert_int_equal(stats.retries + stats.replays, 0);
    assert_int_equal(stats.connections, 1);
    check_sums(&stats);
    aluno_cancel(call);
    outcome_wait_all(client);
    stats = stats_now();
    assert_int_equal(stats.in_progress, 0);
    assert_int_equal(stats.failed, FAILURES + 1);
    check_sums(&stats);
    school_resume(&school);
}

static void test_replays_are_counted(void **state)
{
    (void)state;
    const aluno_create_student_request request = school_student(3);
    aluno_reply_metadata metadata;
    aluno_student stored;
    aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
    options.metadata = &metadata;
    assert_int_equal(aluno_create_student(client, &request, &stored, &options, NULL), ALUNO_OK);
    char request_id[37];
    memcpy(request_id, metadata.request_id, sizeof request_id);
    options.request_id = request_id;
    assert_int_equal(aluno_create_student(client, &request, &stored, &options, NULL), ALUNO_OK);
    assert_true(metadata.replayed);
    assert_false(diary.entries[1].attempt.replayed);
    assert_true(diary.entries[3].attempt.replayed);
    assert_int_equal(diary.entries[3].attempt.number, 1); /* of this call */
    assert_int_equal(stats_now().replays, 1);
    assert_int_equal(stats_now().retries, 0);
}

/* The reason of a refused certificate is kept; calls without an attempt count as failed. */
static void test_last_tls_reason(void **state)
{
    (void)state;
    const aluno_health_check_request check = {0};
    aluno_health_check_reply reply;
    aluno_client_options options = school_client_options(&school);
    options.tls_name = "other.example";
    aluno_client_close(client);
    assert_int_equal(aluno_client_open(&client, &options, NULL), ALUNO_OK);
    assert_int_equal(aluno_health_check(client, &check, &reply, NULL, NULL), ALUNO_UNAUTHENTICATED);
    const aluno_statistics stats = stats_now();
    assert_string_equal(stats.last_tls_reason, "TLS_WRONG_HOST");
    assert_int_equal(stats.failed, 1);
    assert_int_equal(stats.attempts + stats.connections, 0);
}

/* A program built with older headers has a shorter struct, one built with newer ones a longer. */
static void test_sizes_of_the_struct(void **state)
{
    (void)state;
    const aluno_health_check_request check = {0};
    aluno_health_check_reply reply;
    struct {
        aluno_statistics stats;
        char beyond[64];
    } longer = {.stats.size = sizeof longer, .beyond = "untouched"};
    aluno_statistics shorter = {.size = offsetof(aluno_statistics, failed), .failed = 77};
    assert_int_equal(aluno_health_check(client, &check, &reply, NULL, NULL), ALUNO_OK);
    aluno_client_statistics(client, &shorter);
    aluno_client_statistics(client, &longer.stats);
    assert_int_equal(shorter.succeeded, 1);
    assert_int_equal(shorter.failed, 77);
    assert_int_equal(shorter.size, offsetof(aluno_statistics, failed));
    assert_int_equal(longer.stats.succeeded, 1);
    assert_int_equal(longer.stats.size, sizeof longer.stats);
    assert_string_equal(longer.beyond, "untouched");
}

/* ---- the library's one thread ---- */

static struct {
    atomic_size_t attempts, elsewhere;
    pthread_t first;
} threads;

static void note_thread(void *unused, const aluno_attempt *attempt)
{
    (void)unused, (void)attempt;
    if (atomic_fetch_add(&threads.attempts, 1) == 0)
        threads.first = pthread_self();
    else if (!pthread_equal(threads.first, pthread_self()))
        atomic_fetch_add(&threads.elsewhere, 1);
}

/* The last test: the process has one thread for good. */
static void test_one_thread(void **state)
{
    (void)state;
    static struct outcome outcomes[64]; /* fewer than one certificate may have in progress */
    aluno_client_options options = school_client_options(&school);
    options.interceptor.after = note_thread;
    aluno_client_close(client);
    aluno_use_one_thread();
    assert_int_equal(aluno_client_open(&client, &options, NULL), ALUNO_OK);
    assert_int_equal(aluno_client_connect(client, 0, NULL), ALUNO_OK);
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        outcome_start_check(client, &outcomes[i]);
    outcome_wait_all(client);
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        outcome_check(&outcomes[i], "");
    assert_int_equal(atomic_load(&threads.attempts), sizeof outcomes / sizeof *outcomes);
    assert_int_equal(atomic_load(&threads.elsewhere), 0);
}

static int set_up(void **state)
{
    school_set_up(state);
    aluno_client_options options = school_client_options(&school);
    options.interceptor = (aluno_interceptor){before, after, &diary};
    diary.count = 0;
    assert_int_equal(aluno_client_open(&client, &options, NULL), ALUNO_OK);
    return 0;
}

static int tear_down(void **state)
{
    aluno_client_close(client);
    return school_tear_down(state);
}

#define CLIENT_TEST(name) cmocka_unit_test_prestate_setup_teardown(name, set_up, tear_down, &school)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLIENT_TEST(test_one_attempt),         CLIENT_TEST(test_attempts_until_one_succeeds),
        CLIENT_TEST(test_trace_context),       CLIENT_TEST(test_stats_add_up),
        CLIENT_TEST(test_replays_are_counted), CLIENT_TEST(test_last_tls_reason),
        CLIENT_TEST(test_sizes_of_the_struct), CLIENT_TEST(test_one_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
