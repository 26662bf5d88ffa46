/* Threads for calls that may take long (pages, searches): on nng's threads they would delay all others.
 * While other work must not wait they rest between tasks, so that a processor is free when it comes.
 *
 * Tasks wait in lines, one a caller, and the lines take turns: a caller with many tasks delays another's by
 * one task. */
#ifndef ALUNOD_READERS_H
#define ALUNOD_READERS_H

#include <stdbool.h>
#include <stddef.h>

struct readers;

/* A task, embedded in the caller's own struct, which lives until `run` is called. */
struct reader_task {
    struct reader_task *next;              /* NULL, in a pool that runs one at once */
    void (*run)(struct reader_task *task); /* the first of those that are linked by `next` */
};

/* A line of tasks. Begin with {0}; it must live while tasks wait in it. */
struct reader_line {
    struct reader_line *next; /* in the order of turns */
    struct reader_task *first, *last;
    size_t count;
};

/* Starts `count` threads; NULL when that fails. Each takes as many tasks as wait, up to `together`; where
 * that is more than one, all have the same `run`. A thread whose task has ended asks must_rest(argument), on
 * that thread, whether to rest before it takes the next one: for some times as long as the task took. */
struct readers *readers_start(size_t count, size_t together, bool (*must_rest)(void *argument),
                              void *argument);

/* Queues a task at the end of its line. False when `most` tasks wait there already. */
bool readers_submit(struct readers *pool, struct reader_line *line, struct reader_task *task, size_t most);

/* Gives a task to a thread that is idle. False when there is none. */
bool readers_offer(struct readers *pool, struct reader_task *task);

/* How many tasks wait. */
size_t readers_waiting(struct readers *pool);

/* Runs the queued tasks and ends the threads. NULL is allowed. */
void readers_stop(struct readers *pool);

#endif
