/* Makes and frees calls. */
#include "call.h"

#include "base/clock.h"
#include "base/memory.h"
#include "metadata.h"
#include "protocol/envelope.h"
#include "protocol/error.h"

#include <aluno/validate.h>

/* Validates a copy of the request, which that may normalise, and keeps its bytes. */
static aluno_code encode(aluno__call *call, const void *request, aluno_error *error)
{
    void *copy = aluno__malloc(call->method->request->size);
    if (copy == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    aluno_copy(call->method->request, copy, request);
    aluno_code code = aluno_validate(call->method->request, copy, false, error);
    if (code == ALUNO_OK)
        aluno__codec_encode(call->method->request, copy, ALUNO_KEYS_NUMBERED, &call->message);
    if (call->message.failed)
        code = aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    aluno__free(copy);
    return code;
}

aluno__call *aluno__call_new(aluno__calls *calls, const aluno_method_desc *method, const void *request,
                             const aluno_call_options *options, aluno_code *code, aluno_error *error)
{
    aluno__call *call = aluno__calloc(sizeof *call);
    if (call == NULL) {
        *code = aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
        return NULL;
    }
    call->calls = calls;
    call->method = method;
    call->begun_us = aluno__clock_us();
    *code = encode(call, request, error);
    if (*code == ALUNO_OK)
        *code = aluno__metadata_init(&call->metadata, calls->settings, method, options, error);
    if (*code == ALUNO_OK) {
        call->timeout_ms = call->metadata.timeout_ms;
        call->until_ms = aluno__clock_deadline(call->timeout_ms);
        return call;
    }
    if (error != NULL)
        aluno__call_get_error(call, error);
    aluno__call_free(call);
    return NULL;
}

void aluno__call_free(aluno__call *call)
{
    aluno__buffer_free(&call->message);
    if (call->reply != NULL)
        nng_msg_free(call->reply);
    aluno__free(call->error);
    aluno__free(call);
}

aluno_code aluno__call_read_reply(aluno__call *call, void *reply, aluno_reply_metadata *metadata)
{
    call->code = aluno__envelope_read_success(&call->success, call->method->reply, reply, metadata, NULL);
    nng_msg_free(call->reply);
    call->reply = NULL;
    if (call->code != ALUNO_OK)
        aluno__error_set(aluno__call_error(call), ALUNO_REASON_REPLY_MALFORMED, NULL);
    return call->code;
}

aluno_error *aluno__call_error(aluno__call *call)
{
    if (call->error == NULL)
        call->error = aluno__malloc(sizeof *call->error);
    return call->error;
}

void aluno__call_get_error(const aluno__call *call, aluno_error *error)
{
    if (call->error != NULL)
        aluno_copy(&aluno_error_type, error, call->error);
    else if (call->code != ALUNO_OK)
        aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (call->metadata.has.request_id)
        ALUNO_SET_TEXT(*error, request_id, call->metadata.request_id);
    aluno_error_translate(error, call->calls->settings->language);
}

const char *aluno_pending_request_id(const aluno_pending *call)
{
    return call->metadata.has.request_id ? call->metadata.request_id : NULL;
}
