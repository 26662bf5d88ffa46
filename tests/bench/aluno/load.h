/* The kinds of load. Each runs until the window is done, and exits on failure. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "window.h"

/* Blocking calls, one at a time. */
void load_sync(window *w, const job *j);

/* A number of calls in flight, over one or more connections, all dispatched by this thread. */
void load_async(window *w, const job *j);

/* Opens a client, makes a call and closes the client. */
void load_connect(window *w, const job *j);

/* Makes a call on a client whose connection has just been lost. */
void load_reconnect(window *w, const job *j);

/* Creates the students 1 to job.students, in batches. */
void load_fill(window *w, const job *j);

#endif
