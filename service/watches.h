/* The watches in progress: calls that wait until the feed of changes grows. A waiting call has no thread; one
 * thread serves all of them. It lets the calls run again after a commit, all that waited with one wake-up,
 * and answers those whose time is over, whose client is gone or has stopped them, and all when the service
 * drains.
 *
 *     watches_enter → run, watches_wait → run, watches_wait → … → watches_leave
 */
#ifndef ALUNOD_WATCHES_H
#define ALUNOD_WATCHES_H

#include "account.h"
#include "store/store.h"

struct watches;

/* A watch, embedded in its call. Set the first five members, then enter. */
struct watch {
    struct account *account;
    const atomic_bool *gone; /* the connection has closed */
    const char *id;          /* the caller's for it; NULL: none */
    /* Let the call run, which reads the feed anew; or answer with what its last run has found. Called on
     * whichever thread, and without a lock. */
    void (*run)(struct watch *watch);
    void (*answer)(struct watch *watch);

    /* Private to watches.c. */
    struct watch *next, **link, *chosen;
    int64_t until_ms;
    uint64_t seen; /* how often the feed had grown when the run began */
    bool is_waiting, has_run, is_stopped;
};

/* Starts the thread. It observes the store's feed. NULL without memory. */
struct watches *watches_start(struct store *store, struct limits *limits);

/* Ends the thread. No watch may be in progress. NULL is allowed. */
void watches_stop(struct watches *all);

/* Adds a watch; one of the same account and id that waits is answered. While changes are made, *later becomes
 * true, and `run` is called soon; else the caller runs it. BUSY when there are too many, and then it is not
 * added. */
aluno_code watches_enter(struct watches *all, struct watch *watch, bool *later, aluno_error *error);

/* At the start of each run: what is committed from now on makes it run again. */
void watches_begin_run(struct watches *all, struct watch *watch);

/* After a run that has found nothing. True: it waits, at most until then (monotonic clock), and maybe goes on
 * already on another thread. False: it must be answered. */
bool watches_wait(struct watches *all, struct watch *watch, int64_t until_ms);

/* Before the reply is sent. */
void watches_leave(struct watches *all, struct watch *watch);

/* After a connection has closed: answers its watches. */
void watches_drop_gone(struct watches *all);

/* Answers all watches, now and from now on. */
void watches_drain(struct watches *all);

/* How many are in progress. */
size_t watches_count(struct watches *all);

#endif
