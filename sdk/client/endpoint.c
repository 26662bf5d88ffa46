/* An address as the program writes it, and its parts. */
#include "endpoint.h"

#include "base/memory.h"
#include "protocol/error.h"
#include "tls/binding.h"

#include <stdlib.h>

static const char scheme[] = "tls+tcp://";

static bool is_port(const char *text)
{
    return *text != '\0' && strspn(text, "0123456789") == strlen(text) && strlen(text) <= 5 &&
           atol(text) >= 1 && atol(text) <= 65535;
}

aluno_code aluno__endpoint_parse(aluno__endpoint *endpoint, const char *url, const char *tls_name,
                                 aluno_error *error)
{
    const char *host = strncmp(url, scheme, strlen(scheme)) == 0 ? url + strlen(scheme) : url;
    const char *colon = strrchr(host, ':');
    if (strchr(host, '/') != NULL || colon == NULL || colon == host || !is_port(colon + 1))
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "server %s: HOST:PORT", url);
    endpoint->address = aluno__strdup(host);
    endpoint->port = aluno__strdup(colon + 1);
    size_t length = (size_t)(colon - host);
    if (host[0] == '[' && host[length - 1] == ']') {
        host++;
        length -= 2;
    }
    endpoint->host = aluno__strndup(host, length);
    endpoint->tls_name = tls_name != NULL ? aluno__strdup(tls_name) : aluno__strndup(host, length);
    if (endpoint->address == NULL || endpoint->port == NULL || endpoint->host == NULL ||
        endpoint->tls_name == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    return ALUNO_OK;
}

void aluno__endpoint_free(aluno__endpoint *endpoint)
{
    aluno__free(endpoint->host);
    aluno__free(endpoint->port);
    aluno__free(endpoint->tls_name);
    aluno__free(endpoint->address);
}
