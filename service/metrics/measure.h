/* Measures the service: each metric of the table, from the module that counts it. */
#ifndef ALUNOD_METRICS_MEASURE_H
#define ALUNOD_METRICS_MEASURE_H

#include "metrics/distribution.h"
#include "metrics/metric.h"
#include "service.h"

/* Receives the measured values, metric by metric in the order of the table. Embedded in the caller's own
 * struct. `labels`: the values of the metric's labels. The texts are borrowed. */
struct metric_sink {
    void (*value)(struct metric_sink *sink, const struct metric *metric, const char *const labels[2],
                  int64_t value);
    void (*histogram)(struct metric_sink *sink, const struct metric *metric, const char *const labels[2],
                      const struct distribution_reading *reading);
};

/* Takes microseconds: atomics, short locks, the facts of files, and one statement on the session. */
void measure(struct service *service, struct store_session *session, struct metric_sink *sink);

#endif
