/* A sink that writes lines. Values of labels need no escapes: they are words of the tables. */
#include "status/exposition.h"

#include "metrics/measure.h"
#include "status/text.h"

#include <inttypes.h>
#include <stdio.h>

struct exposition {
    struct metric_sink sink; /* first: the callbacks get it */
    aluno__buffer *out;
    const struct metric *metric; /* whose HELP and TYPE are written */
};

static void begin_metric(struct exposition *to, const struct metric *metric)
{
    if (to->metric == metric)
        return;
    to->metric = metric;
    text_print(to->out, "# HELP %s %s.\n# TYPE %s %s\n", metric->name, metric->doc[ALUNO_EN], metric->name,
               metric_kind_name(metric->kind));
}

/* Writes {method="…",code="…",le="…"}; nothing without any label. */
static void write_labels(aluno__buffer *out, const struct metric *metric, const char *const labels[2],
                         const char *le)
{
    const char *between = "{";
    for (size_t i = 0; i < 2 && metric->labels[i] != NULL; i++) {
        text_print(out, "%s%s=\"%s\"", between, metric->labels[i], labels[i]);
        between = ",";
    }
    if (le != NULL)
        text_print(out, "%sle=\"%s\"", between, le);
    if (le != NULL || *between == ',')
        text_print(out, "}");
}

/* In Prometheus' units. */
static void format_value(char text[32], enum metric_unit unit, int64_t value)
{
    if (unit == MICROSECONDS)
        snprintf(text, 32, "%.9g", (double)value / 1e6);
    else if (unit == UNIX_MS)
        snprintf(text, 32, "%.3f", (double)value / 1e3);
    else
        snprintf(text, 32, "%" PRId64, value);
}

static void write_value(struct metric_sink *sink, const struct metric *metric, const char *const labels[2],
                        int64_t value)
{
    struct exposition *to = (struct exposition *)(void *)sink;
    char text[32];
    begin_metric(to, metric);
    format_value(text, metric->unit, value);
    text_print(to->out, "%s", metric->name);
    write_labels(to->out, metric, labels, NULL);
    text_print(to->out, " %s\n", text);
}

static void write_bucket(struct exposition *to, const char *const labels[2], const char *le, uint64_t count)
{
    text_print(to->out, "%s_bucket", to->metric->name);
    write_labels(to->out, to->metric, labels, le);
    text_print(to->out, " %" PRIu64 "\n", count);
}

static void write_histogram(struct metric_sink *sink, const struct metric *metric,
                            const char *const labels[2], const struct distribution_reading *reading)
{
    struct exposition *to = (struct exposition *)(void *)sink;
    char text[32];
    uint64_t below = 0;
    begin_metric(to, metric);
    for (size_t i = 0; i < reading->scale->count; i++) {
        below += reading->counts[i];
        format_value(text, metric->unit, reading->scale->bounds[i]);
        write_bucket(to, labels, text, below);
    }
    write_bucket(to, labels, "+Inf", reading->count);
    format_value(text, metric->unit, (int64_t)reading->sum);
    text_print(to->out, "%s_sum", metric->name);
    write_labels(to->out, metric, labels, NULL);
    text_print(to->out, " %s\n%s_count", text, metric->name);
    write_labels(to->out, metric, labels, NULL);
    text_print(to->out, " %" PRIu64 "\n", reading->count);
}

void exposition_write(struct service *service, struct store_session *session, aluno__buffer *out)
{
    struct exposition to = {.sink = {write_value, write_histogram}, .out = out};
    measure(service, session, &to.sink);
}
