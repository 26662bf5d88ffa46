/* The bytes of an attempt, its failures, and the interceptor's view of it. */
#include "attempt.h"

#include "base/clock.h"
#include "nng/failure.h"
#include "protocol/envelope.h"
#include "protocol/error.h"

#include <inttypes.h>

/* ---- failures ---- */

static const char *address_of(const aluno__call *call)
{
    return aluno__settings_address(call->calls->settings, call->endpoint);
}

static aluno_code fail_deadline(aluno__call *call)
{
    return aluno__error_set(aluno__call_error(call), ALUNO_REASON_DEADLINE_PASSED, "%" PRId64 " ms",
                            call->timeout_ms);
}

aluno_code aluno__attempt_fail(aluno__call *call, int failure)
{
    if (failure == NNG_ETIMEDOUT)
        return fail_deadline(call);
    const aluno_reason reason = aluno__nng_failure_reason(failure, ALUNO_REASON_CONNECTION_LOST);
    if (aluno_reason_of(reason)->code == ALUNO_UNAVAILABLE)
        return aluno__error_set(aluno__call_error(call), ALUNO_REASON_CONNECTION_LOST, "%s",
                                address_of(call));
    return aluno__error_set(aluno__call_error(call), reason, NULL);
}

aluno_code aluno__attempt_fail_unsent(aluno__call *call)
{
    const aluno__connection *connection = call->calls->connection;
    if (aluno__connection_is_ready(connection))
        return fail_deadline(call);
    return aluno__connection_fail(connection, aluno__call_error(call));
}

/* ---- bytes ---- */

aluno_code aluno__attempt_write(aluno__call *call, nng_msg **out)
{
    aluno__buffer bytes = {0};
    aluno_code code = ALUNO_OK;
    aluno__envelope_begin_request(&bytes, call->msgid, call->method, ALUNO_KEYS_NUMBERED);
    aluno__buffer_append(&bytes, call->message.data, call->message.size);
    aluno__envelope_end_request(&bytes, &call->metadata, ALUNO_KEYS_NUMBERED);
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

/* Only changes are replayed. The rest of a reply is decoded by aluno__call_read_reply. */
static aluno_code read_replayed(aluno__call *call, aluno_error *failure)
{
    aluno_reply_metadata metadata;
    if (call->method->effect != ALUNO_MUTATES)
        return ALUNO_OK;
    const aluno_code code = aluno__envelope_read_metadata(&call->success, &metadata, failure);
    call->replayed = code == ALUNO_OK && metadata.has.replayed && metadata.replayed;
    return code;
}

aluno_code aluno__attempt_read(aluno__call *call, nng_msg *message)
{
    aluno_error failure;
    aluno_code code = aluno__envelope_open_reply(nng_msg_body(message), nng_msg_len(message), call->msgid,
                                                 &call->success, &failure);
    if (code == ALUNO_OK)
        code = read_replayed(call, &failure);
    if (code == ALUNO_OK) {
        call->reply = message;
        return code;
    }
    nng_msg_free(message);
    aluno_error *error = aluno__call_error(call);
    if (error != NULL)
        aluno_copy(&aluno_error_type, error, &failure);
    return code;
}

/* ---- the interceptor ---- */

static aluno_attempt view_of(const aluno__call *call)
{
    aluno_attempt view = {
        .method = call->method,
        .request_id = aluno_pending_request_id(call),
        .server = address_of(call),
        .number = call->attempts,
        .timeout_ms = call->metadata.timeout_ms,
    };
    if (call->metadata.has.traceparent)
        memcpy(view.traceparent, call->metadata.traceparent, sizeof view.traceparent);
    return view;
}

void aluno__attempt_before(aluno__call *call)
{
    const aluno_interceptor *interceptor = &call->calls->settings->interceptor;
    if (interceptor->before == NULL)
        return;
    aluno_attempt view = view_of(call);
    interceptor->before(interceptor->user, &view);
    view.traceparent[sizeof view.traceparent - 1] = '\0';
    call->metadata.has.traceparent = *view.traceparent != '\0';
    memcpy(call->metadata.traceparent, view.traceparent, sizeof view.traceparent);
}

void aluno__attempt_after(const aluno__call *call, aluno_code code, int64_t retry_in_ms)
{
    const aluno_interceptor *interceptor = &call->calls->settings->interceptor;
    if (interceptor->after == NULL)
        return;
    aluno_attempt view = view_of(call);
    view.code = code;
    view.error = code == ALUNO_OK ? NULL : call->error;
    view.replayed = call->replayed;
    view.took_us = aluno__clock_us() - call->attempt_us;
    view.retry_in_ms = retry_in_ms;
    interceptor->after(interceptor->user, &view);
}
