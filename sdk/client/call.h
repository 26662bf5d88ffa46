/* A call: one request of the program's, and what became of it. */
#ifndef ALUNO_CLIENT_CALL_H
#define ALUNO_CLIENT_CALL_H

#include "base/buffer.h"
#include "connection.h"
#include "deadlines.h"
#include "exchange_pool.h"
#include "protocol/reader.h"

#include <aluno/async.h>

/* The calls of one client, and all that they use. */
typedef struct aluno__calls {
    const aluno__settings *settings;
    aluno__lock *lock;
    aluno__scheduler *scheduler;
    aluno__connection *connection;
    aluno__stats *stats;
    /* Guarded: */
    aluno__exchange_pool exchanges;
    aluno__deadlines deadlines;
    size_t active; /* that have not ended */
    size_t trying; /* of these, with an attempt in progress */
    size_t queued; /* of these, that wait until fewer are */
    uint64_t msgid;
} aluno__calls;

typedef enum aluno__call_state {
    ALUNO_CALL_WAITING, /* for the connection, or for the next attempt: the scheduler polls it */
    ALUNO_CALL_TRYING,  /* an attempt is in progress */
    ALUNO_CALL_ENDED
} aluno__call_state;

/* state, cancelled, is_exchanging and the deadline are guarded by the client's lock. All other
 * members belong to the thread that runs the call until the state is ENDED. */
typedef struct aluno__call aluno__call;
struct aluno__call {
    aluno__calls *calls;
    const aluno_method_desc *method;
    aluno__buffer message;           /* the request's message, encoded */
    aluno_request_metadata metadata; /* its `attempt` counts those of earlier calls, too */
    int64_t attempts;                /* of this call */
    int64_t timeout_ms, until_ms;    /* the deadline: as given, and on the monotonic clock */
    int64_t begun_us;

    aluno__call_state state;
    bool cancelled;

    /* While it waits. */
    aluno__task task;
    aluno__waiter waiter;
    bool queued;        /* it could be made, but enough are */
    int64_t due_ms;     /* not before */
    int64_t backoff_ms; /* the next pause */

    /* The current attempt. */
    aluno__exchange *exchange; /* NULL between attempts */
    bool is_exchanging;        /* the exchange can be cancelled */
    aluno__deadline deadline;  /* of the exchange */
    uint64_t msgid;
    int64_t attempt_us; /* when it began */
    size_t endpoint;
    bool replied;

    /* The result. */
    aluno_code code;
    nng_msg *reply;        /* of a success; NULL once it is decoded */
    aluno__reader success; /* its message and metadata */
    bool replayed;
    aluno_error *error; /* NULL when memory ran out */

    /* Called with the lock held when the call has ended. */
    void (*ended)(aluno__call *call);
    void *ended_user; /* for `ended` */

    /* Of a started call. */
    aluno__call *next; /* in the queue of those that have ended */
    aluno_completion *done;
    void *user;
};

/* Validates and encodes the request. NULL with *code and *error when that fails. */
aluno__call *aluno__call_new(aluno__calls *calls, const aluno_method_desc *method, const void *request,
                             const aluno_call_options *options, aluno_code *code, aluno_error *error);
void aluno__call_free(aluno__call *call);

/* Decodes the reply of a successful call, once, on the thread that wants it: a page is large, and so is its
 * struct. REPLY_MALFORMED, which becomes the call's code, with both unspecified. */
aluno_code aluno__call_read_reply(aluno__call *call, void *reply, aluno_reply_metadata *metadata);

/* Where to store why the call fails; NULL when memory ran out. */
aluno_error *aluno__call_error(aluno__call *call);

/* Copies the call's error, in the client's language, with the request id. */
void aluno__call_get_error(const aluno__call *call, aluno_error *error);

#endif
