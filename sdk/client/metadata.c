/* The metadata of a request, from the settings and the call's options. */
#include "metadata.h"

#include "protocol/error.h"

#include <aluno/validate.h>
#include <aluno/values.h>

/* A change carries a request id: the given one, or a new one. A given one repeats an earlier call: the
 * request says that there were attempts, so that its reply holds for them, too (PROTOCOL.md, exactly once).
 */
static aluno_code set_request_id(aluno_request_metadata *metadata, const char *given, aluno_error *error)
{
    metadata->has.request_id = true;
    if (given == NULL)
        return aluno_request_id_new(metadata->request_id)
                   ? ALUNO_OK
                   : aluno__error_set(error, ALUNO_REASON_INTERNAL_ERROR, "getrandom");
    if (!ALUNO_SET_TEXT(*metadata, request_id, given))
        return aluno__error_add_violation(error, "request_id", ALUNO_REASON_UUID_SYNTAX, NULL);
    metadata->attempt = 1;
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
    const char *const purpose = options->purpose != NULL ? options->purpose : settings->purpose;
    if (purpose != NULL && !ALUNO_SET_TEXT(*metadata, purpose, purpose))
        return aluno__error_add_violation(error, "purpose", ALUNO_REASON_TEXT_TOO_LONG, NULL);
    ALUNO_SET(*metadata, timeout_ms, options->timeout_ms != 0 ? options->timeout_ms : settings->timeout_ms);
    if (method->effect == ALUNO_MUTATES)
        code = set_request_id(metadata, options->request_id, error);
    return code == ALUNO_OK ? aluno_validate(&aluno_request_metadata_type, metadata, false, error) : code;
}
