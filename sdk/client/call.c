/* A call's life: judged and encoded, tried, perhaps again, and ended. And the synchronous call, which waits
 * for that.
 */
#include "client.h"

#include "protocol/codec.h"
#include "protocol/fail.h"
#include "protocol/memory.h"

#include <aluno/values.h>

#include <inttypes.h>

enum { RETRY_FIRST_MS = 20, RETRY_MOST_MS = 1000 };

/* ---- making one ---- */

/* Judges the request on a copy, which it may normalise, and keeps its bytes. */
static aluno_code encode(aluno_pending *call, const void *request, aluno_error *error)
{
    void *copy = aluno_allocate(call->method->request->size);
    if (copy == NULL)
        return aluno_fail(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    aluno_copy(call->method->request, copy, request);
    aluno_code code = aluno_validate(call->method->request, copy, false, error);
    if (code == ALUNO_OK)
        aluno_encode(call->method->request, copy, &call->message);
    if (call->message.failed)
        code = aluno_fail(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    aluno_release(copy);
    return code;
}

aluno_pending *aluno_call_new(aluno_client *client, const aluno_method *method, const void *request,
                              const aluno_call_options *options, aluno_code *code, aluno_error *error)
{
    aluno_pending *call = aluno_allocate_zeroed(sizeof *call);
    if (call == NULL) {
        *code = aluno_fail(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
        return NULL;
    }
    call->client = client;
    call->method = method;
    call->backoff_ms = RETRY_FIRST_MS;
    call->begun_us = aluno_steady_us();
    *code = encode(call, request, error);
    if (*code == ALUNO_OK)
        *code = aluno_metadata_set(call, options, error);
    if (*code == ALUNO_OK)
        return call;
    if (error != NULL)
        aluno_call_tell(call, error);
    aluno_call_free(call);
    return NULL;
}

void aluno_call_free(aluno_pending *call)
{
    if (call->aio != NULL)
        nng_aio_free(call->aio); /* waits for its callback */
    aluno_buffer_free(&call->message);
    aluno_release(call->reply);
    aluno_release(call->reply_metadata);
    aluno_release(call->error);
    aluno_release(call);
}

/* ---- failures ---- */

aluno_error *aluno_call_error(aluno_pending *call)
{
    if (call->error == NULL)
        call->error = aluno_allocate(sizeof *call->error);
    return call->error;
}

void aluno_call_tell(const aluno_pending *call, aluno_error *error)
{
    if (call->error != NULL)
        aluno_copy(&aluno_error_type, error, call->error);
    else if (call->code != ALUNO_OK)
        aluno_fail(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (call->metadata.has.request_id)
        ALUNO_SET_TEXT(*error, request_id, call->metadata.request_id);
    aluno_error_translate(error, call->client->settings.language);
}

aluno_code aluno_call_fail_unsent(aluno_pending *call)
{
    if (call->client->connection.link != ALUNO_LINK_UP)
        return aluno_connection_fail(call->client, aluno_call_error(call));
    return aluno_fail(aluno_call_error(call), ALUNO_REASON_DEADLINE_PASSED, "%" PRId64 " ms",
                      call->timeout_ms);
}

/* Whether the attempt may be repeated: the service refused it for now, or the connection broke. A change
 * carries its request id, so the service makes it once however often it is sent. Connections that cannot be
 * made are the connection's to judge. */
static bool may_retry(const aluno_pending *call, aluno_code code)
{
    static const aluno_reason passing[] = {ALUNO_REASON_DRAINING, ALUNO_REASON_BUSY, ALUNO_REASON_STORE_BUSY,
                                           ALUNO_REASON_CONNECTION_LOST};
    if (code != ALUNO_UNAVAILABLE || call->error == NULL)
        return false;
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        if (aluno_error_is(call->error, passing[i]))
            return true;
    return false;
}

/* Milliseconds until the next attempt; -1 when there is none: it would not help, or the deadline comes first.
 */
static int64_t next_attempt(aluno_pending *call, aluno_code code)
{
    if (!may_retry(call, code))
        return -1;
    int64_t pause_ms = aluno_jitter(call->backoff_ms);
    if (call->error->has.retry_after_ms && call->error->retry_after_ms > pause_ms)
        pause_ms = call->error->retry_after_ms;
    call->backoff_ms = call->backoff_ms * 2 < RETRY_MOST_MS ? call->backoff_ms * 2 : RETRY_MOST_MS;
    return aluno_steady_ms() + pause_ms < call->until_ms ? pause_ms : -1;
}

/* ---- from attempt to attempt; under the mutex ---- */

void aluno_call_try(aluno_pending *call)
{
    aluno_client *client = call->client;
    aluno_calls *calls = &client->calls;
    call->state = ALUNO_CALL_TRYING;
    call->handing++;
    call->replied = false;
    call->msgid = ++calls->msgid;
    call->attempt_us = aluno_steady_us();
    call->endpoint = client->connection.endpoint;
    ALUNO_SET(call->metadata, attempt, call->metadata.attempt + 1);
    call->slot = calls->slots;
    if (call->slot != NULL)
        calls->slots = call->slot->next;
}

static void let_wait(aluno_pending *call, int64_t due_ms)
{
    aluno_calls *calls = &call->client->calls;
    call->state = ALUNO_CALL_WAITING;
    call->due_ms = due_ms;
    call->wait = aluno_connection_await(call->client);
    call->next = calls->waiting;
    calls->waiting = call;
    pthread_cond_broadcast(&call->client->changed);
}

void aluno_call_end(aluno_pending *call, aluno_code code)
{
    aluno_client *client = call->client;
    if (code == ALUNO_CANCELLED)
        code = aluno_fail(aluno_call_error(call),
                          call->cancelled ? ALUNO_REASON_CALL_CANCELLED : ALUNO_REASON_CLIENT_CLOSED, NULL);
    if (code != ALUNO_OK && call->error == NULL)
        code = ALUNO_RESOURCE_EXHAUSTED; /* its error will be OUT_OF_MEMORY */
    call->code = code;
    call->state = ALUNO_CALL_ENDED;
    aluno_figures_ended(&client->figures, call);
    if (--client->calls.active == 0)
        pthread_cond_broadcast(&client->changed);
    if (call->settled != NULL)
        pthread_cond_signal(call->settled);
    else
        aluno_async_ended(call);
}

void aluno_call_handed(aluno_pending *call)
{
    if (--call->handing > 0 || call->state == ALUNO_CALL_TRYING)
        return;
    pthread_cond_broadcast(&call->client->changed);
    if (call->settled != NULL)
        pthread_cond_signal(call->settled);
}

static void give_slot(aluno_pending *call)
{
    aluno_calls *calls = &call->client->calls;
    if (call->slot == NULL)
        return;
    call->slot->next = calls->slots;
    calls->slots = call->slot;
    call->slot = NULL;
}

/* ---- from attempt to attempt; not under it ---- */

void aluno_call_begin(aluno_pending *call)
{
    aluno_client *client = call->client;
    pthread_mutex_lock(&client->mutex);
    client->calls.active++;
    client->figures.totals.calls++;
    const bool up = client->connection.link == ALUNO_LINK_UP && !client->closing;
    if (up)
        aluno_call_try(call);
    else if (client->closing)
        aluno_call_end(call, ALUNO_CANCELLED);
    else
        let_wait(call, 0);
    pthread_mutex_unlock(&client->mutex);
    if (up)
        aluno_attempt_begin(call);
}

static void intercept(const aluno_pending *call, aluno_code code, bool replayed, int64_t retry_in_ms)
{
    const aluno_interceptor *interceptor = &call->client->settings.interceptor;
    if (interceptor->after == NULL)
        return;
    aluno_attempt view = aluno_attempt_view(call);
    view.code = code;
    view.error = code == ALUNO_OK ? NULL : call->error;
    view.replayed = replayed;
    view.took_us = aluno_steady_us() - call->attempt_us;
    view.retry_in_ms = retry_in_ms;
    interceptor->after(interceptor->user, &view);
}

void aluno_call_attempted(aluno_pending *call, aluno_code code)
{
    aluno_client *client = call->client;
    const int64_t pause_ms = next_attempt(call, code);
    const bool replayed =
        code == ALUNO_OK && call->reply_metadata->has.replayed && call->reply_metadata->replayed;
    intercept(call, code, replayed, pause_ms);
    pthread_mutex_lock(&client->mutex);
    give_slot(call);
    client->connection.useful = client->connection.useful || call->replied;
    aluno_figures_attempted(&client->figures, call, replayed);
    if (pause_ms < 0)
        aluno_call_end(call, code);
    else if (call->cancelled || client->closing)
        aluno_call_end(call, ALUNO_CANCELLED);
    else
        let_wait(call, aluno_steady_ms() + pause_ms);
    pthread_mutex_unlock(&client->mutex);
}

/* ---- the synchronous call ---- */

/* Makes the call and blocks until it has ended. */
static void run(aluno_pending *call)
{
    aluno_client *client = call->client;
    pthread_cond_t settled = PTHREAD_COND_INITIALIZER;
    call->settled = &settled;
    aluno_call_begin(call);
    pthread_mutex_lock(&client->mutex);
    while (call->state != ALUNO_CALL_ENDED || call->handing > 0)
        pthread_cond_wait(&settled, &client->mutex);
    pthread_mutex_unlock(&client->mutex);
    pthread_cond_destroy(&settled);
}

aluno_code aluno_call(aluno_client *client, const aluno_method *method, const void *request, void *reply,
                      const aluno_call_options *options, aluno_error *error)
{
    const aluno_call_options own = aluno_call_options_known(options);
    aluno_code code;
    aluno_pending *call = aluno_call_new(client, method, request, &own, &code, error);
    if (call == NULL)
        return code;
    aluno_client_enter(client);
    run(call);
    code = call->code;
    if (code == ALUNO_OK) {
        aluno_copy(method->reply, reply, call->reply);
        if (own.metadata != NULL)
            aluno_copy(&aluno_reply_metadata_type, own.metadata, call->reply_metadata);
    } else if (error != NULL) {
        aluno_call_tell(call, error);
    }
    aluno_call_free(call);
    aluno_client_leave(client);
    return code;
}
