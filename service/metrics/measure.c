/* A function for each row of the table: a metric without one does not build. */
#include "metrics/measure.h"

#include "base/clock.h"
#include "expiry.h"
#include "log.h"

#include <aluno/version.h>

/* The sources that the rows measure, and the sink that receives the values. */
struct measuring {
    struct service *service;
    struct store_measures store;
    struct backups_measures backups;
    struct audit_measures audit;
    struct checks_facts checks;
    aluno_code health;
    aluno_error problem; /* unless health is ALUNO_OK */
    struct metric_sink *sink;
    const struct metric *metric; /* the row */
};

/* ---- to the sink ---- */

static void put_labelled(struct measuring *to, const char *label, const char *second, int64_t value)
{
    to->sink->value(to->sink, to->metric, (const char *const[2]){label, second}, value);
}

static void put(struct measuring *to, int64_t value)
{
    put_labelled(to, NULL, NULL, value);
}

static void put_counter(struct measuring *to, const char *label, const char *second,
                        atomic_uint_least64_t *counter)
{
    put_labelled(to, label, second, (int64_t)atomic_load_explicit(counter, memory_order_relaxed));
}

static void put_histogram(struct measuring *to, const char *label, struct distribution *distribution)
{
    struct distribution_reading reading;
    distribution_read(distribution, &reading);
    to->sink->histogram(to->sink, to->metric, (const char *const[2]){label, NULL}, &reading);
}

/* ---- the service ---- */

static void put_build(struct measuring *to)
{
    put_labelled(to, ALUNO_VERSION, NULL, 1);
}

static void put_start(struct measuring *to)
{
    put(to, to->service->start_ms);
}

static void put_serving(struct measuring *to)
{
    put(to, to->health == ALUNO_OK);
}

static void put_not_serving(struct measuring *to)
{
    if (to->health != ALUNO_OK)
        put_labelled(to, to->problem.reason, NULL, 1);
}

/* ---- calls ---- */

static const char *method_name(size_t row)
{
    return row < ALUNO_METHOD_COUNT ? aluno_method_of((aluno_method_id)row)->name : "unknown";
}

static void put_calls(struct measuring *to)
{
    for (size_t row = 0; row < COUNTERS_METHODS; row++)
        for (int code = 0; code < COUNTERS_CODES; code++) {
            atomic_uint_least64_t *counter = &to->service->counters.calls[row][code];
            const bool is_method = row < ALUNO_METHOD_COUNT;
            if ((code == ALUNO_OK && is_method) || atomic_load_explicit(counter, memory_order_relaxed) > 0)
                put_counter(to, method_name(row), aluno_code_name(code), counter);
        }
}

static void put_call_duration(struct measuring *to)
{
    for (size_t row = 0; row < COUNTERS_METHODS; row++)
        put_histogram(to, method_name(row), &to->service->counters.durations[row]);
}

static void put_calls_in_progress(struct measuring *to)
{
    put(to, (int64_t)atomic_load(&to->service->counters.calls_in_progress));
}

static void put_searches_waiting(struct measuring *to)
{
    put(to, (int64_t)readers_waiting(to->service->readers));
}

static void put_watches(struct measuring *to)
{
    put(to, (int64_t)watches_count(to->service->watches));
}

/* ---- the store ---- */

static void put_changes_waiting(struct measuring *to)
{
    put(to, to->store.changes_waiting);
}

static void put_commit_changes(struct measuring *to)
{
    put_histogram(to, NULL, to->store.commit_changes);
}

static void put_sync_duration(struct measuring *to)
{
    put_histogram(to, NULL, to->store.sync_us);
}

static void put_students(struct measuring *to)
{
    put(to, to->store.students);
}

static void put_database_bytes(struct measuring *to)
{
    put(to, to->store.database_bytes);
}

static void put_wal_bytes(struct measuring *to)
{
    put(to, to->store.wal_bytes);
}

static void put_disk_free_bytes(struct measuring *to)
{
    put(to, to->store.disk_free_bytes);
}

/* ---- connections ---- */

static void put_connections(struct measuring *to)
{
    put(to, (int64_t)atomic_load(&to->service->counters.connections));
}

