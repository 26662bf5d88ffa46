/* Started calls: those that have ended wait in a queue, whose descriptor is readable, for the thread that
 * dispatches.
 */
#include "client.h"

#include "protocol/error.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* ---- ended ones ---- */

/* Queues a call that has ended. Under the mutex. */
static void enqueue(aluno_pending *call)
{
    aluno__calls *calls = &call->client->calls;
    call->next = NULL;
    if (calls->last_done != NULL)
        calls->last_done->next = call;
    else
        calls->first_done = call;
    calls->last_done = call;
    if (calls->done++ == 0)
        (void)!write(calls->event, &(uint64_t){1}, sizeof(uint64_t));
}

/* ---- starting ---- */

/* Takes one of the client's places for started calls. None is left while the client closes: a completion that
 * it calls then may try to start another. */
static aluno_code take_place(aluno_client *client, aluno_error *error)
{
    const size_t most = client->settings.max_pending;
    aluno_code code = ALUNO_OK;
    pthread_mutex_lock(&client->mutex);
    if (client->closing)
        code = aluno__error_set(error, ALUNO_REASON_CLIENT_CLOSED, NULL);
    else if (client->calls.pending == most)
        code = aluno__error_set(error, ALUNO_REASON_CALLS_TOO_MANY, "max_pending %zu", most);
    else
        client->calls.pending++;
    pthread_mutex_unlock(&client->mutex);
    if (code != ALUNO_OK && error != NULL)
        aluno_error_translate(error, client->settings.language);
    return code;
}

static void give_place(aluno_client *client)
{
    pthread_mutex_lock(&client->mutex);
    client->calls.pending--;
    pthread_mutex_unlock(&client->mutex);
}

aluno_code aluno_start(aluno_client *client, const aluno_method_desc *method, const void *request,
                       const aluno_call_options *options, aluno_completion *done, void *user,
                       aluno_pending **out, aluno_error *error)
{
    aluno_call_options own;
    aluno_code code = aluno__call_options_read(&own, client, options, error);
    if (code == ALUNO_OK)
        code = take_place(client, error);
    if (code != ALUNO_OK)
        return code;
    aluno_pending *call = aluno__call_new(client, method, request, &own, &code, error);
    if (call == NULL) {
        give_place(client);
        return code;
    }
    call->ended = enqueue;
    call->done = done;
    call->user = user;
    if (out != NULL)
        *out = call;
    aluno__call_begin(call);
    return ALUNO_OK;
}

/* ---- completing ---- */

/* The first call of the queue; NULL when it is empty, and the descriptor quiet. */
static aluno_pending *take_done(aluno_client *client)
{
    aluno__calls *calls = &client->calls;
    pthread_mutex_lock(&client->mutex);
    aluno_pending *call = calls->first_done;
    if (call != NULL) {
        calls->first_done = call->next;
        calls->pending--;
        if (--calls->done == 0) {
            calls->last_done = NULL;
            (void)!read(calls->event, &(uint64_t){0}, sizeof(uint64_t));
        }
    }
    pthread_mutex_unlock(&client->mutex);
    return call;
}

static void complete(aluno_pending *call)
{
    aluno_error error;
    aluno_result result = {.method = call->method, .code = call->code};
    if (call->code == ALUNO_OK) {
        result.reply = call->reply;
        result.metadata = call->reply_metadata;
    } else {
        aluno__call_tell(call, &error);
        result.error = &error;
    }
    if (call->done != NULL)
        call->done(call->user, &result);
    aluno__call_free(call);
}

/* ---- dispatching ---- */

int aluno_client_fd(const aluno_client *client)
{
    return client->calls.event;
}

/* How many calls have ended by now: those that their completions start are not waited for. */
static size_t count_done(aluno_client *client)
{
    pthread_mutex_lock(&client->mutex);
    const size_t count = client->calls.done;
    pthread_mutex_unlock(&client->mutex);
    return count;
}

size_t aluno_client_dispatch(aluno_client *client, size_t most)
{
    const size_t ended = count_done(client);
    const size_t wanted = most > 0 && most < ended ? most : ended;
    for (size_t i = 0; i < wanted; i++)
        complete(take_done(client));
    return wanted;
}

size_t aluno_client_wait(aluno_client *client, int64_t timeout_ms)
{
    if (aluno_client_pending(client) == 0)
        return 0;
    struct pollfd event = {.fd = client->calls.event, .events = POLLIN};
    const int64_t most_ms = timeout_ms < INT32_MAX ? timeout_ms : INT32_MAX;
    if (poll(&event, 1, most_ms < 0 ? -1 : (int)most_ms) <= 0)
        return 0;
    return aluno_client_dispatch(client, 0);
}

size_t aluno_client_pending(aluno_client *client)
{
    pthread_mutex_lock(&client->mutex);
    const size_t pending = client->calls.pending;
    pthread_mutex_unlock(&client->mutex);
    return pending;
}
