/* What a program asks for when it opens a client: judged, and copied into the client's settings. */
#include "client.h"

#include "protocol/error.h"
#include "base/memory.h"
#include "protocol/sized.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    TIMEOUT_MS = 5000,         /* of a call that names none */
    TIMEOUT_MAX_MS = 86400000, /* a day */
    USER_AGENT_MAX = 64,
    PENDING = 1024,
    PENDING_MAX = 65536,
};

static const char default_server[] = "tls+tcp://127.0.0.1:3000";
static const char scheme[] = "tls+tcp://";

static aluno_code wrong(aluno_error *error, const char *what)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "%s", what);
}

static aluno_code out_of_memory(aluno_error *error)
{
    return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
}

/* ---- addresses ---- */

static bool is_port(const char *text)
{
    return *text != '\0' && strspn(text, "0123456789") == strlen(text) && strlen(text) <= 5 &&
           atol(text) >= 1 && atol(text) <= 65535;
}

/* "tls+tcp://host:port" or "tls+tcp://[ipv6]:port" into its parts. */
static aluno_code read_endpoint(aluno__endpoint *endpoint, const char *url, const char *name,
                                aluno_error *error)
{
    const bool has_scheme = strncmp(url, scheme, strlen(scheme)) == 0;
    const char *host = has_scheme ? url + strlen(scheme) : url;
    const char *colon = strrchr(host, ':');
    if (!has_scheme || colon == NULL || colon == host || !is_port(colon + 1))
        return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "server %s: tls+tcp://HOST:PORT", url);
    endpoint->address = aluno__strdup(host);
    endpoint->port = aluno__strdup(colon + 1);
    size_t length = (size_t)(colon - host);
    if (host[0] == '[' && host[length - 1] == ']') {
        host++;
        length -= 2;
    }
    endpoint->host = aluno__strndup(host, length);
    endpoint->name = name != NULL ? aluno__strdup(name) : aluno__strndup(host, length);
    if (endpoint->address == NULL || endpoint->port == NULL || endpoint->host == NULL ||
        endpoint->name == NULL)
        return out_of_memory(error);
    return ALUNO_OK;
}

/* The addresses of `server`, which have commas between them. */
static aluno_code read_endpoints(aluno__settings *settings, const char *server, const char *name,
                                 aluno_error *error)
{
    char *const urls = aluno__strdup(server != NULL ? server : default_server);
    if (urls == NULL)
        return out_of_memory(error);
    aluno_code code = ALUNO_OK;
    for (char *url = urls, *comma; url != NULL && code == ALUNO_OK; url = comma) {
        comma = strchr(url, ',');
        if (comma != NULL)
            *comma++ = '\0';
        url += strspn(url, " ");
        if (settings->endpoint_count == ALUNO_ENDPOINTS_MAX)
            code = wrong(error, "server: <= 8 addresses");
        else
            code = read_endpoint(&settings->endpoints[settings->endpoint_count++], url, name, error);
    }
    aluno__free(urls);
    return code;
}

/* ---- the rest ---- */

aluno_code aluno__call_options_read(aluno_call_options *own, const aluno_client *client,
                                    const aluno_call_options *options, aluno_error *error)
{
    *own = (aluno_call_options)ALUNO_CALL_OPTIONS_INIT;
    if (options == NULL)
        return ALUNO_OK;
    const aluno_code code = aluno__sized_read(own, sizeof *own, options, "aluno_call_options", error);
    if (code != ALUNO_OK && error != NULL)
        aluno_error_translate(error, client->settings.language);
    return code;
}

static aluno_code judge(const aluno_client_options *options, aluno_error *error)
{
    if (options->timeout_ms < 0 || options->timeout_ms > TIMEOUT_MAX_MS)
        return wrong(error, "timeout_ms: 1 – 86400000");
    if (options->language != ALUNO_EN && options->language != ALUNO_PT)
        return wrong(error, "language: ALUNO_EN | ALUNO_PT");
    if (options->user_agent != NULL && strlen(options->user_agent) > USER_AGENT_MAX)
        return wrong(error, "user_agent: <= 64 bytes");
    if (options->max_pending > PENDING_MAX)
        return wrong(error, "max_pending: 1 – 65536");
    if (options->ca_file == NULL)
        return wrong(error, "ca_file: is required");
    if (options->cert_file == NULL)
        return wrong(error, "cert_file: is required");
    if (options->key_file == NULL)
        return wrong(error, "key_file: is required");
    return ALUNO_OK;
}

aluno_code aluno__settings_read(aluno__settings *settings, const aluno_client_options *options,
                                aluno_error *error)
{
    const aluno_code judged = judge(options, error);
    if (judged != ALUNO_OK)
        return judged;
    settings->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : TIMEOUT_MS;
    settings->language = options->language;
    settings->max_pending = options->max_pending > 0 ? options->max_pending : PENDING;
    settings->on_state = options->on_state;
    settings->on_state_user = options->on_state_user;
    settings->interceptor = options->interceptor;
    if (options->user_agent != NULL && (settings->user_agent = aluno__strdup(options->user_agent)) == NULL)
        return out_of_memory(error);
    return read_endpoints(settings, options->server, options->tls_name, error);
}

void aluno__settings_free(aluno__settings *settings)
{
    for (size_t i = 0; i < settings->endpoint_count; i++) {
        aluno__free(settings->endpoints[i].host);
        aluno__free(settings->endpoints[i].port);
        aluno__free(settings->endpoints[i].name);
        aluno__free(settings->endpoints[i].address);
    }
    aluno__free(settings->user_agent);
}
