/* Watching a client: its connection, each attempt of each call, and its figures.
 *
 * None of this changes what a call does. Personal data are in none of it but a request's own bytes, which are
 * not shown: methods, ids, codes, sizes and times are. */
#ifndef ALUNO_OBSERVE_H
#define ALUNO_OBSERVE_H

#include <aluno/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a client's connection is: gRPC's connectivity states. */
typedef enum aluno_connection_state {
    ALUNO_CONNECTING,        /* dials its addresses in turn */
    ALUNO_READY,             /* the service has accepted this client */
    ALUNO_TRANSIENT_FAILURE, /* no address could be reached: it dials again after a pause */
    ALUNO_SHUTDOWN           /* the client closes */
} aluno_connection_state;

/* Told of each change of state, on a thread of the client's own: return soon, call nothing of this client.
 * `server` is the address that it is about, "host:port"; `why` is the failure of a TRANSIENT_FAILURE, else
 * NULL. Both live until it returns. A client that returns to a preferred address is READY twice in a row. */
typedef void aluno_state_observer(void *user, aluno_connection_state state, const char *server,
                                  const aluno_error *why);

/* One attempt of one call. Pointers live until the hook returns. */
typedef struct aluno_attempt {
    const aluno_method_desc *method;
    const char *request_id; /* of a change: the same for all its attempts; NULL for a read */
    const char *server;     /* "host:port" of the connection */
    int64_t number;         /* 1 for the first */
    int64_t timeout_ms;     /* what is left of the deadline */
    char traceparent[128];  /* as it is sent; "" for none. `before` may write it: a span for each attempt */

    /* Known once it has ended; zero before. */
    aluno_code code;
    const aluno_error *error; /* why it failed; NULL for a success, and when memory ran out */
    bool replayed;            /* the reply is that of an earlier attempt */
    int64_t took_us;          /* from its start to its end */
    int64_t retry_in_ms;      /* another attempt follows in so many milliseconds; -1: this was the last */
} aluno_attempt;

/* Hooks around each attempt; either may be NULL. `before` runs on the thread that begins the attempt, `after`
 * on the one that learns its end, often another, and for different calls at once: be thread-safe, return
 * soon, and call nothing of this client. */
typedef struct aluno_interceptor {
    void (*before)(void *user, aluno_attempt *attempt);
    void (*after)(void *user, const aluno_attempt *attempt);
    void *user;
} aluno_interceptor;

/* A client's figures since it was opened. Set `size` to sizeof (aluno_statistics). */
typedef struct aluno_statistics {
    size_t size;
    uint64_t calls;       /* begun */
    uint64_t succeeded;   /* ended with ALUNO_OK */
    uint64_t failed;      /* ended otherwise, cancelled ones included */
    uint64_t attempts;    /* messages sent, or that could not be */
    uint64_t retries;     /* attempts after a call's first */
    uint64_t replays;     /* replies that an earlier attempt had brought about */
    uint64_t connections; /* that were accepted */
    uint64_t in_progress; /* calls */

    /* Latency of calls that succeeded, all attempts and pauses included, in microseconds: a quantile is at
     * most an eighth above the true one. 0 before the first. */
    int64_t latency_p50_us, latency_p90_us, latency_p99_us, latency_max_us;

    const char *last_tls_reason; /* the last TLS_* reason of a refused connection; "" for none; static text */
} aluno_statistics;

#ifdef __cplusplus
}
#endif

#endif
