/* The inside of a client, shared by this folder's files:
 *
 * - options.c: what a program asks for
 * - client.c: opening and closing
 * - endpoint.c: one address, dialled
 * - connection.c: the thread that stays connected
 * - metadata.c: what travels beside a request
 * - call.c: a call's life: its attempts until it has ended
 * - attempt.c: one attempt, through nng
 * - scheduler.c: the thread that lets waiting calls go on
 * - async.c: started calls and their completions
 * - statistics.c: the figures
 *
 * A client has one mutex, a leaf: neither nng nor a program's hook is ever called under it. */
#ifndef ALUNO_CLIENT_CLIENT_H
#define ALUNO_CLIENT_CLIENT_H

#include "base/clock.h"
#include "exchange.h"
#include "base/buffer.h"
#include "nng/api.h"
#include "tls/engine.h"

#include <aluno/async.h>

#include <pthread.h>

enum { ALUNO_ENDPOINTS_MAX = 8 };

/* An address of the service. */
typedef struct aluno__endpoint {
    char *host, *port;
    char *name;    /* that its certificate must carry */
    char *address; /* "host:port", for people */
} aluno__endpoint;

/* What never changes after opening. */
typedef struct aluno__settings {
    aluno__endpoint endpoints[ALUNO_ENDPOINTS_MAX]; /* the preferred ones first */
    size_t endpoint_count;
    char *user_agent;
    int64_t timeout_ms;
    aluno_language language;
    size_t max_pending;
    aluno_state_observer *on_state;
    void *on_state_user;
    aluno_interceptor interceptor;
} aluno__settings;

typedef enum aluno__link {
    ALUNO_LINK_DOWN, /* the last attempt failed; the next comes by itself, or when a call asks */
    ALUNO_LINK_DIALING,
    ALUNO_LINK_UP
} aluno__link;

/* The connection; connection.c's. */
typedef struct aluno__connection {
    pthread_t thread;
    bool ended; /* the thread has returned */
    aluno__link link;
    size_t endpoint; /* the one connected or dialled */
    int pipe;        /* nng's id of the connection; 0 without one */
    int dialled;     /* the same, of what the present or last dial has made */
    nng_dialer dialing;
    bool starting;                        /* the thread is inside nng_dialer_start */
    int64_t dial_until_ms;                /* when the scheduler cuts that short */
    bool useful;                          /* a reply has come on the present connection */
    bool was_up;                          /* the service has accepted this client before */
    bool asked;                           /* a call wants an attempt now */
    uint64_t attempts;                    /* that have ended */
    int64_t failed_ms;                    /* when the last one failed, steady clock */
    aluno_error failure;                  /* why */
    aluno__tls_handshake_failure refusal; /* what the TLS engine told last */
    bool refused;                         /* since the present dial began */
} aluno__connection;

/* Somebody who waits for the connection. */
typedef struct aluno__wait {
    uint64_t seen; /* the attempts that had ended when he began */
    bool answered; /* the failure of the last of them is his answer, too */
} aluno__wait;

/* The context of nng that an attempt needs; kept for the next one. */
typedef struct aluno__slot aluno__slot;
struct aluno__slot {
    aluno__slot *next;
    nng_ctx context;
};

/* The calls; call.c's, scheduler.c's and async.c's. */
typedef struct aluno__calls {
    pthread_t scheduler;
    bool ended;             /* the scheduler has returned */
    aluno__slot *slots;     /* free ones */
    aluno_pending *waiting; /* for the connection, or for their next attempt */
    size_t active;          /* that have not ended */
    size_t inside;          /* threads inside aluno_call or aluno_client_connect */
    uint64_t msgid;
    size_t pending;                        /* started and not dispatched */
    size_t done;                           /* of them, ended: */
    aluno_pending *first_done, *last_done; /* in that order */
    int event;                             /* an eventfd: readable while there are some */
} aluno__calls;

