/* How nng meets the engine: its registration, and nng's TLS configurations. */
#ifndef ALUNO_TLS_BINDING_H
#define ALUNO_TLS_BINDING_H

#include "engine.h"

struct nng_tls_engine_config {
    aluno__tls *tls; /* NULL: one that nng made by itself; connections refuse it */
    char *name;      /* what the service's certificate must carry */
};

/* Makes the engine nng's, unless it is already. Returns nng's error numbers. */
int tls_register(void);

#endif
