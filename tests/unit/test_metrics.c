/* service/metrics and their exposition: what is counted, and Prometheus' text format. */
#include "call_bed.h"

#include "metrics/measure.h"
#include "status/exposition.h"

/* ---- histograms ---- */

static void values_have_buckets(void **state)
{
    struct distribution distribution = {.scale = &distribution_powers_of_two};
    struct distribution_reading reading;
    (void)state;
    distribution_read(&distribution, &reading);
    assert_int_equal(distribution_percentile(&reading, 50), 0);
    for (int64_t value = 1; value <= 4; value++)
        distribution_add(&distribution, value);
    distribution_add(&distribution, 5000);
    distribution_read(&distribution, &reading);
    assert_int_equal(reading.counts[0], 1);
    assert_int_equal(reading.counts[1], 1);
    assert_int_equal(reading.counts[2], 2);
    assert_int_equal(reading.counts[13], 1);
    assert_int_equal(reading.count, 5);
    assert_int_equal(reading.sum, 5010);
    assert_int_equal(distribution_percentile(&reading, 20), 1);
    assert_int_equal(distribution_percentile(&reading, 80), 4);
    assert_int_equal(distribution_percentile(&reading, 60), 3);
    assert_int_equal(distribution_percentile(&reading, 99), 4096);
}

/* ---- the exposition ---- */

/* All metrics as text, which the caller frees. */
static char *expose(call_bed *bed)
{
    aluno__buffer out = {0};
    struct store_session *session = store_session_acquire(bed->service.store);
    exposition_write(&bed->service, session, &out);
    store_session_release(bed->service.store, session);
    aluno__buffer_append(&out, "", 1);
    assert_false(out.failed);
    return (char *)out.data;
}

static void check_line(const char *text, const char *line)
{
    char whole[256];
    snprintf(whole, sizeof whole, "\n%s\n", line);
    if (strstr(text, whole) == NULL)
        fail_msg("%s: not in\n%s", line, text);
}

static void check_no_line(const char *text, const char *begin)
{
    char whole[256];
    snprintf(whole, sizeof whole, "\n%s", begin);
    if (strstr(text, whole) != NULL)
        fail_msg("%s: in\n%s", begin, text);
}

static void calls_are_counted(void **state)
{
    call_bed *bed = *state;
    bed_add(bed, "Ana", 20, 52998224725);
    bed_add(bed, "Rui", 30, 39053344705);
    assert_int_equal(bed_get_by_id(bed, 99), ALUNO_NOT_FOUND);
    aluno__buffer_reset(&bed->request);
    aluno__buffer_append(&bed->request, "junk", 4);
    exchange_begin(bed, &bed->last, &bed->request);
    exchange_wait(&bed->last);
    char *text = expose(bed);
    check_line(text, "aluno_calls_total{method=\"aluno.v1.StudentService/CreateStudent\",code=\"OK\"} 2");
    check_line(text, "aluno_calls_total{method=\"aluno.v1.StudentService/GetStudent\",code=\"NOT_FOUND\"} 1");
    check_line(text, "aluno_calls_total{method=\"aluno.v1.StudentService/DeleteStudent\",code=\"OK\"} 0");
    check_line(text, "aluno_calls_total{method=\"unknown\",code=\"INVALID_ARGUMENT\"} 1");
    check_line(text, "aluno_call_duration_seconds_count{method=\"aluno.v1.StudentService/CreateStudent\"} 2");
    check_line(text, "aluno_students 2");
    check_line(text, "aluno_serving 1");
    check_no_line(text, "aluno_not_serving{");
    free(text);
}

static void what_others_count_is_shown(void **state)
{
    call_bed *bed = *state;
    counters_handshake(&bed->service.counters, false);
    counters_handshake(&bed->service.counters, true);
    counters_handshake(&bed->service.counters, true);
    counters_silent(&bed->service.counters);
    counters_refusal(&bed->service.counters, aluno_reason_named("BUSY"));
    limits_reach(&bed->service.limits, LIMIT_idle_ms);
    atomic_store(&bed->service.counters.file_ends_ms[1], 1000); /* in 1970 */
    atomic_store(&bed->service.draining, true);
    char *text = expose(bed);
    check_line(text, "aluno_handshakes_total{kind=\"full\"} 1");
    check_line(text, "aluno_handshakes_total{kind=\"resumed\"} 2");
    check_line(text, "aluno_connections_silent_total 1");
    check_line(text, "aluno_connections_refused_total{reason=\"BUSY\"} 1");
    check_line(text, "aluno_connections_refused_total{reason=\"TLS_EXPIRED\"} 0");
    check_line(text, "aluno_limit_reached_total{option=\"idle-ms\"} 1");
    check_line(text, "aluno_limit{option=\"idle-ms\"} 900000");
    check_line(text, "aluno_serving 0");
    check_line(text, "aluno_not_serving{reason=\"DRAINING\"} 1");
    check_line(text, "aluno_backups_total{outcome=\"done\"} 0");
    assert_non_null(strstr(text, "aluno_tls_file_remaining_seconds{file=\"cert\"} -1"));
    check_no_line(text, "aluno_tls_file_remaining_seconds{file=\"crl\"}");
    atomic_store(&bed->service.draining, false);
    free(text);
}

