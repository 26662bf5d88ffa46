/* The operations of nng's engine interface on configurations. */
#include "config.h"

#include "base/memory.h"
#include "context.h"

/* The argument of config_init. Thread-local because nng_tls_config_alloc passes no argument through; it calls
 * config_init on the same thread. */
static _Thread_local aluno__tls *config_owner;

static int config_init(nng_tls_engine_config *config, nng_tls_mode mode)
{
    (void)mode;
    config->tls = config_owner == NULL ? NULL : aluno__tls_context_hold(config_owner);
    return 0;
}

static void config_fini(nng_tls_engine_config *config)
{
    aluno__tls_context_release(config->tls);
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

/* nng sets a mode and a version by itself. The engine has its own. */
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

#if NNG_ENGINE_HAS_PSK
static int config_psk(nng_tls_engine_config *config, const char *identity, const uint8_t *key, size_t size)
{
    (void)config;
    (void)identity;
    (void)key;
    (void)size;
    return NNG_ENOTSUP;
}
#endif

nng_tls_engine_config_ops aluno__tls_config_ops = {
    .size = sizeof(struct nng_tls_engine_config),
    .init = config_init,
    .fini = config_fini,
    .server = config_server,
    .auth = config_auth,
    .ca_chain = config_ca_chain,
    .own_cert = config_own_cert,
    .version = config_version,
#if NNG_ENGINE_HAS_PSK
    .psk = config_psk,
#endif
};

int aluno__tls_config_new(nng_tls_config **out, aluno__tls *tls, nng_tls_mode mode)
{
    config_owner = tls;
    const int result = nng_tls_config_alloc(out, mode);
    config_owner = NULL;
    return result;
}
