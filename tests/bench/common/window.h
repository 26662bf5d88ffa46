/* The time that is measured: begins after a warm-up, ends after job.seconds, and is printed as one row. */
#ifndef BENCH_WINDOW_H
#define BENCH_WINDOW_H

#include "histogram.h"
#include "job.h"
#include "meter.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct window {
    const job *job;
    uint64_t turn_ns;  /* when the warm-up or the window ends */
    unsigned warm_ups; /* disturbed ones so far */
    bool measuring, done;
    meter from, to;
    uint64_t work;     /* what the calls of the window did, such as rows */
    size_t reply_size; /* of one call, in bytes; 0: not known */
    histogram latencies;
} window;

/* Begins the warm-up. It is repeated, a few times at most, while other processes use the machine. */
void window_open(window *w, const job *j);

/* Counts a call that has ended now. Returns whether the load goes on. One thread at a time. */
bool window_record(window *w, uint64_t started_ns);

/* Counts a call that did so many units of work. */
bool window_record_work(window *w, uint64_t started_ns, uint64_t work);

/* Prints the row: the point, units of work a second, the latency's median and 99th percentile, the CPU of
 * server and client a unit of work, in microseconds, the cores that other processes used, and the size of a
 * reply. */
void window_print(const window *w);

#ifdef __cplusplus
}
#endif

#endif
