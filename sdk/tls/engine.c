/* Registers the engine; opens, reloads, queries and closes credentials. */
#include "engine.h"

#include "config.h"
#include "connection.h"
#include "context.h"
#include "nng/watch.h"
#include "protocol/error.h"

#include <pthread.h>
#include <time.h>

/* nng's own initialisation registers nng's engine, so ours must come after it: asking for the engine's name
 * makes nng initialise itself. */
static int register_engine(void)
{
    static const nng_tls_engine engine = {
        .version = NNG_TLS_ENGINE_VERSION,
        .config_ops = &aluno__tls_config_ops,
        .conn_ops = &aluno__tls_connection_ops,
        .name = "aluno",
        .description = "aluno's engine on mbed TLS " MBEDTLS_VERSION_STRING,
    };
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    int result = 0;
    pthread_mutex_lock(&lock);
    if (strcmp(nng_tls_engine_name(), engine.name) != 0)
        result = mbed_start() ? nng_tls_engine_register(&engine) : NNG_ECRYPTO;
    pthread_mutex_unlock(&lock);
    return result;
}

aluno_code aluno__tls_open(aluno__tls **out, aluno__tls_side side, const aluno__tls_files *files,
                           const aluno__tls_limits *limits, aluno__tls_observer *observer, void *user,
                           aluno_error *error)
{
    if (register_engine() != 0 || !aluno__nng_watch_start())
        return aluno__error_set(error, ALUNO_REASON_INTERNAL_ERROR, "the TLS engine can not be started");
    aluno__tls *tls = aluno__tls_context_new(side, limits, observer, user);
    if (tls == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    const aluno_code code = aluno__tls_reload(tls, files, error);
    if (code == ALUNO_OK)
        *out = tls;
    else
        aluno__tls_context_release(tls);
    return code;
}

aluno_code aluno__tls_reload(aluno__tls *tls, const aluno__tls_files *files, aluno_error *error)
{
    aluno__tls_credentials *credentials;
    const aluno_code code =
        aluno__tls_credentials_load(&credentials, aluno__tls_context_side(tls), files, error);
    if (code == ALUNO_OK)
        aluno__tls_context_set_credentials(tls, credentials);
    return code;
}

void aluno__tls_close(aluno__tls *tls)
{
    if (tls == NULL)
        return;
    aluno__tls_context_remove_observer(tls);
    aluno__tls_context_set_credentials(tls, NULL);
    aluno__tls_context_release(tls);
}

bool aluno__tls_is_trusted(aluno__tls *tls, const aluno__tls_peer *peer)
{
    aluno__tls_credentials *credentials = aluno__tls_context_credentials(tls);
    const bool trusted = credentials != NULL && peer->not_after_ms >= (int64_t)time(NULL) * 1000 &&
                         aluno__tls_credentials_vouch(credentials, peer);
    aluno__tls_credentials_release(credentials);
    return trusted;
}

size_t aluno__tls_connections(const aluno__tls *tls)
{
    return aluno__tls_context_connections(tls);
}

size_t aluno__tls_stuck_connections(const aluno__tls *tls)
{
    return aluno__nng_watch_count_stuck(tls);
}

size_t aluno__tls_unadmitted_connections(const aluno__tls *tls)
{
    return aluno__nng_watch_count_unadmitted(tls);
}

bool aluno__tls_abandon(const aluno__tls *tls)
{
    return aluno__nng_watch_abandon(tls);
}

void aluno__tls_expire_sessions(aluno__tls *tls)
{
    aluno__tls_credentials *credentials = aluno__tls_context_credentials(tls);
    if (credentials != NULL)
        aluno__tls_session_store_expire(credentials->sessions, (int64_t)time(NULL) * 1000);
    aluno__tls_credentials_release(credentials);
}

aluno__tls_validity aluno__tls_validity_of(aluno__tls *tls, aluno__tls_file file)
{
    aluno__tls_credentials *credentials = aluno__tls_context_credentials(tls);
    const aluno__tls_validity validity =
        credentials == NULL ? (aluno__tls_validity){0} : credentials->validity[file];
    aluno__tls_credentials_release(credentials);
    return validity;
}
