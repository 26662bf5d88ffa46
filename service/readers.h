/* Threads for calls that may take long (pages, searches): on nng's threads they would delay all others. */
#ifndef ALUNOD_READERS_H
#define ALUNOD_READERS_H

#include <stdbool.h>
#include <stddef.h>

struct readers;

/* A task, embedded in the caller's own struct, which lives until `run` is called. */
struct reader_task {
    struct reader_task *next;
    void (*run)(struct reader_task *task);
};

/* Starts `count` threads; NULL when that fails. */
struct readers *readers_start(size_t count);

/* Queues a task: first in, first out. */
void readers_submit(struct readers *pool, struct reader_task *task);

/* Runs the queued tasks and ends the threads. NULL is allowed. */
void readers_stop(struct readers *pool);

#endif
