/* Which thread runs which call, by its method's effect:
 *
 *     READS    the thread that calls execute: it takes microseconds
 *     SCANS    a thread of service->readers, where callers take turns: on the caller's it would delay others
 *              A watch that finds no change waits in service->watches, on no thread, and runs again
 *     MUTATES  a thread of the store, which reports back when the change is durable; the calling thread when
 *              no other change is on its way and nng has a thread for the other calls
 *
 * A page of students in the order of ids takes less than a hop to another thread and back, and runs as READS
 * do; but on a reader that is idle while other calls are in progress, which need the calling thread.
 *
 * Over a store of another machine (service->is_remote) no thread of the callers' waits for it: lookups by id
 * run on threads of service->lookups, those that wait together by one statement, all other reads of students
 * as SCANS do, and all changes on threads of the store. */
#ifndef ALUNOD_EXECUTE_H
#define ALUNOD_EXECUTE_H

#include "call.h"

/* A call on its way, embedded in its owner's struct. Begin with {0}; reuse it for any number of calls, one
 * after another; end with execution_free. */
struct execution {
    bool is_busy;           /* set by the owner before execute: other calls are in progress */
    struct outcome outcome; /* the reply, once `done` is called */
    struct call call;
    void (*done)(struct execution *execution);
    /* Or NULL. Called at most once a call, on any thread: the call waits for changes from now on, perhaps for
     * long. */
    void (*waits)(struct execution *execution);
    struct store_change change; /* while it waits for the store */
    struct reader_task task;    /* while it waits for a reader */
    struct watch watch;         /* while it watches the students */
    bool is_watch;              /* it counts as a watch; the owner clears it when it counts the call's end */
    bool has_waited;
};

/* Answers the request in `bytes`, which must stay until `done` is called: once, from any thread, perhaps
 * before execute returns. */
void execute(struct execution *execution, struct service *service, const struct caller *caller,
             const uint8_t *bytes, size_t size, void (*done)(struct execution *execution));

void execution_free(struct execution *execution);

#endif
