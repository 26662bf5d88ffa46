/* Descriptors, expanded from the table. */
#include "metrics/metric.h"

static const struct metric metrics[METRIC_COUNT] = {
#define METRIC(id, name, kind, unit, label, second, en, pt)                                                  \
    {METRIC_##id, name, kind, unit, {label, second}, {en, pt}},
#include "metrics/metric.def"
};

const struct metric *metric_of(enum metric_id id)
{
    return &metrics[id];
}

const char *metric_kind_name(enum metric_kind kind)
{
    static const char *const names[] = {[COUNTER] = "counter", [GAUGE] = "gauge", [HISTOGRAM] = "histogram"};
    return names[kind];
}

const char *metric_unit_name(enum metric_unit unit)
{
    static const char *const names[] = {
        [NUMBER] = "", [BYTES] = "bytes", [MICROSECONDS] = "us", [UNIX_MS] = "unix_ms"};
    return names[unit];
}
