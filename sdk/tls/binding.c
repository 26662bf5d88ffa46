/* Gives a listener or dialer a TLS configuration that holds its credentials. */
#include "binding.h"

#include "config.h"
#include "mbed.h"

int aluno__tls_bind_listener(aluno__tls *tls, nng_listener listener)
{
    nng_tls_config *config;
    int result = aluno__tls_config_new(&config, tls, NNG_TLS_MODE_SERVER);
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
    int result = aluno__tls_config_new(&config, tls, NNG_TLS_MODE_CLIENT);
    if (result != 0)
        return result;
    result = nng_tls_config_server_name(config, name);
    if (result == 0)
        result = nng_dialer_set_ptr(dialer, NNG_OPT_TLS_CONFIG, config);
    nng_tls_config_free(config);
    return result;
}
