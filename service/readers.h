/* Threads for calls that may take long (pages, searches): on nng's own threads they would starve the others.
 */
#ifndef ALUNOD_READERS_H
#define ALUNOD_READERS_H

#include <stdbool.h>
#include <stddef.h>

struct readers;

/* A piece of work, embedded in the caller's own struct, which lives until `run` is called. */
typedef struct reader_task reader_task;
struct reader_task {
    reader_task *next;
    void (*run)(reader_task *task);
};

/* Starts `count` threads; NULL when that fails. */
struct readers *readers_start(size_t count);

/* Queues a task; the first in is the first run. */
void readers_submit(struct readers *pool, reader_task *task);

/* Runs what is queued, then ends the threads. NULL is allowed. */
void readers_stop(struct readers *pool);

#endif