static void the_last_check_is_shown(void **state)
{
    call_bed *bed = *state;
    struct checks_facts facts;
    char last[96];
    char *text = expose(bed);
    check_line(text, "aluno_check_last_timestamp_seconds 0.000");
    check_line(text, "aluno_check_complete 0");
    free(text);
    assert_int_equal(checks_start(&bed->service.checks, bed->service.store, 0, 3600000, NULL), ALUNO_OK);
    do
        checks_measure(bed->service.checks, &facts);
    while (facts.end_ms == 0);
    text = expose(bed);
    check_line(text, "aluno_checks_total{outcome=\"sound\"} 1");
    check_line(text, "aluno_checks_total{outcome=\"damaged\"} 0");
    snprintf(last, sizeof last, "aluno_check_last_timestamp_seconds %.3f", (double)facts.end_ms / 1e3);
    check_line(text, last);
    check_line(text, "aluno_check_complete 1");
    check_line(text, "aluno_check_damaged_pages 0");
    check_line(text, "aluno_check_damaged_tables 0");
    free(text);
}

/* ---- the format: what promtool checks, and more ---- */

/* Where a sample's name, without a histogram's ending, is that of the present metric. */
static bool is_sample_of(const char *line, const char *metric, bool is_histogram)
{
    static const char *const endings[] = {"_bucket{", "_sum", "_count"};
    const size_t size = strlen(metric);
    if (strncmp(line, metric, size) != 0)
        return false;
    for (size_t i = 0; is_histogram && i < 3; i++)
        if (strncmp(line + size, endings[i], strlen(endings[i])) == 0)
            return true;
    return !is_histogram && (line[size] == ' ' || line[size] == '{');
}

/* The place in the table of a metric that comes after those below `from`. */
static size_t place_of(const char *metric, size_t from)
{
    while (from < METRIC_COUNT && strcmp(metric_of((enum metric_id)from)->name, metric) != 0)
        from++;
    return from;
}

/* HELP, TYPE and the samples of each metric, in this order, each metric once; every value is a number. */
static void the_format_is_prometheus(void **state)
{
    char *text = expose(*state), *rest = text, metric[96] = "", kind[16] = "", value[32];
    size_t next = 0, metrics = 0;
    for (char *line; (line = strsep(&rest, "\n")) != NULL && *line != '\0';) {
        if (sscanf(line, "# HELP %95s", metric) == 1) {
            assert_int_equal(line[strlen(line) - 1], '.');
            next = place_of(metric, next) + 1;
            assert_true(next <= METRIC_COUNT);
            metrics++;
        } else if (sscanf(line, "# TYPE %*s %15s", kind) == 1) {
            assert_memory_equal(line + strlen("# TYPE "), metric, strlen(metric));
        } else {
            char *end;
            snprintf(value, sizeof value, "%s", strrchr(line, ' ') + 1);
            (void)strtod(value, &end);
            if (*end != '\0' || !is_sample_of(line, metric, strcmp(kind, "histogram") == 0))
                fail_msg("%s after %s", line, metric);
        }
    }
    assert_int_equal(metrics, METRIC_COUNT - 2); /* it serves, and has no files for TLS */
    free(text);
}

