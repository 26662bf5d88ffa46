/* The parts of a client, each above those that it uses:
 *
 *   lock        the mutex, its condition, and whether the client closes
 *   scheduler   the thread that runs tasks when their time comes
 *   settings    the options; endpoint: one address
 *   statistics  what is counted
 *   dialer      one dial; connection: the state and who waits for it; connector: the thread that dials
 *   exchange    one request through nng and its reply; exchange_pool: those that are free
 *   call        a call's data; metadata, attempt, retry: its parts; call_state: from attempt to attempt
 *   queue       started calls that have ended
 *
 * Above them stand the public functions: sync.c, async.c, open.c, and calls.c for the typed ones. */
#ifndef ALUNO_CLIENT_CLIENT_H
#define ALUNO_CLIENT_CLIENT_H

#include "call.h"
#include "connector.h"
#include "queue.h"

/* Memory for a decoded reply: a page takes 85 kB, too much to allocate for each. */
typedef struct aluno__reply_memory {
    void *at;
    size_t size;
} aluno__reply_memory;

struct aluno_client {
    aluno__settings settings;
    aluno__lock lock; /* guards all below */
    aluno__stats stats;
    aluno__scheduler scheduler;
    aluno__connection connection;
    aluno__connector connector;
    aluno__calls calls;
    aluno__queue queue;
    aluno__reply_memory reply; /* for the next completion's */
    size_t inside;             /* threads inside functions that block */
};

/* A function that blocks calls these first and last: closing waits for it. CLIENT_FORKED: the client belongs
 * to the parent process. */
aluno_code aluno__client_enter(aluno_client *client, aluno_error *error);
void aluno__client_leave(aluno_client *client);

/* Fails with CLIENT_FORKED if the client belongs to the parent process. */
aluno_code aluno__client_check(const aluno_client *client, aluno_error *error);

#endif