static void put_handshakes_in_progress(struct measuring *to)
{
    put(to, (int64_t)atomic_load(&to->service->counters.handshaking));
}

static void put_handshakes(struct measuring *to)
{
    put_counter(to, "full", NULL, &to->service->counters.full_handshakes);
    put_counter(to, "resumed", NULL, &to->service->counters.resumed_handshakes);
}

static void put_refused(struct measuring *to)
{
    for (size_t i = 0; i < ALUNO_REASON_COUNT; i++) {
        const aluno_reason_desc *reason = aluno_reason_of((aluno_reason)i);
        atomic_uint_least64_t *counter = &to->service->counters.refused[i];
        if (reason->code == ALUNO_UNAUTHENTICATED || atomic_load_explicit(counter, memory_order_relaxed) > 0)
            put_counter(to, reason->name, NULL, counter);
    }
}

static void put_silent(struct measuring *to)
{
    put_counter(to, NULL, NULL, &to->service->counters.silent);
}

static void put_limit(struct measuring *to)
{
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        put_labelled(to, limit_option((enum limit)i), NULL, to->service->limits.most[i]);
}

static void put_limit_reached(struct measuring *to)
{
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        put_counter(to, limit_option((enum limit)i), NULL, &to->service->limits.reached[i]);
}

static void put_tls_file_remaining(struct measuring *to)
{
    const int64_t now_ms = aluno__clock_unix_ms();
    for (aluno__tls_file file = ALUNO_TLS_CA; file < ALUNO_TLS_FILES; file++) {
        const int64_t end_ms = atomic_load(&to->service->counters.file_ends_ms[file]);
        if (end_ms != 0)
            put_labelled(to, expiry_option(file) + strlen("--"), NULL, (end_ms - now_ms) * 1000);
    }
}

/* ---- the audit ---- */

static void put_audit_records(struct measuring *to)
{
    put(to, to->audit.records);
}

static void put_audit_failures(struct measuring *to)
{
    put(to, to->audit.failures);
}

static void put_audit_unsynced(struct measuring *to)
{
    put(to, to->audit.unsynced);
}

static void put_audit_last_sync(struct measuring *to)
{
    put(to, to->audit.last_sync);
}

static void put_audit_disk_free(struct measuring *to)
{
    put(to, to->audit.disk_free_bytes);
}

/* ---- backups, checks, the log ---- */

static void put_backups(struct measuring *to)
{
    put_labelled(to, "done", NULL, to->backups.done);
    put_labelled(to, "failed", NULL, to->backups.failed);
}

static void put_backup_last(struct measuring *to)
{
    put(to, to->backups.newest_ms);
}

static void put_backup_failing(struct measuring *to)
{
    put(to, to->backups.is_failing);
}

static void put_checks(struct measuring *to)
{
    put_labelled(to, "sound", NULL, to->checks.sound);
    put_labelled(to, "damaged", NULL, to->checks.damaged);
    put_labelled(to, "failed", NULL, to->checks.failed);
}

static void put_check_last(struct measuring *to)
{
    put(to, to->checks.end_ms);
}

static void put_check_complete(struct measuring *to)
{
    put(to, to->checks.end_ms != 0 && to->checks.found.unfinished_tables == 0);
}

static void put_check_damaged_pages(struct measuring *to)
{
    put(to, to->checks.found.damaged_pages);
}

static void put_check_damaged_tables(struct measuring *to)
{
    put(to, to->checks.found.damaged_tables);
}

static void put_log_dropped(struct measuring *to)
{
    put(to, (int64_t)log_dropped());
}

/* ---- all of them ---- */

void measure(struct service *service, struct store_session *session, struct metric_sink *sink)
{
    static void (*const rows[METRIC_COUNT])(struct measuring *) = {
#define METRIC(id, ...) [METRIC_##id] = put_##id,
#include "metrics/metric.def"
    };
    struct measuring to = {.service = service, .sink = sink};
    store_measure(service->store, session, &to.store);
    backups_measure(service->backups, &to.backups);
    checks_measure(service->checks, &to.checks);
    if (service->audit != NULL)
        audit_measure(service->audit, &to.audit);
    to.health = service_health(service, &to.problem);
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        to.metric = metric_of((enum metric_id)i);
        rows[i](&to);
    }
}