/* Latencies up to 2^42 µs, eight steps for each power of two. */
enum { ALUNO_LATENCY_STEPS = 8, ALUNO_LATENCY_BUCKETS = 40 * ALUNO_LATENCY_STEPS };

/* The figures; statistics.c's. */
typedef struct aluno__figures {
    aluno_statistics totals;
    uint64_t latencies[ALUNO_LATENCY_BUCKETS];
} aluno__figures;

struct aluno_client {
    aluno__settings settings;
    aluno__tls *tls;
    nng_socket socket;

    pthread_mutex_t mutex;  /* guards all below */
    pthread_cond_t changed; /* the connection, or what waits for it */
    bool closing;
    aluno__connection connection;
    aluno__calls calls;
    aluno__figures figures;
};

typedef enum aluno__call_state {
    ALUNO_CALL_WAITING, /* in the scheduler's list */
    ALUNO_CALL_TRYING,  /* nng has it */
    ALUNO_CALL_ENDED
} aluno__call_state;

/* A call, from its request to its end. `state`, `cancelled` and `exchange` are guarded by the client's mutex;
 * until the call has ended, the rest belongs to the thread that runs it (the scheduler, or the one that makes
 * or ends an attempt). */
struct aluno_pending {
    aluno_pending *next; /* in the list that its state puts it in */
    aluno_client *client;
    const aluno_method_desc *method;
    aluno__buffer message; /* the request's message, encoded */
    aluno_request_metadata metadata;
    int64_t timeout_ms, until_ms; /* the deadline: as given, and on the steady clock */

    aluno__call_state state;
    bool cancelled;

    /* While it waits. */
    int64_t due_ms;     /* not before */
    int64_t backoff_ms; /* the next pause */
    aluno__wait wait;

    /* Its present attempt. */
    aluno__slot *slot;
    aluno__exchange *exchange; /* guarded; NULL between attempts */
    uint64_t msgid;
    int64_t begun_us, attempt_us; /* when the call, and the attempt, began */
    size_t endpoint;
    bool replied; /* the service answered it, whatever it said */

    /* What it came to. */
    aluno_code code;
    void *reply; /* of method->reply */
    aluno_reply_metadata *reply_metadata;
    aluno_error *error; /* NULL when memory ran out */

    /* Who is told: a thread that waits for it, or a completion. */
    void (*ended)(aluno_pending *call); /* under the mutex */
    aluno_completion *done;
    void *user;
};

/* ---- sync.c ---- */

/* Between these a thread is inside a function that blocks: closing waits for it. */
void aluno__client_enter(aluno_client *client);
void aluno__client_leave(aluno_client *client);

/* ---- options.c ---- */

/* Fills in what aluno__settings_free gives back, whether or not it fails. */
aluno_code aluno__settings_read(aluno__settings *settings, const aluno_client_options *options,
                                aluno_error *error);
void aluno__settings_free(aluno__settings *settings);

/* Fills in *own with the program's options of a call, which may be NULL, and the defaults. */
aluno_code aluno__call_options_read(aluno_call_options *own, const aluno_client *client,
                                    const aluno_call_options *options, aluno_error *error);

/* ---- endpoint.c ---- */

/* Resolves the endpoint's host and dials what it finds, in turn, until one answers; *dialer is then open.
 * Blocks; not under the mutex. */
aluno_code aluno__endpoint_dial(aluno_client *client, size_t endpoint, nng_dialer *dialer,
                                aluno_error *error);

/* What nng's failure of a dial means. */
aluno_code aluno__endpoint_fail(aluno_client *client, size_t endpoint, int failure, aluno_error *error);

/* Cuts a dial short that takes too long. Returns when to look again (steady clock, ms). Under the mutex,
 * which it leaves and takes again. */
int64_t aluno__endpoint_watch(aluno_client *client);

/* ---- connection.c ---- */

