/* Observing a client: its connection, each attempt of each call, and statistics. Types only: client.h has the
 * functions that take them.
 *
 * None of this changes what a call does. It shows methods, ids, codes, sizes and times, and no personal data.
 */
#ifndef ALUNO_OBSERVE_H
#define ALUNO_OBSERVE_H

#include <aluno/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The states of a client's connection, which are gRPC's. */
typedef enum aluno_connection_state {
    ALUNO_CONNECTING,        /* dials its addresses in turn */
    ALUNO_READY,             /* the service has accepted this client */
    ALUNO_TRANSIENT_FAILURE, /* no address accepted: it dials again after a pause */
    ALUNO_SHUTDOWN           /* the client closes */
} aluno_connection_state;

/* Called for each change of state, on a thread of the client. Return soon, and call no function of this
 * client. `server` is the address, "host:port"; `why` is the failure of a TRANSIENT_FAILURE, else NULL. Both
 * live until it returns. A client that returns to a preferred address is READY twice in a row. */
typedef void aluno_state_observer(void *user, aluno_connection_state state, const char *server,
                                  const aluno_error *why);

/* One attempt of one call. Pointers live until the hook returns. */
typedef struct aluno_attempt {
    const aluno_method_desc *method;
    const char *request_id; /* of a change: the same for all its attempts; NULL for a read */
    const char *server;     /* "host:port" of the connection */
    int64_t number;         /* 1 for the first */
    int64_t timeout_ms;     /* until the deadline */
    char traceparent[128];  /* as sent; "" for none. `before` may change it: a span for each attempt */

    /* Set for `after`; zero before. */
    aluno_code code;
    const aluno_error *error; /* why it failed; NULL for a success, and when memory ran out */
    bool replayed;            /* the reply is that of an earlier attempt */
    int64_t took_us;          /* from its start to its end */
    int64_t retry_in_ms;      /* milliseconds until the next attempt; -1: this was the last */
} aluno_attempt;

/* Hooks around each attempt; either may be NULL. `before` runs on the thread that begins the attempt, `after`
 * on the thread that completes it, often another; both run for several calls at once. Be thread-safe, return
 * soon, and call no function of this client. */
typedef struct aluno_interceptor {
    void (*before)(void *user, aluno_attempt *attempt);
    void (*after)(void *user, const aluno_attempt *attempt);
    void *user;
} aluno_interceptor;

/* A client's statistics since it was opened. Set `size` to sizeof (aluno_statistics). */
typedef struct aluno_statistics {
    size_t size;
    uint64_t calls;       /* begun */
    uint64_t succeeded;   /* ended with ALUNO_OK */
    uint64_t failed;      /* ended otherwise, cancelled ones included */
    uint64_t attempts;    /* messages sent, or that could not be */
    uint64_t retries;     /* attempts after a call's first */
    uint64_t replays;     /* replies of an earlier attempt */
    uint64_t connections; /* accepted by the service */
    uint64_t in_progress; /* calls */

    /* Latency of successful calls in microseconds, all attempts and pauses included. A quantile is at most an
     * eighth above the true one. 0 before the first call. */
    int64_t latency_p50_us, latency_p90_us, latency_p99_us, latency_max_us;

    const char *last_tls_reason; /* the last TLS_* reason of a refused connection; "" for none; static text */
} aluno_statistics;

#ifdef __cplusplus
}
#endif

#endif
