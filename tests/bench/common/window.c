#include "window.h"

#include <stdio.h>

enum { WARM_UPS_MOST = 10 };

static const double warm_up_seconds = 0.3;

/* The cores that other processes may use without disturbing. */
static const double quiet = 0.15;

static void turn(window *w, uint64_t now_ns, double seconds)
{
    w->from = meter_read(w->job->server);
    w->turn_ns = now_ns + (uint64_t)(seconds * 1e9);
}

static void warm_up(window *w, uint64_t now_ns)
{
    turn(w, now_ns, w->job->seconds < warm_up_seconds ? w->job->seconds : warm_up_seconds);
}

void window_open(window *w, const job *j)
{
    w->job = j;
    warm_up(w, meter_ns());
}

/* Ends a warm-up or the window. */
static void end_turn(window *w, uint64_t now_ns)
{
    w->to = meter_read(w->job->server);
    if (w->measuring) {
        w->done = true;
    } else if (meter_others(&w->from, &w->to) > quiet && ++w->warm_ups < WARM_UPS_MOST) {
        warm_up(w, now_ns);
    } else {
        w->measuring = true;
        turn(w, now_ns, w->job->seconds);
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
    printf("%s\t%.1f\t%.1f\t%.1f\t%.2f\t%.2f\t%.2f\t%zu\n", w->job->point,
           (double)w->work / (w->to.clock - w->from.clock), histogram_quantile(&w->latencies, 0.5) / 1e3,
           histogram_quantile(&w->latencies, 0.99) / 1e3, (w->to.server - w->from.server) * 1e6 / work,
           (w->to.client - w->from.client) * 1e6 / work, meter_others(&w->from, &w->to), w->reply_size);
}
