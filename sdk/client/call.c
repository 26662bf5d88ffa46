/* aluno_call: judges the request, gives it an id and a deadline, sends it and waits, again when that is safe.
 */
#include "client.h"

#include "protocol/envelope.h"
#include "protocol/fail.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

enum { RETRY_FIRST_MS = 20, RETRY_MOST_MS = 1000 };

/* One call and what its attempts share. */
struct attempt {
    aluno_client *client;
    const aluno_method *method;
    const void *request;
    void *reply;
    aluno_reply_metadata *reply_metadata;
    aluno_request_metadata metadata;
    int64_t until_ms; /* the deadline, steady clock */
    int64_t timeout_ms;
    aluno_buffer bytes;
    aluno_error *error;
};

/* ---- slots: nng contexts, used again ---- */

static int new_slot(aluno_client *client, aluno_slot **out)
{
    aluno_slot *slot = calloc(1, sizeof *slot);
    if (slot == NULL)
        return NNG_ENOMEM;
    const int failure = nng_ctx_open(&slot->context, client->socket);
    if (failure == 0)
        *out = slot;
    else
        free(slot);
    return failure;
}

static int take_slot(aluno_client *client, aluno_slot **out)
{
    pthread_mutex_lock(&client->mutex);
    aluno_slot *slot = client->slots;
    if (slot != NULL)
        client->slots = slot->next;
    pthread_mutex_unlock(&client->mutex);
    if (slot == NULL)
        return new_slot(client, out);
    *out = slot;
    return 0;
}

static void give_slot(aluno_client *client, aluno_slot *slot)
{
    pthread_mutex_lock(&client->mutex);
    slot->next = client->slots;
    client->slots = slot;
    pthread_mutex_unlock(&client->mutex);
}

/* ---- one attempt ---- */

