/* Registers the engine and binds an aluno__tls to listeners and dialers. nng's functions that give a
 * configuration its certificates are not used: a configuration of ours is only the way from an endpoint to
 * its aluno__tls. */
#include "binding.h"

#include "base/memory.h"
#include "connection.h"

/* The aluno__tls that the configuration allocated next, on this thread, belongs to: nng passes no argument
 * through. */
static _Thread_local aluno__tls *binding;

static int config_init(nng_tls_engine_config *config, nng_tls_mode mode)
{
    (void)mode;
    config->tls = binding == NULL ? NULL : tls_context_hold(binding);
    return 0;
}

static void config_fini(nng_tls_engine_config *config)
{
    tls_context_release(config->tls);
    aluno__free(config->name);
}

static int config_server(nng_tls_engine_config *config, const char *name)
{
    char *copy = aluno__strdup(name);
    if (copy == NULL)
        return NNG_ENOMEM;
    aluno__free(config->name);
    config->name = copy;
    return 0;
}

/* nng sets a mode and a version by itself; ours do not depend on them. */
static int config_auth(nng_tls_engine_config *config, nng_tls_auth_mode mode)
{
    (void)config;
    (void)mode;
    return 0;
}

static int config_version(nng_tls_engine_config *config, nng_tls_version least, nng_tls_version most)
{
    (void)config;
    (void)least;
    (void)most;
    return 0;
}

static int config_ca_chain(nng_tls_engine_config *config, const char *certificates, const char *crl)
{
    (void)config;
    (void)certificates;
    (void)crl;
    return NNG_ENOTSUP;
}

static int config_own_cert(nng_tls_engine_config *config, const char *certificate, const char *key,
                           const char *passphrase)
{
    (void)config;
    (void)certificate;
    (void)key;
    (void)passphrase;
    return NNG_ENOTSUP;
}

#if NNG_ENGINE_TAKES_PSK
static int config_psk(nng_tls_engine_config *config, const char *identity, const uint8_t *key, size_t size)
{
    (void)config;
    (void)identity;
    (void)key;
    (void)size;
    return NNG_ENOTSUP;
}
#endif

static nng_tls_engine_config_ops config_ops = {
    .size = sizeof(struct nng_tls_engine_config),
    .init = config_init,
    .fini = config_fini,
    .server = config_server,
    .auth = config_auth,
    .ca_chain = config_ca_chain,
    .own_cert = config_own_cert,
    .version = config_version,
#if NNG_ENGINE_TAKES_PSK
    .psk = config_psk,
#endif
};

static const nng_tls_engine engine = {
    .version = NNG_TLS_ENGINE_VERSION,
    .config_ops = &config_ops,
    .conn_ops = &tls_connection_ops,
    .name = "aluno",
    .description = "aluno's engine on mbed TLS " MBEDTLS_VERSION_STRING,
};

int tls_register(void)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    int result = 0;
    pthread_mutex_lock(&lock);
    /* Asking for the name makes nng initialise itself, which registers its own engine: ours must come after.
     */
    if (strcmp(nng_tls_engine_name(), engine.name) != 0)
        result = mbed_start() ? nng_tls_engine_register(&engine) : NNG_ECRYPTO;
    pthread_mutex_unlock(&lock);
    return result;
}

static int make_config(nng_tls_config **out, aluno__tls *tls, nng_tls_mode mode)
{
    binding = tls;
    const int result = nng_tls_config_alloc(out, mode);
    binding = NULL;
    return result;
}

int aluno__tls_bind_listener(aluno__tls *tls, nng_listener listener)
{
    nng_tls_config *config;
    int result = make_config(&config, tls, NNG_TLS_MODE_SERVER);
    if (result != 0)
        return result;
    result = nng_listener_set_ptr(listener, NNG_OPT_TLS_CONFIG, config);
    nng_tls_config_free(config);
    return result;
}

int aluno__tls_bind_dialer(aluno__tls *tls, nng_dialer dialer, const char *name)
{
    nng_tls_config *config;
    if (name == NULL || *name == '\0' || strlen(name) > MBEDTLS_SSL_MAX_HOST_NAME_LEN)
        return NNG_EINVAL;
    int result = make_config(&config, tls, NNG_TLS_MODE_CLIENT);
    if (result != 0)
        return result;
    result = nng_tls_config_server_name(config, name);
    if (result == 0)
        result = nng_dialer_set_ptr(dialer, NNG_OPT_TLS_CONFIG, config);
    nng_tls_config_free(config);
    return result;
}
