/* Binds credentials to listeners and dialers. */
#ifndef ALUNO_TLS_BINDING_H
#define ALUNO_TLS_BINDING_H

#include "nng/api.h"
#include "types.h"

/* Makes a listener or dialer that is not started yet use these credentials. `name` is the name that the
 * service's certificate must carry: a DNS name or an IP address. Return nng's error numbers. */
int aluno__tls_bind_listener(aluno__tls *tls, nng_listener listener);
int aluno__tls_bind_dialer(aluno__tls *tls, nng_dialer dialer, const char *name);

#endif