/* Buckets hold all below their bound, and the last one all. */
static void buckets_add_up(void **state)
{
    call_bed *bed = *state;
    const aluno_method_desc *method = aluno_method_of(ALUNO_METHOD_describe);
    static const int64_t durations[] = {10, 50, 51, 1000, 9999999, 10000001};
    for (size_t i = 0; i < sizeof durations / sizeof *durations; i++)
        counters_call(&bed->service.counters, method, ALUNO_OK, durations[i]);
    char *text = expose(bed);
#define DESCRIBE "method=\"aluno.v1.ServerService/Describe\""
    check_line(text, "aluno_call_duration_seconds_bucket{" DESCRIBE ",le=\"5e-05\"} 2");
    check_line(text, "aluno_call_duration_seconds_bucket{" DESCRIBE ",le=\"0.001\"} 4");
    check_line(text, "aluno_call_duration_seconds_bucket{" DESCRIBE ",le=\"10\"} 5");
    check_line(text, "aluno_call_duration_seconds_bucket{" DESCRIBE ",le=\"+Inf\"} 6");
    check_line(text, "aluno_call_duration_seconds_sum{" DESCRIBE "} 20.001111");
    check_line(text, "aluno_call_duration_seconds_count{" DESCRIBE "} 6");
    free(text);
}

/* ---- GetStatistics ---- */

static const aluno_server_statistic *statistic(const call_bed *bed, const char *name, const char *labels)
{
    const aluno_server_statistics *reply = &bed->reply.server_statistics;
    for (size_t i = 0; i < reply->statistics.count; i++) {
        const aluno_server_statistic *at = &reply->statistics.items[i];
        if (strcmp(at->name, name) == 0 && strcmp(at->has.labels ? at->labels : "", labels) == 0)
            return at;
    }
    return NULL;
}

static aluno_code get_statistics(call_bed *bed, aluno_role role)
{
    const aluno_get_statistics_request request = {.has = {.none = false}};
    bed_call_as(bed, "ana", role);
    return bed_call(bed, ALUNO_METHOD_get_statistics, &request);
}

static void an_admin_gets_them_as_a_message(void **state)
{
    call_bed *bed = *state;
    counters_call(&bed->service.counters, aluno_method_of(ALUNO_METHOD_describe), ALUNO_OK, 1000);
    ALUNO_SET_TEXT(bed->metadata, language, "pt-BR");
    assert_int_equal(get_statistics(bed, ALUNO_ROLE_registrar), ALUNO_PERMISSION_DENIED);
    assert_int_equal(get_statistics(bed, ALUNO_ROLE_admin), ALUNO_OK);
    const aluno_server_statistic *found =
        statistic(bed, "aluno_calls_total", "method=aluno.v1.ServerService/Describe,code=OK");
    assert_int_equal(found->value, 1);
    assert_false(found->has.unit);
    assert_string_equal(found->doc, "Chamadas respondidas");
    found =
        statistic(bed, "aluno_call_duration_seconds", "method=aluno.v1.ServerService/Describe,quantile=0.99");
    assert_int_equal(found->value, 1000);
    assert_string_equal(found->unit, "us");
    found = statistic(bed, "aluno_call_duration_seconds_count", "method=aluno.v1.ServerService/Describe");
    assert_int_equal(found->value, 1);
    assert_string_equal(statistic(bed, "aluno_start_timestamp_seconds", "")->unit, "unix_ms");
    assert_null(statistic(bed, "aluno_connections_silent_total", ""));
    assert_true(bed->reply.server_statistics.server_time >= bed->service.start_ms);
}

/* Counters that do not fit in the message are left out. */
static void there_may_be_more_than_fit(void **state)
{
    call_bed *bed = *state;
    for (size_t method = 0; method < COUNTERS_METHODS; method++)
        for (int code = 0; code < COUNTERS_CODES; code++)
            counters_call(&bed->service.counters,
                          method < ALUNO_METHOD_COUNT ? aluno_method_of((aluno_method_id)method) : NULL,
                          (aluno_code)code, 1);
    assert_int_equal(get_statistics(bed, ALUNO_ROLE_admin), ALUNO_OK);
    assert_int_equal(bed->reply.server_statistics.statistics.count, 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_have_buckets),
        cmocka_unit_test_setup_teardown(calls_are_counted, call_bed_set_up, call_bed_tear_down),
        cmocka_unit_test_setup_teardown(what_others_count_is_shown, call_bed_set_up, call_bed_tear_down),
        cmocka_unit_test_setup_teardown(the_last_check_is_shown, call_bed_set_up, call_bed_tear_down),
        cmocka_unit_test_setup_teardown(the_format_is_prometheus, call_bed_set_up, call_bed_tear_down),
        cmocka_unit_test_setup_teardown(buckets_add_up, call_bed_set_up, call_bed_tear_down),
        cmocka_unit_test_setup_teardown(an_admin_gets_them_as_a_message, call_bed_set_up, call_bed_tear_down),
        cmocka_unit_test_setup_teardown(there_may_be_more_than_fit, call_bed_set_up, call_bed_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
