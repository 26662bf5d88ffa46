/* Validates and copies options. An error names the option by its field. */
#include "settings.h"

#include "base/clock.h"
#include "base/memory.h"
#include "protocol/error.h"
#include "protocol/sized.h"

#include <aluno/validate.h>
#include <aluno/values.h>

enum {
    TIMEOUT_MS = 5000,         /* of a call that names none */
    TIMEOUT_MAX_MS = 86400000, /* a day */
    USER_AGENT_MAX = 64,
    PENDING = 1024,
    PENDING_MAX = 65536,
};

static const char default_server[] = "tls+tcp://127.0.0.1:3000";

static aluno_code refuse(aluno_error *error, const char *detail)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "%s", detail);
}

/* The addresses of `server` are separated by commas. */
static aluno_code parse_endpoints(aluno__settings *settings, const char *server, const char *tls_name,
                                  aluno_error *error)
{
    char *const urls = aluno__strdup(server != NULL ? server : default_server);
    if (urls == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    aluno_code code = ALUNO_OK;
    for (char *url = urls, *comma; url != NULL && code == ALUNO_OK; url = comma) {
        comma = strchr(url, ',');
        if (comma != NULL)
            *comma++ = '\0';
        url += strspn(url, " ");
        if (settings->endpoint_count == ALUNO_ENDPOINTS_MAX)
            code = refuse(error, "server: <= 8 addresses");
        else
            code =
                aluno__endpoint_parse(&settings->endpoints[settings->endpoint_count++], url, tls_name, error);
    }
    aluno__free(urls);
    return code;
}

/* Begins with another endpoint, at random; the rest follows in its order. */
static void rotate_endpoints(aluno__settings *settings)
{
    const size_t count = settings->endpoint_count;
    const size_t first = (size_t)aluno__clock_jitter((int64_t)count * 2 - 2) - (count - 1);
    aluno__endpoint given[ALUNO_ENDPOINTS_MAX];
    memcpy(given, settings->endpoints, count * sizeof *given);
    for (size_t i = 0; i < count; i++)
        settings->endpoints[i] = given[(first + i) % count];
}

static bool is_purpose(const char *text)
{
    aluno_request_metadata metadata;
    aluno_clear(&aluno_request_metadata_type, &metadata);
    return ALUNO_SET_TEXT(metadata, purpose, text) &&
           aluno_validate(&aluno_request_metadata_type, &metadata, false, NULL) == ALUNO_OK;
}

static aluno_code validate(const aluno_client_options *options, aluno_error *error)
{
    if (options->timeout_ms < 0 || options->timeout_ms > TIMEOUT_MAX_MS)
        return refuse(error, "timeout_ms: 1 – 86400000");
    if (options->language != ALUNO_EN && options->language != ALUNO_PT)
        return refuse(error, "language: ALUNO_EN | ALUNO_PT");
    if (options->balance != ALUNO_IN_ORDER && options->balance != ALUNO_AT_RANDOM)
        return refuse(error, "balance: ALUNO_IN_ORDER | ALUNO_AT_RANDOM");
    if (options->user_agent != NULL && strlen(options->user_agent) > USER_AGENT_MAX)
        return refuse(error, "user_agent: <= 64 bytes");
    if (options->purpose != NULL && !is_purpose(options->purpose))
        return refuse(error, "purpose: words, <= 127 bytes, no CPF, no e-mail address");
    if (options->max_pending > PENDING_MAX)
        return refuse(error, "max_pending: 1 – 65536");
    if (options->ca_file == NULL)
        return refuse(error, "ca_file: is required");
    if (options->cert_file == NULL)
        return refuse(error, "cert_file: is required");
    if (options->key_file == NULL)
        return refuse(error, "key_file: is required");
    return ALUNO_OK;
}

/* NULL stays NULL. */
static bool copy_text(char **out, const char *text)
{
    return text == NULL || (*out = aluno__strdup(text)) != NULL;
}

aluno_code aluno__settings_init(aluno__settings *settings, const aluno_client_options *options,
                                aluno_error *error)
{
    const aluno_code code = validate(options, error);
    if (code != ALUNO_OK)
        return code;
    settings->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : TIMEOUT_MS;
    settings->language = options->language;
    settings->max_pending = options->max_pending > 0 ? options->max_pending : PENDING;
    settings->on_state = options->on_state;
    settings->on_state_user = options->on_state_user;
    settings->interceptor = options->interceptor;
    if (!copy_text(&settings->user_agent, options->user_agent) ||
        !copy_text(&settings->purpose, options->purpose))
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    const aluno_code parsed = parse_endpoints(settings, options->server, options->tls_name, error);
    if (parsed == ALUNO_OK && options->balance == ALUNO_AT_RANDOM)
        rotate_endpoints(settings);
    return parsed;
}

void aluno__settings_free(aluno__settings *settings)
{
    for (size_t i = 0; i < settings->endpoint_count; i++)
        aluno__endpoint_free(&settings->endpoints[i]);
    aluno__free(settings->user_agent);
    aluno__free(settings->purpose);
}

const char *aluno__settings_address(const aluno__settings *settings, size_t endpoint)
{
    return settings->endpoints[endpoint].address;
}

aluno_code aluno__settings_read_call(const aluno__settings *settings, aluno_call_options *own,
                                     const aluno_call_options *options, aluno_error *error)
{
    *own = (aluno_call_options)ALUNO_CALL_OPTIONS_INIT;
    if (options == NULL)
        return ALUNO_OK;
    const aluno_code code = aluno__sized_read(own, sizeof *own, options, "aluno_call_options", error);
    if (code != ALUNO_OK && error != NULL)
        aluno_error_translate(error, settings->language);
    return code;
}
