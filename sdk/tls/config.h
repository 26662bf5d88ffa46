/* nng's TLS configuration. Ours only carries an aluno__tls from a listener or dialer to its connections:
 * nng's functions that give a configuration certificates are not supported. */
#ifndef ALUNO_TLS_CONFIG_H
#define ALUNO_TLS_CONFIG_H

#include "nng/api.h"
#include "types.h"

struct nng_tls_engine_config {
    aluno__tls *tls; /* NULL in a configuration that nng made by itself: its connections are refused */
    char *name;      /* the name that the service's certificate must carry; NULL on the server side */
};

/* For the engine's registration. */
extern nng_tls_engine_config_ops aluno__tls_config_ops;

/* Makes a configuration that holds `tls`. The caller frees it with nng_tls_config_free. Returns nng's error
 * numbers. */
int aluno__tls_config_new(nng_tls_config **out, aluno__tls *tls, nng_tls_mode mode);

#endif
