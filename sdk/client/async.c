/* Started calls, and the completions of those that have ended. */
#include "async.h"

#include "call_state.h"

#include "base/memory.h"
#include "protocol/error.h"

#include <poll.h>

/* ---- starting ---- */

static void push_ended(aluno__call *call)
{
    aluno__queue_push(call->ended_user, call);
}

static aluno_code reserve(aluno_client *client, aluno_error *error)
{
    const aluno_code code = aluno__queue_reserve(&client->queue, client->settings.max_pending, error);
    if (code != ALUNO_OK && error != NULL)
        aluno_error_translate(error, client->settings.language);
    return code;
}

aluno_code aluno_start(aluno_client *client, const aluno_method_desc *method, const void *request,
                       const aluno_call_options *options, aluno_completion *done, void *user,
                       aluno_pending **out, aluno_error *error)
{
    return aluno__start_at(client, 0, method, request, options, done, user, out, error);
}

aluno_code aluno__start_at(aluno_client *client, int64_t due_ms, const aluno_method_desc *method,
                           const void *request, const aluno_call_options *options, aluno_completion *done,
                           void *user, aluno_pending **out, aluno_error *error)
{
    aluno_call_options own;
    aluno_code code = aluno__client_check(client, error);
    if (code == ALUNO_OK)
        code = aluno__settings_read_call(&client->settings, &own, options, error);
    if (code == ALUNO_OK)
        code = reserve(client, error);
    if (code != ALUNO_OK)
        return code;
    aluno__call *call = aluno__call_new(&client->calls, method, request, &own, &code, error);
    if (call == NULL) {
        aluno__queue_unreserve(&client->queue);
        return code;
    }
    call->ended = push_ended;
    call->ended_user = &client->queue;
    call->due_ms = due_ms;
    call->done = done;
    call->user = user;
    if (out != NULL)
        *out = call;
    aluno__call_begin(call);
    return ALUNO_OK;
}

/* ---- dispatching ---- */

/* Takes the client's memory for a reply, which is empty when another thread dispatches. */
static aluno__reply_memory take_memory(aluno_client *client)
{
    aluno__lock_acquire(&client->lock);
    const aluno__reply_memory memory = client->reply;
    client->reply = (aluno__reply_memory){.at = NULL};
    aluno__lock_release(&client->lock);
    return memory;
}

static void give_memory(aluno_client *client, aluno__reply_memory memory)
{
    aluno__lock_acquire(&client->lock);
    const aluno__reply_memory other = client->reply;
    client->reply = memory;
    aluno__lock_release(&client->lock);
    aluno__free(other.at);
}

static bool has_room(aluno__reply_memory *memory, size_t size)
{
    if (memory->size >= size)
        return true;
    aluno__free(memory->at);
    memory->at = aluno__malloc(size);
    memory->size = memory->at != NULL ? size : 0;
    return memory->at != NULL;
}

static void read_reply(aluno__call *call, aluno__reply_memory *memory, aluno_reply_metadata *metadata)
{
    if (has_room(memory, call->method->reply->size))
        aluno__call_read_reply(call, memory->at, metadata);
    else
        call->code = aluno__error_set(aluno__call_error(call), ALUNO_REASON_OUT_OF_MEMORY, NULL);
}

static void complete(aluno__call *call, aluno__reply_memory *memory)
{
    aluno_reply_metadata metadata;
    aluno_error error;
    if (call->code == ALUNO_OK && call->done != NULL)
        read_reply(call, memory, &metadata);
    aluno_result result = {.method = call->method, .code = call->code};
    if (call->code == ALUNO_OK) {
        result.reply = memory->at;
        result.metadata = &metadata;
    } else {
        aluno__call_get_error(call, &error);
        result.error = &error;
    }
    if (call->done != NULL)
        call->done(call->user, &result);
    aluno__call_free(call);
}

/* Calls that the completions start are not waited for. */
size_t aluno_client_dispatch(aluno_client *client, size_t most)
{
    if (aluno__client_check(client, NULL) != ALUNO_OK)
        return 0;
    const size_t ended = aluno__queue_ended(&client->queue);
    const size_t wanted = most > 0 && most < ended ? most : ended;
    if (wanted == 0)
        return 0;
    aluno__reply_memory memory = take_memory(client);
    for (size_t i = 0; i < wanted; i++)
        complete(aluno__queue_pop(&client->queue), &memory);
    give_memory(client, memory);
    return wanted;
}

int aluno_client_fd(const aluno_client *client)
{
    return aluno__client_check(client, NULL) == ALUNO_OK ? client->queue.event : -1;
}

size_t aluno_client_wait(aluno_client *client, int64_t timeout_ms)
{
    if (aluno_client_pending(client) == 0)
        return 0;
    struct pollfd event = {.fd = client->queue.event, .events = POLLIN};
    const int64_t most_ms = timeout_ms < INT32_MAX ? timeout_ms : INT32_MAX;
    if (poll(&event, 1, most_ms < 0 ? -1 : (int)most_ms) <= 0)
        return 0;
    return aluno_client_dispatch(client, 0);
}

size_t aluno_client_pending(aluno_client *client)
{
    return aluno__client_check(client, NULL) == ALUNO_OK ? aluno__queue_started(&client->queue) : 0;
}
