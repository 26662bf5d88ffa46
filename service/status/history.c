/* A point is the difference of two measurements. */
#include "status/history.h"

#include <string.h>

static void push(struct history *history, enum history_series series, double value)
{
    double *values = history->values[series];
    memmove(values, values + 1, (HISTORY_POINTS - 1) * sizeof *values);
    values[HISTORY_POINTS - 1] = value;
}

void history_add(struct history *history, const struct facts *facts, int64_t now_ms)
{
    struct distribution_reading duration, since;
    const int64_t answered = facts_answered(facts), passed_ms = now_ms - history->measured_ms;
    facts_duration(facts, &duration);
    if (history->measured_ms != 0 && passed_ms > 0) {
        since = duration;
        distribution_subtract(&since, &history->duration);
        push(history, HISTORY_CALLS, (double)(answered - history->answered) * 1000 / (double)passed_ms);
        push(history, HISTORY_SLOW_MS, (double)distribution_percentile(&since, 99) / 1000);
        push(history, HISTORY_CONNECTIONS, (double)facts->values[METRIC_connections]);
        push(history, HISTORY_WAITING,
             (double)(facts->values[METRIC_searches_waiting] + facts->values[METRIC_changes_waiting]));
        history->count += history->count < HISTORY_POINTS;
    }
    history->measured_ms = now_ms;
    history->answered = answered;
    history->duration = duration;
}
