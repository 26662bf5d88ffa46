/* GetStatistics: a sink that fills in a list. */
#include "handlers.h"

#include "base/clock.h"
#include "metrics/measure.h"

#include <stdio.h>

struct listing {
    struct metric_sink sink; /* first: the callbacks get it */
    aluno_server_statistics *out;
    aluno_language language;
};

/* Adds a statistic; omits it when the list is full. */
static void add(struct listing *to, const struct metric *metric, const char *name, const char *labels,
                enum metric_unit unit, int64_t value)
{
    const size_t capacity = sizeof to->out->statistics.items / sizeof *to->out->statistics.items;
    if (to->out->statistics.count == capacity)
        return;
    aluno_server_statistic *statistic = &to->out->statistics.items[to->out->statistics.count++];
    aluno_clear(&aluno_server_statistic_type, statistic);
    ALUNO_SET_TEXT(*statistic, name, name);
    if (*labels != '\0')
        ALUNO_SET_TEXT(*statistic, labels, labels);
    ALUNO_SET(*statistic, value, value);
    if (unit != NUMBER)
        ALUNO_SET_TEXT(*statistic, unit, metric_unit_name(unit));
    ALUNO_SET_TEXT(*statistic, doc, metric->doc[to->language]);
}

/* "method=…,code=OK", and whatever comes last. */
static void write_labels(char out[128], const struct metric *metric, const char *const labels[2],
                         const char *last)
{
    size_t size = 0;
    out[0] = '\0';
    for (size_t i = 0; i < 2 && metric->labels[i] != NULL; i++)
        size += (size_t)snprintf(out + size, 128 - size, "%s%s=%s", i > 0 ? "," : "", metric->labels[i],
                                 labels[i]);
    if (*last != '\0')
        snprintf(out + size, 128 - size, "%s%s", size > 0 ? "," : "", last);
}

static void add_value(struct metric_sink *sink, const struct metric *metric, const char *const labels[2],
                      int64_t value)
{
    char text[128];
    if (metric->kind == COUNTER && value == 0)
        return;
    write_labels(text, metric, labels, "");
    add((struct listing *)(void *)sink, metric, metric->name, text, metric->unit, value);
}

static void add_histogram(struct metric_sink *sink, const struct metric *metric, const char *const labels[2],
                          const struct distribution_reading *reading)
{
    struct listing *to = (struct listing *)(void *)sink;
    char text[128], name[64];
    if (reading->count == 0)
        return;
    write_labels(text, metric, labels, "quantile=0.5");
    add(to, metric, metric->name, text, metric->unit, distribution_percentile(reading, 50));
    write_labels(text, metric, labels, "quantile=0.99");
    add(to, metric, metric->name, text, metric->unit, distribution_percentile(reading, 99));
    write_labels(text, metric, labels, "");
    snprintf(name, sizeof name, "%s_count", metric->name);
    add(to, metric, name, text, NUMBER, (int64_t)reading->count);
}

aluno_code handle_get_statistics(struct call *call, struct store_session *session,
                                 const aluno_get_statistics_request *request, aluno_server_statistics *reply,
                                 aluno_error *error)
{
    (void)request, (void)error;
    struct listing to = {.sink = {add_value, add_histogram}, .out = reply, .language = call->language};
    reply->statistics.count = 0;
    reply->has.statistics = true;
    measure(call->service, session, &to.sink);
    ALUNO_SET(*reply, server_time, aluno__clock_unix_ms());
    return ALUNO_OK;
}