static aluno_code fail_nng(const struct attempt *call, int failure)
{
    switch (failure) {
    case NNG_ETIMEDOUT:
        return aluno_fail(call->error, ALUNO_REASON_DEADLINE_PASSED, "%" PRId64 " ms", call->timeout_ms);
    case NNG_ECLOSED:
        return aluno_fail(call->error, ALUNO_REASON_CLIENT_CLOSED, NULL);
    case NNG_ECANCELED:
        return aluno_fail(call->error, ALUNO_REASON_CALL_CANCELLED, NULL);
    case NNG_ENOMEM:
        return aluno_fail(call->error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    default:
        return aluno_fail(call->error, ALUNO_REASON_CONNECTION_LOST, "%s:%s", call->client->host,
                          call->client->port);
    }
}

static int send_and_receive(nng_ctx context, nng_aio *aio, nng_msg *request, int64_t timeout_ms,
                            nng_msg **reply)
{
    const int64_t until_ms = aluno_steady_ms() + timeout_ms;
    nng_aio_set_timeout(aio, (nng_duration)timeout_ms);
    nng_aio_set_msg(aio, request);
    nng_ctx_send(context, aio);
    nng_aio_wait(aio);
    int failure = nng_aio_result(aio);
    if (failure != 0) {
        nng_msg_free(request);
        return failure;
    }
    const int64_t left_ms = until_ms - aluno_steady_ms();
    nng_aio_set_timeout(aio, (nng_duration)(left_ms > 0 ? left_ms : 1));
    nng_ctx_recv(context, aio);
    nng_aio_wait(aio);
    failure = nng_aio_result(aio);
    if (failure == 0)
        *reply = nng_aio_get_msg(aio);
    return failure;
}

/* Sends the message, which it takes over, and waits for the reply. 0, or nng's error. The aio serves no
 * second call: a time-out that nng began to carry out just as the reply came would hit that one. Freeing it
 * waits. */
static int exchange(const aluno_slot *slot, nng_msg *request, int64_t timeout_ms, nng_msg **reply)
{
    nng_aio *aio;
    if (nng_aio_alloc(&aio, NULL, NULL) != 0) {
        nng_msg_free(request);
        return NNG_ENOMEM;
    }
    const int failure = send_and_receive(slot->context, aio, request, timeout_ms, reply);
    nng_aio_free(aio);
    return failure;
}

static aluno_code write_request(struct attempt *call, uint64_t msgid, nng_msg **out)
{
    aluno_buffer_reset(&call->bytes);
    aluno_write_request(&call->bytes, msgid, call->method, call->request, &call->metadata);
    if (call->bytes.size > ALUNO_MESSAGE_MAX)
        return aluno_fail(call->error, ALUNO_REASON_MESSAGE_TOO_LARGE, "%zu > %zu bytes", call->bytes.size,
                          ALUNO_MESSAGE_MAX);
    if (call->bytes.failed || nng_msg_alloc(out, 0) != 0)
        return aluno_fail(call->error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (nng_msg_append(*out, call->bytes.data, call->bytes.size) == 0)
        return ALUNO_OK;
    nng_msg_free(*out);
    return aluno_fail(call->error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
}

static uint64_t next_msgid(aluno_client *client)
{
    pthread_mutex_lock(&client->mutex);
    const uint64_t msgid = ++client->msgid;
    pthread_mutex_unlock(&client->mutex);
    return msgid;
}

static aluno_code read_reply(const struct attempt *call, nng_msg *reply, uint64_t msgid)
{
    const aluno_code code =
        aluno_read_reply(nng_msg_body(reply), nng_msg_len(reply), msgid, call->method->reply, call->reply,
                         call->reply_metadata, call->error);
    nng_msg_free(reply);
    return code;
}

static aluno_code try_on(struct attempt *call, const aluno_slot *slot, int64_t left_ms)
{
    const uint64_t msgid = next_msgid(call->client);
    nng_msg *request, *reply;
    ALUNO_SET(call->metadata, timeout_ms, left_ms);
    const aluno_code written = write_request(call, msgid, &request);
    if (written != ALUNO_OK)
        return written;
    const int failure = exchange(slot, request, left_ms, &reply);
    return failure == 0 ? read_reply(call, reply, msgid) : fail_nng(call, failure);
}

static aluno_code try_once(struct attempt *call)
{
    const aluno_code up = aluno_connection_wait(call->client, call->until_ms, call->error);
    if (up != ALUNO_OK)
        return up;
    const int64_t left_ms = call->until_ms - aluno_steady_ms();
    if (left_ms <= 0)
        return fail_nng(call, NNG_ETIMEDOUT);
    aluno_slot *slot;
    const int failure = take_slot(call->client, &slot);
    if (failure != 0)
        return fail_nng(call, failure);
    const aluno_code code = try_on(call, slot, left_ms);
    give_slot(call->client, slot);
    return code;
}

/* ---- retries ---- */

/* Whether the attempt may be repeated: the service refused it for now, or the connection broke. A change
 * carries its request id, so the service makes it once however often it is sent. Connections that cannot be
 * made are aluno_connection_wait's to judge. */
static bool may_retry(const struct attempt *call, aluno_code code)
{
    static const aluno_reason passing[] = {ALUNO_REASON_DRAINING, ALUNO_REASON_BUSY, ALUNO_REASON_STORE_BUSY,
                                           ALUNO_REASON_CONNECTION_LOST};
    if (code != ALUNO_UNAVAILABLE)
        return false;
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        if (aluno_error_is(call->error, passing[i]))
            return true;
    return false;
}

/* Sleeps before the next attempt; false when the deadline would come first, or the client closes. */
static bool pause_before_retry(struct attempt *call, int64_t backoff_ms)
{
    aluno_client *client = call->client;
    uint32_t random = 0;
    (void)!getrandom(&random, sizeof random, GRND_NONBLOCK);
    int64_t wait_ms = backoff_ms / 2 + random % (backoff_ms / 2 + 1);
    if (call->error->has.retry_after_ms && call->error->retry_after_ms > wait_ms)
        wait_ms = call->error->retry_after_ms;
    const int64_t due_ms = aluno_steady_ms() + wait_ms;
    if (due_ms >= call->until_ms)
        return false;
    pthread_mutex_lock(&client->mutex);
    while (!client->closing && aluno_wait_until(client, due_ms))
        ;
    const bool go_on = !client->closing;
    pthread_mutex_unlock(&client->mutex);
    return go_on;
}

/* The error of a call that is not tried again, though it might be: its own, unless the client closes. */
static aluno_code give_up(struct attempt *call, aluno_code code)
{
    aluno_client *client = call->client;
    pthread_mutex_lock(&client->mutex);
    const bool closing = client->closing;
    pthread_mutex_unlock(&client->mutex);
    return closing ? aluno_fail(call->error, ALUNO_REASON_CLIENT_CLOSED, NULL) : code;
}

static aluno_code try_until_settled(struct attempt *call)
{
    int64_t backoff_ms = RETRY_FIRST_MS;
    for (int64_t count = 1;; count++) {
        ALUNO_SET(call->metadata, attempt, count);
        const aluno_code code = try_once(call);
        if (!may_retry(call, code))
            return code;
        if (!pause_before_retry(call, backoff_ms))
            return give_up(call, code);
        backoff_ms = backoff_ms * 2 < RETRY_MOST_MS ? backoff_ms * 2 : RETRY_MOST_MS;
    }
}

/* ---- the call ---- */

/* A UUID of version 7 (RFC 9562): the time and then chance. Such ids grow, which keeps the service's ledger
 * of them compact; random ones would touch a page of its index for each change. */
static aluno_code new_request_id(char out[37], aluno_error *error)
{
    uint8_t b[16];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (getrandom(b, sizeof b, 0) != sizeof b)
        return aluno_fail(error, ALUNO_REASON_INTERNAL_ERROR, "getrandom");
    const uint64_t ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    for (size_t i = 0; i < 6; i++)
        b[i] = (uint8_t)(ms >> (40 - 8 * i));
    b[6] = (uint8_t)((b[6] & 0x0F) | 0x70);
    b[8] = (uint8_t)((b[8] & 0x3F) | 0x80);
    snprintf(out, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
    return ALUNO_OK;
}

static aluno_code set_request_id(struct attempt *call, const char *wanted)
{
    aluno_request_metadata *metadata = &call->metadata;
    if (call->method->effect != ALUNO_MUTATES)
        return ALUNO_OK;
    metadata->has.request_id = true;
    if (wanted == NULL)
        return new_request_id(metadata->request_id, call->error);
    if (!ALUNO_SET_TEXT(*metadata, request_id, wanted))
        return aluno_violate(call->error, "request_id", ALUNO_REASON_UUID_SYNTAX, NULL);
    return ALUNO_OK;
}

static aluno_code set_metadata(struct attempt *call, const aluno_call_options *options)
{
    static const char *const languages[] = {"en", "pt"};
    aluno_request_metadata *metadata = &call->metadata;
    const aluno_client *client = call->client;
    ALUNO_SET_TEXT(*metadata, language, languages[client->language]);
    if (client->user_agent != NULL)
        ALUNO_SET_TEXT(*metadata, user_agent, client->user_agent);
    if (options->traceparent != NULL && !ALUNO_SET_TEXT(*metadata, traceparent, options->traceparent))
        return aluno_violate(call->error, "traceparent", ALUNO_REASON_TEXT_TOO_LONG, NULL);
    call->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : client->timeout_ms;
    call->until_ms = aluno_steady_ms() + call->timeout_ms;
    const aluno_code id = set_request_id(call, options->request_id);
    if (id != ALUNO_OK)
        return id;
    return aluno_validate(&aluno_request_metadata_type, metadata, false, call->error);
}

/* Makes the call with a copy of the request that it may normalise, and a place for the reply's metadata. */
static aluno_code call_with(struct attempt *call, void *copy, const void *request,
                            const aluno_call_options *options)
{
    aluno_copy(call->method->request, copy, request);
    aluno_code code = aluno_validate(call->method->request, copy, false, call->error);
    if (code == ALUNO_OK)
        code = set_metadata(call, options);
    if (code == ALUNO_OK)
        code = try_until_settled(call);
    if (code == ALUNO_OK && options->metadata != NULL)
        aluno_copy(&aluno_reply_metadata_type, options->metadata, call->reply_metadata);
    if (code == ALUNO_OK)
        return ALUNO_OK;
    if (call->metadata.has.request_id)
        ALUNO_SET_TEXT(*call->error, request_id, call->metadata.request_id);
    aluno_error_translate(call->error, call->client->language);
    return code;
}

static void count_call(aluno_client *client, int change)
{
    pthread_mutex_lock(&client->mutex);
    client->calls += (size_t)change;
    pthread_cond_broadcast(&client->changed);
    pthread_mutex_unlock(&client->mutex);
}

/* Memory that only one call uses: larger than a thread's stack should have to bear. */
struct workspace {
    aluno_error error;
    aluno_reply_metadata metadata;
    aluno_any_message request;
};

aluno_code aluno_call(aluno_client *client, const aluno_method *method, const void *request, void *reply,
                      const aluno_call_options *options, aluno_error *error)
{
    static const aluno_call_options defaults = ALUNO_CALL_OPTIONS_INIT;
    struct workspace *workspace = malloc(sizeof *workspace);
    void *answer = malloc(method->reply->size);
    aluno_code code = ALUNO_RESOURCE_EXHAUSTED;
    if (workspace != NULL && answer != NULL) {
        struct attempt call = {.client = client,
                               .method = method,
                               .request = &workspace->request,
                               .reply = answer,
                               .reply_metadata = &workspace->metadata,
                               .error = &workspace->error};
        workspace->error.violations.count = 0;
        aluno_clear(&aluno_error_type, &workspace->error);
        count_call(client, +1);
        code = call_with(&call, &workspace->request, request, options != NULL ? options : &defaults);
        count_call(client, -1);
        aluno_buffer_free(&call.bytes);
        if (code == ALUNO_OK)
            aluno_copy(method->reply, reply, answer);
        else if (error != NULL)
            aluno_copy(&aluno_error_type, error, &workspace->error);
    } else {
        aluno_fail(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    }
    free(workspace);
    free(answer);
    return code;
}
