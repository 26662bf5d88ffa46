/* One attempt of a call as bytes: its request, and what its reply or failure means. */
#include "client.h"

#include "protocol/envelope.h"
#include "protocol/error.h"
#include "base/memory.h"

#include <inttypes.h>

aluno_error *aluno__call_error(aluno_pending *call)
{
    if (call->error == NULL)
        call->error = aluno__malloc(sizeof *call->error);
    return call->error;
}

const char *aluno_pending_request_id(const aluno_pending *call)
{
    return call->metadata.has.request_id ? call->metadata.request_id : NULL;
}

/* ---- its bytes ---- */

aluno_code aluno__attempt_fail(aluno_pending *call, int failure)
{
    aluno_error *error = aluno__call_error(call);
    switch (failure) {
    case NNG_ETIMEDOUT:
        return aluno__error_set(error, ALUNO_REASON_DEADLINE_PASSED, "%" PRId64 " ms", call->timeout_ms);
    case NNG_ECLOSED:
        return aluno__error_set(error, ALUNO_REASON_CLIENT_CLOSED, NULL);
    case NNG_ECANCELED:
        return aluno__error_set(error, ALUNO_REASON_CALL_CANCELLED, NULL);
    case NNG_ENOMEM:
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    default:
        return aluno__error_set(error, ALUNO_REASON_CONNECTION_LOST, "%s",
                                call->client->settings.endpoints[call->endpoint].address);
    }
}

aluno_code aluno__attempt_write(aluno_pending *call, nng_msg **out)
{
    aluno__buffer bytes = {0};
    aluno_code code = ALUNO_OK;
    aluno__envelope_begin_request(&bytes, call->msgid, call->method);
    aluno__buffer_append(&bytes, call->message.data, call->message.size);
    aluno__envelope_end_request(&bytes, &call->metadata);
    if (bytes.size > ALUNO_MESSAGE_MAX)
        code = aluno__error_set(aluno__call_error(call), ALUNO_REASON_MESSAGE_TOO_LARGE, "%zu > %zu bytes",
                                bytes.size, ALUNO_MESSAGE_MAX);
    else if (bytes.failed || nng_msg_alloc(out, 0) != 0)
        code = aluno__attempt_fail(call, NNG_ENOMEM);
    else if (nng_msg_append(*out, bytes.data, bytes.size) != 0) {
        nng_msg_free(*out);
        code = aluno__attempt_fail(call, NNG_ENOMEM);
    }
    aluno__buffer_free(&bytes);
    return code;
}

aluno_code aluno__attempt_read(aluno_pending *call, nng_msg *message)
{
    aluno_code code = ALUNO_RESOURCE_EXHAUSTED;
    call->reply = aluno__malloc(call->method->reply->size);
    call->reply_metadata = aluno__malloc(sizeof *call->reply_metadata);
    aluno_error found;
    if (call->reply != NULL && call->reply_metadata != NULL)
        code = aluno__envelope_read_reply(nng_msg_body(message), nng_msg_len(message), call->msgid,
                                          call->method->reply, call->reply, call->reply_metadata, &found);
    else
        aluno__error_set(&found, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    nng_msg_free(message);
    if (code == ALUNO_OK)
        return code;
    aluno__free(call->reply);
    aluno__free(call->reply_metadata);
    call->reply = call->reply_metadata = NULL;
    aluno_error *error = aluno__call_error(call);
    if (error != NULL)
        aluno_copy(&aluno_error_type, error, &found);
    return code;
}

/* ---- its interceptor ---- */

static aluno_attempt view_of(const aluno_pending *call)
{
    aluno_attempt view = {
        .method = call->method,
        .request_id = aluno_pending_request_id(call),
        .server = call->client->settings.endpoints[call->endpoint].address,
        .number = call->metadata.attempt,
        .timeout_ms = call->metadata.timeout_ms,
    };
    if (call->metadata.has.traceparent)
        memcpy(view.traceparent, call->metadata.traceparent, sizeof view.traceparent);
    return view;
}

/* The program may write the trace context of each attempt. */
void aluno__attempt_before(aluno_pending *call)
{
    const aluno_interceptor *interceptor = &call->client->settings.interceptor;
    if (interceptor->before == NULL)
        return;
    aluno_attempt view = view_of(call);
    interceptor->before(interceptor->user, &view);
    view.traceparent[sizeof view.traceparent - 1] = '\0';
    call->metadata.has.traceparent = *view.traceparent != '\0';
    memcpy(call->metadata.traceparent, view.traceparent, sizeof view.traceparent);
}

void aluno__attempt_after(const aluno_pending *call, aluno_code code, bool replayed, int64_t retry_in_ms)
{
    const aluno_interceptor *interceptor = &call->client->settings.interceptor;
    if (interceptor->after == NULL)
        return;
    aluno_attempt view = view_of(call);
    view.code = code;
    view.error = code == ALUNO_OK ? NULL : call->error;
    view.replayed = replayed;
    view.took_us = aluno__clock_us() - call->attempt_us;
    view.retry_in_ms = retry_in_ms;
    interceptor->after(interceptor->user, &view);
}
