/* Started calls, and the completions of those that have ended. */
#include "call_state.h"
#include "client.h"

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
    call->done = done;
    call->user = user;
    if (out != NULL)
        *out = call;
    aluno__call_begin(call);
    return ALUNO_OK;
}

/* ---- dispatching ---- */

static void complete(aluno__call *call)
{
    aluno_error error;
    aluno_result result = {.method = call->method, .code = call->code};
    if (call->code == ALUNO_OK) {
        result.reply = call->reply;
        result.metadata = call->reply_metadata;
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
    for (size_t i = 0; i < wanted; i++)
        complete(aluno__queue_pop(&client->queue));
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
