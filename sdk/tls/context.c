/* The struct behind aluno__tls. */
#include "context.h"

#include "base/memory.h"

#include <pthread.h>

enum { HANDSHAKE_MS = 5000 };

struct aluno__tls {
    atomic_size_t references;
    aluno__tls_side side;
    aluno__tls_limits limits;
    aluno__nng_watch_bounds handshakes;
    atomic_size_t connections; /* handshakes included */
    atomic_size_t open;

    pthread_mutex_t lock;                /* guards: */
    aluno__tls_credentials *credentials; /* NULL once closed */

    pthread_mutex_t observer_lock; /* held while the observer runs; guards: */
    aluno__tls_observer *observer;
    void *user;
};

aluno__tls *aluno__tls_context_new(aluno__tls_side side, const aluno__tls_limits *limits,
                                   aluno__tls_observer *observer, void *user)
{
    aluno__tls *tls = aluno__calloc(sizeof *tls);
    if (tls == NULL)
        return NULL;
    atomic_init(&tls->references, 1);
    atomic_init(&tls->connections, 0);
    atomic_init(&tls->open, 0);
    tls->side = side;
    if (limits != NULL)
        tls->limits = *limits;
    if (tls->limits.handshake_ms == 0)
        tls->limits.handshake_ms = HANDSHAKE_MS;
    tls->handshakes =
        (aluno__nng_watch_bounds){tls->limits.max_handshakes, tls->limits.max_address_handshakes};
    pthread_mutex_init(&tls->lock, NULL);
    pthread_mutex_init(&tls->observer_lock, NULL);
    tls->observer = observer;
    tls->user = user;
    return tls;
}

aluno__tls *aluno__tls_context_hold(aluno__tls *tls)
{
    atomic_fetch_add(&tls->references, 1);
    return tls;
}

void aluno__tls_context_release(aluno__tls *tls)
{
    if (tls == NULL || atomic_fetch_sub(&tls->references, 1) != 1)
        return;
    aluno__tls_credentials_release(tls->credentials);
    pthread_mutex_destroy(&tls->observer_lock);
    pthread_mutex_destroy(&tls->lock);
    aluno__free(tls);
}

aluno__tls_side aluno__tls_context_side(const aluno__tls *tls)
{
    return tls->side;
}

int64_t aluno__tls_context_handshake_ms(const aluno__tls *tls)
{
    return tls->limits.handshake_ms;
}

aluno__tls_credentials *aluno__tls_context_credentials(aluno__tls *tls)
{
    pthread_mutex_lock(&tls->lock);
    aluno__tls_credentials *credentials = tls->credentials;
    if (credentials != NULL)
        aluno__tls_credentials_hold(credentials);
    pthread_mutex_unlock(&tls->lock);
    return credentials;
}

void aluno__tls_context_set_credentials(aluno__tls *tls, aluno__tls_credentials *credentials)
{
    pthread_mutex_lock(&tls->lock);
    aluno__tls_credentials *old = tls->credentials;
    tls->credentials = credentials;
    pthread_mutex_unlock(&tls->lock);
    aluno__tls_credentials_release(old);
}

int64_t aluno__tls_context_message_ms(const aluno__tls *tls)
{
    return tls->limits.message_ms;
}

const aluno__nng_watch_bounds *aluno__tls_context_handshakes(const aluno__tls *tls)
{
    return &tls->handshakes;
}

static bool has_room(const aluno__tls *tls, size_t open)
{
    return tls->limits.max_connections == 0 || open < tls->limits.max_connections;
}

bool aluno__tls_context_enter(aluno__tls *tls)
{
    atomic_fetch_add(&tls->connections, 1);
    return has_room(tls, atomic_load(&tls->open));
}

bool aluno__tls_context_open(aluno__tls *tls)
{
    const bool opens = has_room(tls, atomic_fetch_add(&tls->open, 1));
    if (!opens)
        atomic_fetch_sub(&tls->open, 1);
    return opens;
}

void aluno__tls_context_leave(aluno__tls *tls, bool was_open)
{
    if (was_open)
        atomic_fetch_sub(&tls->open, 1);
    atomic_fetch_sub(&tls->connections, 1);
}

size_t aluno__tls_context_connections(const aluno__tls *tls)
{
    return atomic_load(&tls->connections);
}

void aluno__tls_context_notify(aluno__tls *tls, const aluno__tls_handshake_failure *failure)
{
    pthread_mutex_lock(&tls->observer_lock);
    if (tls->observer != NULL)
        tls->observer(tls->user, failure);
    pthread_mutex_unlock(&tls->observer_lock);
}

void aluno__tls_context_remove_observer(aluno__tls *tls)
{
    pthread_mutex_lock(&tls->observer_lock);
    tls->observer = NULL;
    pthread_mutex_unlock(&tls->observer_lock);
}
