/* One attempt of a call: encodes it, gives it to nng, and reads what comes back. nng's callbacks drive it:
 * the message was sent, then the reply came, or either failed. */
#include "client.h"

#include "protocol/envelope.h"
#include "protocol/fail.h"
#include "protocol/memory.h"

#include <inttypes.h>

/* ---- how it ends ---- */

static aluno_code fail_nng(aluno_pending *call, int failure)
{
    aluno_error *error = aluno_call_error(call);
    switch (failure) {
    case NNG_ETIMEDOUT:
        return aluno_fail(error, ALUNO_REASON_DEADLINE_PASSED, "%" PRId64 " ms", call->timeout_ms);
    case NNG_ECLOSED:
        return aluno_fail(error, ALUNO_REASON_CLIENT_CLOSED, NULL);
    case NNG_ECANCELED:
        return aluno_fail(error, ALUNO_REASON_CALL_CANCELLED, NULL);
    case NNG_ENOMEM:
        return aluno_fail(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    default:
        return aluno_fail(error, ALUNO_REASON_CONNECTION_LOST, "%s",
                          call->client->settings.endpoints[call->endpoint].address);
    }
}

/* nng keeps a message that no connection takes until its time is over. */
static aluno_code fail_unsent(aluno_pending *call, int failure)
{
    if (failure != NNG_ETIMEDOUT)
        return fail_nng(call, failure);
    aluno_client *client = call->client;
    pthread_mutex_lock(&client->mutex);
    const aluno_code code = aluno_call_fail_unsent(call);
    pthread_mutex_unlock(&client->mutex);
    return code;
}

static aluno_code read_reply(aluno_pending *call)
{
    nng_msg *message = nng_aio_get_msg(call->aio);
    aluno_code code = ALUNO_RESOURCE_EXHAUSTED;
    call->reply = aluno_allocate(call->method->reply->size);
    call->reply_metadata = aluno_allocate(sizeof *call->reply_metadata);
    aluno_error found;
    if (call->reply != NULL && call->reply_metadata != NULL)
        code = aluno_read_reply(nng_msg_body(message), nng_msg_len(message), call->msgid, call->method->reply,
                                call->reply, call->reply_metadata, &found);
    else
        aluno_fail(&found, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    nng_msg_free(message);
    if (code == ALUNO_OK)
        return code;
    aluno_release(call->reply);
    aluno_release(call->reply_metadata);
    call->reply = call->reply_metadata = NULL;
    aluno_error *error = aluno_call_error(call);
    if (error != NULL)
        aluno_copy(&aluno_error_type, error, &found);
    return code;
}

/* ---- giving it to nng ---- */

/* nng forgets an abort that comes before the operation has begun: whoever cancels meanwhile leaves it to this
 * thread, by which the call must not be freed before it is done. */
static void hand(aluno_pending *call, void (*operation)(nng_ctx, nng_aio *))
{
    aluno_client *client = call->client;
    operation(call->slot->context, call->aio);
    pthread_mutex_lock(&client->mutex);
    if (call->cancelled) {
        pthread_mutex_unlock(&client->mutex);
        nng_aio_abort(call->aio, NNG_ECANCELED);
        pthread_mutex_lock(&client->mutex);
    }
    aluno_call_handed(call);
    pthread_mutex_unlock(&client->mutex);
}

static nng_duration time_left(const aluno_pending *call)
{
    const int64_t left_ms = call->until_ms - aluno_steady_ms();
    return (nng_duration)(left_ms > 0 ? left_ms : 1);
}

static void receive(aluno_pending *call)
{
    aluno_client *client = call->client;
    pthread_mutex_lock(&client->mutex);
    call->handing++;
    pthread_mutex_unlock(&client->mutex);
    nng_aio_set_timeout(call->aio, time_left(call));
    hand(call, nng_ctx_recv);
}

/* nng's: the message was sent, or the reply has come, or that failed. */
static void progress(void *argument)
{
    aluno_pending *call = argument;
    const int failure = nng_aio_result(call->aio);
    nng_msg *unsent = call->unsent;
    call->unsent = NULL;
    if (unsent == NULL) {
        call->replied = failure == 0;
        aluno_call_attempted(call, failure == 0 ? read_reply(call) : fail_nng(call, failure));
    } else if (failure == 0) {
        receive(call);
    } else {
        nng_msg_free(unsent);
        aluno_call_attempted(call, fail_unsent(call, failure));
    }
}

/* ---- making it ---- */

static int new_slot(aluno_pending *call)
{
    aluno_slot *slot = aluno_allocate_zeroed(sizeof *slot);
    if (slot == NULL)
        return NNG_ENOMEM;
    const int failure = nng_ctx_open(&slot->context, call->client->socket);
    if (failure == 0)
        call->slot = slot;
    else
        aluno_release(slot);
    return failure;
}

/* An aio serves one attempt: a time-out that nng began to carry out just as the reply came would hit the next
 * one. Freeing it waits for its callback. */
static int new_aio(aluno_pending *call)
{
    if (call->aio != NULL)
        nng_aio_free(call->aio);
    call->aio = NULL;
    return nng_aio_alloc(&call->aio, progress, call);
}

static aluno_code write_request(aluno_pending *call)
{
    aluno_buffer bytes = {0};
    aluno_code code = ALUNO_OK;
    aluno_begin_request(&bytes, call->msgid, call->method);
    aluno_buffer_append(&bytes, call->message.data, call->message.size);
    aluno_end_request(&bytes, &call->metadata);
    if (bytes.size > ALUNO_MESSAGE_MAX)
        code = aluno_fail(aluno_call_error(call), ALUNO_REASON_MESSAGE_TOO_LARGE, "%zu > %zu bytes",
                          bytes.size, ALUNO_MESSAGE_MAX);
    else if (bytes.failed || nng_msg_alloc(&call->unsent, 0) != 0)
        code = fail_nng(call, NNG_ENOMEM);
    else if (nng_msg_append(call->unsent, bytes.data, bytes.size) != 0) {
        nng_msg_free(call->unsent);
        call->unsent = NULL;
        code = fail_nng(call, NNG_ENOMEM);
    }
    aluno_buffer_free(&bytes);
    return code;
}

aluno_attempt aluno_attempt_view(const aluno_pending *call)
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
static void intercept(aluno_pending *call)
{
    const aluno_interceptor *interceptor = &call->client->settings.interceptor;
    if (interceptor->before == NULL)
        return;
    aluno_attempt view = aluno_attempt_view(call);
    interceptor->before(interceptor->user, &view);
    view.traceparent[sizeof view.traceparent - 1] = '\0';
    call->metadata.has.traceparent = *view.traceparent != '\0';
    memcpy(call->metadata.traceparent, view.traceparent, sizeof view.traceparent);
}

static aluno_code prepare(aluno_pending *call)
{
    const int64_t left_ms = call->until_ms - aluno_steady_ms();
    ALUNO_SET(call->metadata, timeout_ms, left_ms > 0 ? left_ms : 1);
    intercept(call); /* first: `after` will be called, whatever comes */
    if (left_ms <= 0)
        return fail_nng(call, NNG_ETIMEDOUT);
    int failure = call->slot == NULL ? new_slot(call) : 0;
    if (failure == 0)
        failure = new_aio(call);
    if (failure != 0)
        return fail_nng(call, failure);
    return write_request(call);
}

void aluno_attempt_begin(aluno_pending *call)
{
    aluno_client *client = call->client;
    const aluno_code code = prepare(call);
    if (code == ALUNO_OK) {
        nng_aio_set_msg(call->aio, call->unsent);
        nng_aio_set_timeout(call->aio, time_left(call));
        hand(call, nng_ctx_send);
        return;
    }
    aluno_call_attempted(call, code);
    pthread_mutex_lock(&client->mutex);
    aluno_call_handed(call);
    pthread_mutex_unlock(&client->mutex);
}
