/* The table of metrics, metric.def, as descriptors. */
#ifndef ALUNOD_METRICS_METRIC_H
#define ALUNOD_METRICS_METRIC_H

#include <stddef.h>

enum metric_id {
#define METRIC(id, ...) METRIC_##id,
#include "metrics/metric.def"
    METRIC_COUNT
};

enum metric_kind { COUNTER, GAUGE, HISTOGRAM };

/* Of a value inside the service. */
enum metric_unit { NUMBER, BYTES, MICROSECONDS, UNIX_MS };

struct metric {
    enum metric_id id;
    const char *name; /* Prometheus' */
    enum metric_kind kind;
    enum metric_unit unit;
    const char *labels[2]; /* their names; NULL: none */
    const char *doc[2];    /* by aluno_language */
};

/* The row of an id below METRIC_COUNT. */
const struct metric *metric_of(enum metric_id id);

const char *metric_kind_name(enum metric_kind kind); /* "counter" */

/* "bytes", "us", "unix_ms"; "" of a number. */
const char *metric_unit_name(enum metric_unit unit);

#endif
