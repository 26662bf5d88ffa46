/* What the connections of one aluno_tls share. */
#ifndef ALUNO_TRANSPORT_TLS_CONTEXT_H
#define ALUNO_TRANSPORT_TLS_CONTEXT_H

#include "tls_credentials.h"
#include "tls_engine.h"

#include <pthread.h>
#include <stdatomic.h>

struct aluno_tls {
    atomic_size_t
        references; /* the owner's, and one of each of nng's configurations; these outlive connections */
    aluno_tls_side side;
    aluno_tls_limits limits;
    atomic_size_t connections;

    pthread_mutex_t lock;         /* guards: */
    tls_credentials *credentials; /* NULL once closed */

    pthread_mutex_t
        observing; /* held while the observer runs, so that none runs after aluno_tls_close; guards: */
    aluno_tls_observer *observer;
    void *user;
};

aluno_tls *tls_context_hold(aluno_tls *tls);
void tls_context_release(aluno_tls *tls); /* NULL is allowed */

/* The present credentials, held for the caller; NULL once closed. */
tls_credentials *tls_context_credentials(aluno_tls *tls);

/* Tells the observer, if there is one. */
void tls_context_observe(aluno_tls *tls, const aluno_tls_refusal *refusal);

#endif
