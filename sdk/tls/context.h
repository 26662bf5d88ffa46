/* What the connections of one aluno__tls share. */
#ifndef ALUNO_TLS_CONTEXT_H
#define ALUNO_TLS_CONTEXT_H

#include "credentials.h"
#include "engine.h"

#include <pthread.h>
#include <stdatomic.h>

struct aluno__tls {
    atomic_size_t
        references; /* the owner's, and one of each of nng's configurations; these outlive connections */
    aluno__tls_side side;
    aluno__tls_limits limits;
    atomic_size_t connections;

    pthread_mutex_t lock;         /* guards: */
    tls_credentials *credentials; /* NULL once closed */

    pthread_mutex_t
        observing; /* held while the observer runs, so that none runs after aluno__tls_close; guards: */
    aluno__tls_observer *observer;
    void *user;
};

aluno__tls *tls_context_hold(aluno__tls *tls);
void tls_context_release(aluno__tls *tls); /* NULL is allowed */

/* The present credentials, held for the caller; NULL once closed. */
tls_credentials *tls_context_credentials(aluno__tls *tls);

/* Tells the observer, if there is one. */
void tls_context_observe(aluno__tls *tls, const aluno__tls_handshake_failure *refusal);

#endif
