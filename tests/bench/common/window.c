#include "window.h"

#include <stdio.h>

enum { WARM_UP_NS = 300 * 1000 * 1000, WARM_UPS_MOST = 10 };

/* The cores that other processes may use without disturbing. */
static const double quiet = 0.15;

static void turn(window *w, uint64_t now_ns, uint64_t length_ns)
{
    w->from = meter_read(w->job->server);
    w->turn_ns = now_ns + length_ns;
}

void window_open(window *w, const job *j)
{
    w->job = j;
    turn(w, meter_ns(), WARM_UP_NS);
}

/* Ends a warm-up or the window. */
static void end_turn(window *w, uint64_t now_ns)
{
    w->to = meter_read(w->job->server);
    if (w->measuring) {
        w->done = true;
    } else if (meter_others(&w->from, &w->to) > quiet && ++w->warm_ups < WARM_UPS_MOST) {
        turn(w, now_ns, WARM_UP_NS);
    } else {
        w->measuring = true;
        turn(w, now_ns, (uint64_t)(w->job->seconds * 1e9));
    }
}

bool window_record_work(window *w, uint64_t started_ns, uint64_t work)
{
    const uint64_t now_ns = meter_ns();
    if (w->done)
        return false;
    if (w->measuring) {
        histogram_add(&w->latencies, now_ns - started_ns);
        w->work += work;
    }
    if (now_ns >= w->turn_ns)
        end_turn(w, now_ns);
    return !w->done;
}

bool window_record(window *w, uint64_t started_ns)
{
    return window_record_work(w, started_ns, 1);
}

void window_print(const window *w)
{
    const double work = w->work > 0 ? (double)w->work : 1;
    printf("%s\t%.1f\t%.1f\t%.1f\t%.2f\t%.2f\t%.2f\n", w->job->point,
           (double)w->work / (w->to.clock - w->from.clock), histogram_quantile(&w->latencies, 0.5) / 1e3,
           histogram_quantile(&w->latencies, 0.99) / 1e3, (w->to.server - w->from.server) * 1e6 / work,
           (w->to.client - w->from.client) * 1e6 / work, meter_others(&w->from, &w->to));
}
