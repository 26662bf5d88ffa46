/* Watches streams: ends operations that are past their deadline, and operations on streams whose TCP
 * connection is dead. nng 1.5.2 does neither: a TLS handshake never times out, and the end of a stream is
 * noticed only when a receive is queued.
 *
 * nng cannot be interrupted from outside. But whenever an operation is queued, a stream runs the TLS engine
 * for the first operation in its queue, the stuck one. So the watch's thread marks the stream, after which
 * the engine must fail, and queues an operation of its own, the kick: it completes the stuck operation and
 * then itself.
 *
 * Lock order: the watch's list, then a stream's lock. */
#ifndef ALUNO_NNG_WATCH_H
#define ALUNO_NNG_WATCH_H

#include "api.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ALUNO__NNG_NO_DEADLINE INT64_MAX
#define ALUNO__NNG_GREETED     (INT64_MAX - 1) /* as a deadline: none, and the stream can not be abandoned */

/* How many streams with a deadline there may be: of all that have bounds, and of these with one address. The
 * oldest beyond them expire. 0: no bound. Those whose peer has said something and those whose peer is silent
 * are counted apart, so that silence never takes the place of a peer who speaks. */
typedef struct aluno__nng_watch_bounds {
    size_t all, address;
} aluno__nng_watch_bounds;

/* Which of the bounds a stream was beyond. */
typedef enum aluno__nng_watch_bound {
    ALUNO__NNG_NO_BOUND,
    ALUNO__NNG_BOUND_ALL,
    ALUNO__NNG_BOUND_ADDRESS
} aluno__nng_watch_bound;

/* One stream under watch. All members are private to watch.c. */
typedef struct aluno__nng_watch {
    nng_stream *stream;
    const void *owner;
    const aluno__nng_watch_bounds *bounds; /* NULL: none */
    uint8_t address;                       /* a hash of the peer's address */

    /* On the monotonic clock, or EXPIRED. The engine and the watch's thread race to replace it, and the
     * winner decides: a stream that has expired can only fail. */
    _Atomic int64_t deadline_ms;

    atomic_bool speaks;  /* the peer has said something */
    atomic_int gave_way; /* aluno__nng_watch_bound: why it expired for newer ones */
    int64_t message_ms;  /* how long a message may take to arrive; 0: any time */
    atomic_uint message; /* odd: one has begun to arrive */
    unsigned message_seen;
    int64_t message_since_ms;

    atomic_bool dead;
    _Atomic int64_t greeted_ms; /* on the monotonic clock; 0: no greeting yet */
    atomic_bool admitted;

    unsigned dead_rounds; /* rounds of the thread that found TCP dead */
    struct aluno__nng_watch *next, **previous;
} aluno__nng_watch;

/* Starts the thread unless it runs. It ends with the process. */
bool aluno__nng_watch_start(void);

/* Before the watch begins, may set its bounds, with a hash of the peer's address, and `message_ms`. */
void aluno__nng_watch_limit(aluno__nng_watch *watch, const aluno__nng_watch_bounds *bounds, uint8_t address,
                            int64_t message_ms);

/* Begins and ends the watch of a stream. `owner` groups streams for the counts below. Must not be called
 * under the stream's lock. Ending a zeroed watch does nothing. */
void aluno__nng_watch_begin(aluno__nng_watch *watch, nng_stream *stream, const void *owner,
                            int64_t timeout_ms);
void aluno__nng_watch_end(aluno__nng_watch *watch);

/* Replaces the deadline (monotonic, ms). Returns false when it had expired before. */
bool aluno__nng_watch_set_deadline(aluno__nng_watch *watch, int64_t deadline_ms);

/* Once true, these stay true, and every operation of the engine on the stream must fail. */
bool aluno__nng_watch_has_expired(const aluno__nng_watch *watch);
bool aluno__nng_watch_is_dead(const aluno__nng_watch *watch);

/* Whether TCP is closed on both sides. An engine that has no data for a receive must fail it then: nng will
 * not call the engine again. The watch's thread comes to the same conclusion, but takes up to a second. */
bool aluno__nng_watch_tcp_is_dead(const aluno__nng_watch *watch);

/* Notes that the peer has said something. */
void aluno__nng_watch_spoke(aluno__nng_watch *watch);

/* The bound for which it expired, since newer streams need its place. */
aluno__nng_watch_bound aluno__nng_watch_gave_way(const aluno__nng_watch *watch);

/* Notes that a message has begun to arrive, or that none is on its way. A stream without deadline expires
 * when the message takes too long. */
void aluno__nng_watch_message(aluno__nng_watch *watch, bool arrives);

/* Note that the peer's SP greeting has arrived, and that nng has made the stream a pipe. The first returns
 * false when the stream has expired before. */
bool aluno__nng_watch_greeted(aluno__nng_watch *watch);
void aluno__nng_watch_admitted(aluno__nng_watch *watch);

/* Expires the owner's streams whose peers have not greeted: they become pipes no more. False when another one
 * is about to become a pipe. */
bool aluno__nng_watch_abandon(const void *owner);

/* Streams of the owner that are dead and that the kick did not free: while the count grows and stays, nng's
 * reap thread is stuck, and only a new process recovers. */
size_t aluno__nng_watch_count_stuck(const void *owner);

/* Streams of the owner that nng has not made pipes for two seconds after the peer's greeting: nng's listener
 * has ended without an error, and only a new one accepts connections. */
size_t aluno__nng_watch_count_unadmitted(const void *owner);

#endif
