/* The operations of nng's engine interface on connections. */
#ifndef ALUNO_TLS_CONNECTION_H
#define ALUNO_TLS_CONNECTION_H

#include "nng/api.h"

/* For the engine's registration. */
extern nng_tls_engine_conn_ops aluno__tls_connection_ops;

#endif
