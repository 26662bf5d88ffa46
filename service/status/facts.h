/* All measured values at one moment, by metric: for the page and its history. */
#ifndef ALUNOD_STATUS_FACTS_H
#define ALUNOD_STATUS_FACTS_H

#include "metrics/measure.h"

enum { FACTS_LABELS = 40 };

/* Values by their first label. Beyond FACTS_LABELS they are left out. */
struct facts_list {
    size_t count;
    struct {
        const char *label;
        int64_t value;
    } items[FACTS_LABELS];
};

struct facts_method {
    const char *name; /* "aluno.v1.StudentService/GetStudent" */
    int64_t answered, failed;
    struct distribution_reading duration; /* µs */
};

struct facts {
    int64_t values[METRIC_COUNT];                       /* of a metric without labels */
    const aluno_reason_desc *problem;                   /* NULL: it serves */
    struct facts_list refused, limits_reached, backups; /* those above 0 */
    struct facts_list files;                            /* µs until they end */
    struct facts_method methods[COUNTERS_METHODS];
    struct distribution_reading commit_changes, sync_us;
    enum disk_encryption disk; /* of the database */
};

void facts_measure(struct service *service, struct facts *out);

/* The number of calls, and how long they took. */
int64_t facts_answered(const struct facts *facts);
void facts_duration(const struct facts *facts, struct distribution_reading *out);

#endif
