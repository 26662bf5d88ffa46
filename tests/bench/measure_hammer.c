/* Measures the effect of a client with deadlines of 1 ms on another client, compared with the same client
 * with long deadlines, and with none. */
#include "measure.h"

#include "figures.h"
#include "requests.h"

#include <aluno/schema.h>

#include <stdlib.h>
#include <time.h>

enum side { ALONE, BESIDE_PATIENCE, BESIDE_IMPATIENCE, SIDES };

static const int64_t timeouts_ms[SIDES] = {0, 30 * 1000, 1};

static const double begun_cpu = 0.05, most_wait = 10; /* seconds */

/* The medians of each round's median and 99th percentile. */
struct latencies {
    double middle[ROUNDS_MAX], late[ROUNDS_MAX];
};

/* Starts the hammer of that side, if it has one, and waits until it makes calls. */
static bool start_hammer(process *hammer, const subject *s, enum side side)
{
    const struct timespec moment = {.tv_nsec = 1000 * 1000};
    const double until = steady_seconds() + most_wait;
    if (side == ALONE)
        return true;
    if (!process_start_hammer(hammer, s->service.url, timeouts_ms[side]))
        return false;
    while (process_cpu(hammer) < begun_cpu && steady_seconds() < until)
        nanosleep(&moment, NULL);
    return process_cpu(hammer) >= begun_cpu;
}

static bool run_side(const subject *s, const workload *work, enum side side, double *middle, double *late)
{
    process hammer = {.pid = 0};
    const bool done = start_hammer(&hammer, s, side) && client_run(s->client, work);
    process_stop(&hammer);
    *middle = median(work->seconds, work->calls);
    *late = percentile(work->seconds, work->calls, 0.99);
    return done;
}

static void report_latencies(struct latencies *all, size_t rounds)
{
    double middle[SIDES], late[SIDES];
    for (int side = ALONE; side < SIDES; side++) {
        middle[side] = median(all[side].middle, rounds) * 1e6;
        late[side] = median(all[side].late, rounds) * 1e6;
    }
    report("GetStudent beside 1 ms calls", middle[BESIDE_IMPATIENCE] / middle[BESIDE_PATIENCE], "x",
           (struct bar){AT_MOST, 2}, "%.0f us; beside as many patient calls %.0f us; alone %.0f us",
           middle[BESIDE_IMPATIENCE], middle[BESIDE_PATIENCE], middle[ALONE]);
    report("... 99 % of them within", late[BESIDE_IMPATIENCE] / late[BESIDE_PATIENCE], "x",
           (struct bar){AT_MOST, 2}, "%.0f us; beside as many patient calls %.0f us; alone %.0f us",
           late[BESIDE_IMPATIENCE], late[BESIDE_PATIENCE], late[ALONE]);
}

bool measure_hammer(const subject *s)
{
    static struct latencies all[SIDES];
    const size_t calls = s->scale->hammered;
    aluno__buffer request = {0};
    double *seconds = calloc(calls, sizeof *seconds);
    request_get(&request, 1);
    const workload work = {.calls = calls,
                           .in_flight = 1,
                           .requests = &request,
                           .request_count = 1,
                           .accept = reply_succeeds,
                           .user = aluno_method_of(ALUNO_METHOD_get_student),
                           .seconds = seconds};
    bool done = seconds != NULL;
    for (size_t i = 0; done && i < s->scale->rounds; i++)
        for (enum side side = ALONE; done && side < SIDES; side++)
            done = run_side(s, &work, side, &all[side].middle[i], &all[side].late[i]);
    if (done)
        report_latencies(all, s->scale->rounds);
    free(seconds);
    aluno__buffer_free(&request);
    return done;
}
