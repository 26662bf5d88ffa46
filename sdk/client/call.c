/* A call's life: judged and encoded, tried, perhaps again, and ended. And the synchronous call, which waits
 * for that.
 */
#include "client.h"

#include "protocol/codec.h"
#include "protocol/error.h"
#include "base/memory.h"

#include <aluno/values.h>

#include <inttypes.h>

enum { RETRY_FIRST_MS = 20, RETRY_MOST_MS = 1000 };

/* ---- making one ---- */

/* Judges the request on a copy, which it may normalise, and keeps its bytes. */
static aluno_code encode(aluno_pending *call, const void *request, aluno_error *error)
{
    void *copy = aluno__malloc(call->method->request->size);
    if (copy == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    aluno_copy(call->method->request, copy, request);
    aluno_code code = aluno_validate(call->method->request, copy, false, error);
    if (code == ALUNO_OK)
        aluno__codec_encode(call->method->request, copy, &call->message);
    if (call->message.failed)
        code = aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    aluno__free(copy);
    return code;
}

aluno_pending *aluno__call_new(aluno_client *client, const aluno_method_desc *method, const void *request,
                               const aluno_call_options *options, aluno_code *code, aluno_error *error)
{
    aluno_pending *call = aluno__calloc(sizeof *call);
    if (call == NULL) {
        *code = aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
        return NULL;
    }
    call->client = client;
    call->method = method;
    call->backoff_ms = RETRY_FIRST_MS;
    call->begun_us = aluno__clock_us();
    *code = encode(call, request, error);
    if (*code == ALUNO_OK)
        *code = aluno__metadata_set(call, options, error);
    if (*code == ALUNO_OK)
        return call;
    if (error != NULL)
        aluno__call_tell(call, error);
    aluno__call_free(call);
    return NULL;
}

void aluno__call_free(aluno_pending *call)
{
    aluno__buffer_free(&call->message);
    aluno__free(call->reply);
    aluno__free(call->reply_metadata);
    aluno__free(call->error);
    aluno__free(call);
}

/* ---- failures ---- */

void aluno__call_tell(const aluno_pending *call, aluno_error *error)
{
    if (call->error != NULL)
        aluno_copy(&aluno_error_type, error, call->error);
    else if (call->code != ALUNO_OK)
        aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (call->metadata.has.request_id)
        ALUNO_SET_TEXT(*error, request_id, call->metadata.request_id);
    aluno_error_translate(error, call->client->settings.language);
}

aluno_code aluno__call_fail_unsent(aluno_pending *call)
{
    if (call->client->connection.link != ALUNO_LINK_UP)
        return aluno__connection_fail(call->client, aluno__call_error(call));
    return aluno__error_set(aluno__call_error(call), ALUNO_REASON_DEADLINE_PASSED, "%" PRId64 " ms",
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
    int64_t pause_ms = aluno__clock_jitter(call->backoff_ms);
    if (call->error->has.retry_after_ms && call->error->retry_after_ms > pause_ms)
        pause_ms = call->error->retry_after_ms;
    call->backoff_ms = call->backoff_ms * 2 < RETRY_MOST_MS ? call->backoff_ms * 2 : RETRY_MOST_MS;
    return aluno__clock_ms() + pause_ms < call->until_ms ? pause_ms : -1;
}

/* ---- from attempt to attempt; under the mutex ---- */

void aluno__call_try(aluno_pending *call)
{
    aluno_client *client = call->client;
    aluno__calls *calls = &client->calls;
    call->state = ALUNO_CALL_TRYING;
    call->replied = false;
    call->msgid = ++calls->msgid;
    call->attempt_us = aluno__clock_us();
    call->endpoint = client->connection.endpoint;
    ALUNO_SET(call->metadata, attempt, call->metadata.attempt + 1);
    call->slot = calls->slots;
    if (call->slot != NULL)
        calls->slots = call->slot->next;
}

static void let_wait(aluno_pending *call, int64_t due_ms)
{
    aluno__calls *calls = &call->client->calls;
    call->state = ALUNO_CALL_WAITING;
    call->due_ms = due_ms;
    call->wait = aluno__connection_await(call->client);
    call->next = calls->waiting;
    calls->waiting = call;
    pthread_cond_broadcast(&call->client->changed);
}

void aluno__call_end(aluno_pending *call, aluno_code code)
{
    aluno_client *client = call->client;
    if (code == ALUNO_CANCELLED)
        code = aluno__error_set(aluno__call_error(call),
                                call->cancelled ? ALUNO_REASON_CALL_CANCELLED : ALUNO_REASON_CLIENT_CLOSED,
                                NULL);
    if (code != ALUNO_OK && call->error == NULL)
        code = ALUNO_RESOURCE_EXHAUSTED; /* its error will be OUT_OF_MEMORY */
    call->code = code;
    call->state = ALUNO_CALL_ENDED;
    aluno__figures_ended(&client->figures, call);
    if (--client->calls.active == 0)
        pthread_cond_broadcast(&client->changed);
    call->ended(call);
}

static void give_slot(aluno_pending *call)
{
    aluno__calls *calls = &call->client->calls;
    if (call->slot == NULL)
        return;
    call->slot->next = calls->slots;
    calls->slots = call->slot;
    call->slot = NULL;
}

/* ---- from attempt to attempt; not under it ---- */

/* Ends the call after an attempt, or lets it wait for the next one. The call may be gone afterwards. */
static void attempted(aluno_pending *call, aluno_code code)
{
    aluno_client *client = call->client;
    const int64_t pause_ms = next_attempt(call, code);
    const bool replayed =
        code == ALUNO_OK && call->reply_metadata->has.replayed && call->reply_metadata->replayed;
    aluno__attempt_after(call, code, replayed, pause_ms);
    pthread_mutex_lock(&client->mutex);
    aluno__exchange *exchange = call->exchange;
    call->exchange = NULL;
    give_slot(call);
    client->connection.useful = client->connection.useful || call->replied;
    aluno__figures_attempted(&client->figures, call, replayed);
    if (pause_ms < 0)
        aluno__call_end(call, code);
    else if (call->cancelled || client->closing)
        aluno__call_end(call, ALUNO_CANCELLED);
    else
        let_wait(call, aluno__clock_ms() + pause_ms);
    pthread_mutex_unlock(&client->mutex);
    aluno__exchange_release(exchange);
}

/* nng keeps a message that no connection takes until its time is over. */
static aluno_code fail_unsent(aluno_pending *call)
{
    pthread_mutex_lock(&call->client->mutex);
    const aluno_code code = aluno__call_fail_unsent(call);
    pthread_mutex_unlock(&call->client->mutex);
    return code;
}

static void exchanged(void *user, int failure, bool sent, nng_msg *reply)
{
    aluno_pending *call = user;
    call->replied = reply != NULL;
    if (reply != NULL)
        attempted(call, aluno__attempt_read(call, reply));
    else if (failure == NNG_ETIMEDOUT && !sent)
        attempted(call, fail_unsent(call));
    else
        attempted(call, aluno__attempt_fail(call, failure));
}

static int new_slot(aluno_pending *call)
{
    aluno__slot *slot = aluno__calloc(sizeof *slot);
    if (slot == NULL)
        return NNG_ENOMEM;
    const int failure = nng_ctx_open(&slot->context, call->client->socket);
    if (failure == 0)
        call->slot = slot;
    else
        aluno__free(slot);
    return failure;
}

static aluno_code prepare(aluno_pending *call, aluno__exchange **out)
{
    const int64_t left_ms = call->until_ms - aluno__clock_ms();
    nng_msg *request;
    ALUNO_SET(call->metadata, timeout_ms, left_ms > 0 ? left_ms : 1);
    aluno__attempt_before(call); /* first: `after` will be called, whatever comes */
    if (left_ms <= 0)
        return aluno__attempt_fail(call, NNG_ETIMEDOUT);
    const int failure = call->slot == NULL ? new_slot(call) : 0;
    if (failure != 0)
        return aluno__attempt_fail(call, failure);
    const aluno_code code = aluno__attempt_write(call, &request);
    if (code != ALUNO_OK)
        return code;
    *out = aluno__exchange_new(call->slot->context, request, call->until_ms, exchanged, call);
    if (*out != NULL)
        return ALUNO_OK;
    nng_msg_free(request);
    return aluno__attempt_fail(call, NNG_ENOMEM);
}

void aluno__call_attempt(aluno_pending *call)
{
    aluno_client *client = call->client;
    aluno__exchange *exchange;
    const aluno_code code = prepare(call, &exchange);
    if (code != ALUNO_OK) {
        attempted(call, code);
        return;
    }
    aluno__exchange_hold(
        exchange); /* the call may end, and with it its own reference, before start returns */
    pthread_mutex_lock(&client->mutex);
    call->exchange = exchange;
    const bool cancelled = call->cancelled;
    pthread_mutex_unlock(&client->mutex);
    if (cancelled)
        aluno__exchange_cancel(exchange);
    aluno__exchange_start(exchange);
    aluno__exchange_release(exchange);
}

void aluno__call_begin(aluno_pending *call)
{
    aluno_client *client = call->client;
    pthread_mutex_lock(&client->mutex);
    client->calls.active++;
    client->figures.totals.calls++;
    const bool up = client->connection.link == ALUNO_LINK_UP && !client->closing;
    if (up)
        aluno__call_try(call);
    else if (client->closing)
        aluno__call_end(call, ALUNO_CANCELLED);
    else
        let_wait(call, 0);
    pthread_mutex_unlock(&client->mutex);
    if (up)
        aluno__call_attempt(call);
}

void aluno_cancel(aluno_pending *call)
{
    aluno_client *client = call->client;
    aluno__exchange *exchange = NULL;
    pthread_mutex_lock(&client->mutex);
    call->cancelled = true;
    if (call->exchange != NULL)
        exchange = aluno__exchange_hold(call->exchange);
    else
        pthread_cond_broadcast(&client->changed);
    pthread_mutex_unlock(&client->mutex);
    if (exchange != NULL)
        aluno__exchange_cancel(exchange);
    aluno__exchange_release(exchange);
}
