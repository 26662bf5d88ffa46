/* A sink that files each value under its metric. */
#include "status/facts.h"

struct filing {
    struct metric_sink sink; /* first: the callbacks get it */
    struct facts *out;
};

static struct facts *facts_of(struct metric_sink *sink)
{
    return ((struct filing *)(void *)sink)->out;
}

static void add(struct facts_list *list, const char *label, int64_t value)
{
    if (list->count == FACTS_LABELS)
        return;
    list->items[list->count].label = label;
    list->items[list->count++].value = value;
}

static void add_counted(struct facts_list *list, const char *label, int64_t value)
{
    if (value > 0)
        add(list, label, value);
}

/* The method's element: names are compared by their address. */
static struct facts_method *method_named(struct facts *facts, const char *name)
{
    struct facts_method *method = facts->methods;
    while (method->name != NULL && method->name != name)
        method++;
    method->name = name;
    return method;
}

static void count_calls(struct facts_method *method, const char *code, int64_t count)
{
    method->answered += count;
    method->failed += strcmp(code, aluno_code_name(ALUNO_OK)) != 0 ? count : 0;
}

static void file_value(struct metric_sink *sink, const struct metric *metric, const char *const labels[2],
                       int64_t value)
{
    struct facts *facts = facts_of(sink);
    switch (metric->id) {
    case METRIC_not_serving:
        facts->problem = aluno_reason_named(labels[0]);
        break;
    case METRIC_calls:
        count_calls(method_named(facts, labels[0]), labels[1], value);
        break;
    case METRIC_refused:
        add_counted(&facts->refused, labels[0], value);
        break;
    case METRIC_limit_reached:
        add_counted(&facts->limits_reached, labels[0], value);
        break;
    case METRIC_backups:
        add_counted(&facts->backups, labels[0], value);
        break;
    case METRIC_tls_file_remaining:
        add(&facts->files, labels[0], value);
        break;
    default:
        facts->values[metric->id] = value;
    }
}

static void file_distribution(struct metric_sink *sink, const struct metric *metric,
                              const char *const labels[2], const struct distribution_reading *reading)
{
    struct facts *facts = facts_of(sink);
    if (metric->id == METRIC_call_duration)
        method_named(facts, labels[0])->duration = *reading;
    else
        *(metric->id == METRIC_commit_changes ? &facts->commit_changes : &facts->sync_us) = *reading;
}

void facts_measure(struct service *service, struct facts *out)
{
    struct filing to = {.sink = {file_value, file_distribution}, .out = out};
    struct store_session *session = store_session_acquire(service->store);
    *out = (struct facts){.disk = service->disk};
    measure(service, session, &to.sink);
    store_session_release(service->store, session);
}

int64_t facts_answered(const struct facts *facts)
{
    int64_t count = 0;
    for (size_t i = 0; i < COUNTERS_METHODS; i++)
        count += facts->methods[i].answered;
    return count;
}

void facts_duration(const struct facts *facts, struct distribution_reading *out)
{
    *out = facts->methods[0].duration;
    for (size_t i = 1; i < COUNTERS_METHODS; i++)
        distribution_combine(out, &facts->methods[i].duration);
}
