/* The metadata of a request, from the settings and the call's options. */
#include "metadata.h"

#include "base/clock.h"
#include "protocol/error.h"

#include <aluno/values.h>

#include <stdio.h>
#include <sys/random.h>

/* A UUID of version 7 (RFC 9562): the time and then chance. Such ids grow, which keeps the service's ledger
 * of them compact; random ones would touch a page of its index for each change. */
static aluno_code new_request_id(char out[37], aluno_error *error)
{
    uint8_t b[16];
    const uint64_t ms = (uint64_t)aluno__clock_unix_ms();
    if (getrandom(b, sizeof b, 0) != sizeof b)
        return aluno__error_set(error, ALUNO_REASON_INTERNAL_ERROR, "getrandom");
    for (size_t i = 0; i < 6; i++)
        b[i] = (uint8_t)(ms >> (40 - 8 * i));
    b[6] = (uint8_t)((b[6] & 0x0F) | 0x70);
    b[8] = (uint8_t)((b[8] & 0x3F) | 0x80);
    snprintf(out, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
    return ALUNO_OK;
}

/* A change carries a request id: the given one, or a new one. */
static aluno_code set_request_id(aluno_request_metadata *metadata, const char *given, aluno_error *error)
{
    metadata->has.request_id = true;
    if (given == NULL)
        return new_request_id(metadata->request_id, error);
    if (!ALUNO_SET_TEXT(*metadata, request_id, given))
        return aluno__error_add_violation(error, "request_id", ALUNO_REASON_UUID_SYNTAX, NULL);
    return ALUNO_OK;
}

aluno_code aluno__metadata_init(aluno_request_metadata *metadata, const aluno__settings *settings,
                                const aluno_method_desc *method, const aluno_call_options *options,
                                aluno_error *error)
{
    static const char *const languages[] = {"en", "pt"};
    aluno_code code = ALUNO_OK;
    ALUNO_SET_TEXT(*metadata, language, languages[settings->language]);
    if (settings->user_agent != NULL)
        ALUNO_SET_TEXT(*metadata, user_agent, settings->user_agent);
    if (options->traceparent != NULL && !ALUNO_SET_TEXT(*metadata, traceparent, options->traceparent))
        return aluno__error_add_violation(error, "traceparent", ALUNO_REASON_TEXT_TOO_LONG, NULL);
    ALUNO_SET(*metadata, timeout_ms, options->timeout_ms != 0 ? options->timeout_ms : settings->timeout_ms);
    if (method->effect == ALUNO_MUTATES)
        code = set_request_id(metadata, options->request_id, error);
    return code == ALUNO_OK ? aluno_validate(&aluno_request_metadata_type, metadata, false, error) : code;
}
