/* What the connections of one aluno__tls share: reference count, present credentials, observer. */
#include "context.h"

#include "base/memory.h"

aluno__tls *tls_context_hold(aluno__tls *tls)
{
    atomic_fetch_add(&tls->references, 1);
    return tls;
}

void tls_context_release(aluno__tls *tls)
{
    if (tls == NULL || atomic_fetch_sub(&tls->references, 1) != 1)
        return;
    tls_credentials_release(tls->credentials);
    pthread_mutex_destroy(&tls->observing);
    pthread_mutex_destroy(&tls->lock);
    aluno__free(tls);
}

tls_credentials *tls_context_credentials(aluno__tls *tls)
{
    pthread_mutex_lock(&tls->lock);
    tls_credentials *credentials = tls->credentials;
    if (credentials != NULL)
        tls_credentials_hold(credentials);
    pthread_mutex_unlock(&tls->lock);
    return credentials;
}

void tls_context_observe(aluno__tls *tls, const aluno__tls_handshake_failure *refusal)
{
    pthread_mutex_lock(&tls->observing);
    if (tls->observer != NULL)
        tls->observer(tls->user, refusal);
    pthread_mutex_unlock(&tls->observing);
}