/* Waits on client->changed, under the mutex, until then (steady clock, ms); false once it has passed. */
bool aluno__wait_until(aluno_client *client, int64_t until_ms);

/* The thread: dials, waits until the connection is lost, dials again, until the client closes. */
void *aluno__connector(void *client);

/* Told by nng when a connection is made and when it has gone. */
void aluno__connection_made(nng_pipe pipe, nng_pipe_ev event, void *client);
void aluno__connection_gone(nng_pipe pipe, nng_pipe_ev event, void *client);

/* Told by the TLS engine of a failed handshake. */
void aluno__connection_refused(void *client, const aluno__tls_handshake_failure *refusal);

/* One that needs the connection: begins to wait for it, and then asks what there is: ALUNO_LINK_UP; DIALING,
 * wait on; DOWN, the connection's failure is the answer. A client that has never been connected fails with
 * the first attempt's error; one that has waits for the service to return. Under the mutex. */
aluno__wait aluno__connection_await(const aluno_client *client);
aluno__link aluno__connection_judge(aluno_client *client, const aluno__wait *wait);

/* Why there is no connection, to one who waits no longer. Under the mutex. */
aluno_code aluno__connection_fail(const aluno_client *client, aluno_error *error);

/* Blocks until the connection stands. */
aluno_code aluno__connection_wait(aluno_client *client, int64_t until_ms, aluno_error *error);

/* ---- metadata.c ---- */

/* Sets the call's deadline and its metadata: language, program, trace and, of a change, the request id. */
aluno_code aluno__metadata_set(aluno_pending *call, const aluno_call_options *options, aluno_error *error);

/* ---- call.c ---- */

/* A call of that request, judged and encoded, not begun yet; NULL with *code and *error. */
aluno_pending *aluno__call_new(aluno_client *client, const aluno_method_desc *method, const void *request,
                               const aluno_call_options *options, aluno_code *code, aluno_error *error);
void aluno__call_free(aluno_pending *call);

/* Begins the call, or lets it wait for the connection. */
void aluno__call_begin(aluno_pending *call);

/* Gives the call to nng; under the mutex. aluno__call_attempt comes next. */
void aluno__call_try(aluno_pending *call);

/* Ends the call; ALUNO_CANCELLED: because somebody cancelled it, or the client closes. Under the mutex. */
void aluno__call_end(aluno_pending *call, aluno_code code);

/* Fails a call that was not sent before its time was over: for want of a connection, unless that stands.
 * Under the mutex. */
aluno_code aluno__call_fail_unsent(aluno_pending *call);

/* Makes the attempt, after aluno__call_try. Not under the mutex. The call may be gone afterwards. */
void aluno__call_attempt(aluno_pending *call);

/* The failure as its caller sees it: in its language, with the request id. */
void aluno__call_tell(const aluno_pending *call, aluno_error *error);

/* ---- attempt.c ---- */

/* Where to write why the call fails; NULL when memory ran out. */
aluno_error *aluno__call_error(aluno_pending *call);

/* What nng's failure of an attempt means. */
aluno_code aluno__attempt_fail(aluno_pending *call, int failure);

/* The request as a message of nng's. */
aluno_code aluno__attempt_write(aluno_pending *call, nng_msg **out);

/* Decodes the reply, which it frees, into the call. */
aluno_code aluno__attempt_read(aluno_pending *call, nng_msg *reply);

/* Call the interceptor. */
void aluno__attempt_before(aluno_pending *call);
void aluno__attempt_after(const aluno_pending *call, aluno_code code, bool replayed, int64_t retry_in_ms);

/* ---- scheduler.c ---- */

/* The thread: lets each waiting call go on, or end, when the connection or the clock says so. */
void *aluno__scheduler(void *client);

/* ---- statistics.c ---- */

void aluno__figures_attempted(aluno__figures *figures, const aluno_pending *call, bool replayed);
void aluno__figures_ended(aluno__figures *figures, const aluno_pending *call);

#endif
