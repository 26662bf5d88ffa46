/* One address of the service. */
#ifndef ALUNO_CLIENT_ENDPOINT_H
#define ALUNO_CLIENT_ENDPOINT_H

#include <aluno/error.h>

typedef struct aluno__endpoint {
    char *host, *port;
    char *tls_name; /* the name that its certificate must carry */
    char *address;  /* "host:port", for people */
} aluno__endpoint;

/* Parses "host:port" or "[ipv6]:port", with or without tls+tcp:// before it. tls_name NULL: the host. The
 * caller frees the endpoint even after a failure: OPTION_INVALID, OUT_OF_MEMORY. */
aluno_code aluno__endpoint_parse(aluno__endpoint *endpoint, const char *url, const char *tls_name,
                                 aluno_error *error);

void aluno__endpoint_free(aluno__endpoint *endpoint);

#endif
