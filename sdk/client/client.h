/* The inside of a client, shared by this folder's files: client.c opens and closes it, connection.c keeps it
 * connected, call.c makes calls. */
#ifndef ALUNO_CLIENT_CLIENT_H
#define ALUNO_CLIENT_CLIENT_H

#include "transport/tls_engine.h"

#include <aluno/client.h>

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <pthread.h>

/* The context of nng that a call needs; kept for the next one. */
typedef struct aluno_slot aluno_slot;
struct aluno_slot {
    aluno_slot *next;
    nng_ctx context;
};

typedef enum aluno_link {
    ALUNO_LINK_DOWN, /* the last attempt failed; the next comes by itself, or when a call asks */
    ALUNO_LINK_DIALING,
    ALUNO_LINK_UP
} aluno_link;

struct aluno_client {
    /* Settings: never change. */
    char *host, *port, *tls_name, *user_agent;
    int64_t timeout_ms;
    aluno_language language;
    aluno_tls *tls;
    nng_socket socket;

    pthread_mutex_t mutex; /* guards all below; a leaf: nng is never called under it */
    pthread_cond_t changed;
    pthread_t connector;
    aluno_link link;
    int pipe; /* nng's id of the connection; 0 without one */
    bool closing;
    bool starting; /* the connector is inside nng_dialer_start, which only closing the socket cuts short */
    bool ended;    /* the connector has returned */
    bool was_up;   /* the service has accepted this client before */
    bool asked;    /* a call wants an attempt now */
    uint64_t attempts;         /* that have ended */
    int64_t failed_ms;         /* when the last one failed, steady clock */
    aluno_error failure;       /* why */
    aluno_tls_refusal refusal; /* what the TLS engine told last */
    bool refused;              /* since the present attempt began */
    aluno_slot *slots;         /* free ones */
    size_t calls;              /* in progress */
    uint64_t msgid;
};

/* Milliseconds of a clock that nobody sets. */
int64_t aluno_steady_ms(void);

/* Waits on client->changed, under the mutex, until then (steady clock, ms); false once it has passed. */
bool aluno_wait_until(aluno_client *client, int64_t until_ms);

/* ---- connection.c ---- */

/* The connector's thread: dials, waits until the connection is lost, dials again, until the client closes. */
void *aluno_connector(void *client);

/* Told by nng when a connection is made and when it has gone. */
void aluno_connection_made(nng_pipe pipe, nng_pipe_ev event, void *client);
void aluno_connection_gone(nng_pipe pipe, nng_pipe_ev event, void *client);

/* Told by the TLS engine of a failed handshake. */
void aluno_connection_refused(void *client, const aluno_tls_refusal *refusal);

/* Waits until the connection stands. A client that has never been connected fails with the first attempt's
 * error; one that has waits for the service to return, until `until_ms` (steady clock). */
aluno_code aluno_connection_wait(aluno_client *client, int64_t until_ms, aluno_error *error);

#endif
