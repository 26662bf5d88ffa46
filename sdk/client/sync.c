/* Synchronous calls: the caller waits for the end. */
#include "client.h"

/* ---- threads inside ---- */

void aluno__client_enter(aluno_client *client)
{
    pthread_mutex_lock(&client->mutex);
    client->calls.inside++;
    pthread_mutex_unlock(&client->mutex);
}

void aluno__client_leave(aluno_client *client)
{
    pthread_mutex_lock(&client->mutex);
    client->calls.inside--;
    if (client->closing)
        pthread_cond_broadcast(&client->changed);
    pthread_mutex_unlock(&client->mutex);
}

/* ---- the call ---- */

static void wake(aluno_pending *call)
{
    pthread_cond_signal(call->user);
}

/* Makes the call and blocks until it has ended. */
static void run(aluno_pending *call)
{
    aluno_client *client = call->client;
    pthread_cond_t settled = PTHREAD_COND_INITIALIZER;
    call->ended = wake;
    call->user = &settled;
    aluno__call_begin(call);
    pthread_mutex_lock(&client->mutex);
    while (call->state != ALUNO_CALL_ENDED)
        pthread_cond_wait(&settled, &client->mutex);
    pthread_mutex_unlock(&client->mutex);
    pthread_cond_destroy(&settled);
}

aluno_code aluno_call(aluno_client *client, const aluno_method_desc *method, const void *request, void *reply,
                      const aluno_call_options *options, aluno_error *error)
{
    aluno_call_options own;
    aluno_code code = aluno__call_options_read(&own, client, options, error);
    if (code != ALUNO_OK)
        return code;
    aluno_pending *call = aluno__call_new(client, method, request, &own, &code, error);
    if (call == NULL)
        return code;
    aluno__client_enter(client);
    run(call);
    code = call->code;
    if (code == ALUNO_OK) {
        aluno_copy(method->reply, reply, call->reply);
        if (own.metadata != NULL)
            aluno_copy(&aluno_reply_metadata_type, own.metadata, call->reply_metadata);
    } else if (error != NULL) {
        aluno__call_tell(call, error);
    }
    aluno__call_free(call);
    aluno__client_leave(client);
    return code;
}
