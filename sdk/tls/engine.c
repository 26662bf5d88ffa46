/* The life of an aluno__tls: opened, reloaded, asked, closed. How nng meets the engine is in tls_binding.c,
 * what it does for a connection in tls_connection.c. */
#include "context.h"

#include "protocol/error.h"
#include "base/memory.h"
#include "reaper.h"
#include "binding.h"

#include <time.h>

enum { HANDSHAKE_MS = 5000 };

static aluno__tls *create(aluno__tls_side side, const aluno__tls_limits *limits,
                          aluno__tls_observer *observer, void *user)
{
    aluno__tls *tls = aluno__calloc(sizeof *tls);
    if (tls == NULL)
        return NULL;
    atomic_init(&tls->references, 1);
    atomic_init(&tls->connections, 0);
    tls->side = side;
    if (limits != NULL)
        tls->limits = *limits;
    if (tls->limits.handshake_ms == 0)
        tls->limits.handshake_ms = HANDSHAKE_MS;
    pthread_mutex_init(&tls->lock, NULL);
    pthread_mutex_init(&tls->observing, NULL);
    tls->observer = observer;
    tls->user = user;
    return tls;
}

aluno_code aluno__tls_open(aluno__tls **out, aluno__tls_side side, const aluno__tls_files *files,
                           const aluno__tls_limits *limits, aluno__tls_observer *observer, void *user,
                           aluno_error *error)
{
    if (tls_register() != 0 || !tls_reaper_start())
        return aluno__error_set(error, ALUNO_REASON_INTERNAL_ERROR, "the TLS engine can not be started");
    aluno__tls *tls = create(side, limits, observer, user);
    if (tls == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    const aluno_code code = tls_credentials_load(&tls->credentials, side, files, error);
    if (code == ALUNO_OK)
        *out = tls;
    else
        tls_context_release(tls);
    return code;
}

static void swap_credentials(aluno__tls *tls, tls_credentials *credentials)
{
    pthread_mutex_lock(&tls->lock);
    tls_credentials *old = tls->credentials;
    tls->credentials = credentials;
    pthread_mutex_unlock(&tls->lock);
    tls_credentials_release(old);
}

aluno_code aluno__tls_reload(aluno__tls *tls, const aluno__tls_files *files, aluno_error *error)
{
    tls_credentials *credentials;
    const aluno_code code = tls_credentials_load(&credentials, tls->side, files, error);
    if (code == ALUNO_OK)
        swap_credentials(tls, credentials);
    return code;
}

void aluno__tls_close(aluno__tls *tls)
{
    if (tls == NULL)
        return;
    pthread_mutex_lock(&tls->observing);
    tls->observer = NULL;
    pthread_mutex_unlock(&tls->observing);
    swap_credentials(tls, NULL);
    tls_context_release(tls);
}

bool aluno__tls_still_trusted(aluno__tls *tls, const aluno__tls_peer *peer)
{
    tls_credentials *credentials = tls_context_credentials(tls);
    const bool trusted = credentials != NULL && peer->not_after_ms >= (int64_t)time(NULL) * 1000 &&
                         !tls_credentials_revoke(credentials, peer->serial);
    tls_credentials_release(credentials);
    return trusted;
}

size_t aluno__tls_connections(const aluno__tls *tls)
{
    return atomic_load(&tls->connections);
}

int64_t aluno__tls_crl_next_update_ms(aluno__tls *tls)
{
    tls_credentials *credentials = tls_context_credentials(tls);
    const int64_t next = credentials == NULL ? 0 : credentials->crl_next_update_ms;
    tls_credentials_release(credentials);
    return next;
}

int64_t aluno__tls_not_after_ms(aluno__tls *tls)
{
    tls_credentials *credentials = tls_context_credentials(tls);
    const int64_t end = credentials == NULL ? 0 : credentials->not_after_ms;
    tls_credentials_release(credentials);
    return end;
}
