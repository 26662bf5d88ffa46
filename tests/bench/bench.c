/* bench: the costs of the service, as ratios to baselines measured in the same run.
 *
 *   bench           all measurements, about a minute
 *   bench --smoke   a few calls of each: checks that it runs and that the replies are right
 *
 * A missed bar is reported but is not a failure: times depend on the machine. The exit code is 1 when a
 * measurement failed. */
#include "echo.h"
#include "figures.h"
#include "measure.h"
#include "place.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct scale full = {.rounds = 9,
                                  .reads = 30000,
                                  .creates = 4000,
                                  .inserts = 400,
                                  .pages = 2000,
                                  .lone = 5000,
                                  .hammered = 1000};
static const struct scale smoke = {
    .rounds = 2, .reads = 200, .creates = 200, .inserts = 5, .pages = 70, .lone = 20, .hammered = 20};

static bool measure(const struct scale *scale)
{
    subject s = {.scale = scale};
    report_head();
    bool done = measure_start(scale) && subject_start(&s, "service.db", NULL);
    if (done) {
        measure_memory(&s, "memory, idle", 12);
        done = measure_create(&s) && measure_get(&s) && measure_page(&s) && measure_latency(&s) &&
               measure_connect(&s) && measure_hammer(&s);
        measure_memory(&s, "memory, after all of it", 0);
    }
    subject_stop(&s);
    return done;
}

int main(int argc, char *argv[])
{
    if (argc == 4 && strcmp(argv[1], "--echo") == 0) { /* process.c starts the echo server so */
        place_enter(argv[3]);
        return echo_serve(argv[2]);
    }
    const bool is_smoke = argc == 2 && strcmp(argv[1], "--smoke") == 0;
    if (argc > 1 && !is_smoke) {
        fprintf(stderr, "usage: bench [--smoke]\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    const bool done = place_make() && measure(is_smoke ? &smoke : &full);
    place_remove();
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
