/* Calls that block. */
#include "call_state.h"
#include "client.h"

static void signal_ended(aluno__call *call)
{
    pthread_cond_signal(call->ended_user);
}

/* Makes the call and blocks until it has ended. */
static void run(aluno__call *call)
{
    aluno__lock *lock = call->calls->lock;
    pthread_cond_t done_cond = PTHREAD_COND_INITIALIZER;
    call->ended = signal_ended;
    call->ended_user = &done_cond;
    aluno__call_begin(call);
    aluno__lock_acquire(lock);
    while (call->state != ALUNO_CALL_ENDED)
        aluno__lock_wait_on(lock, &done_cond);
    aluno__lock_release(lock);
    pthread_cond_destroy(&done_cond);
}

static aluno_code call_entered(aluno_client *client, const aluno_method_desc *method, const void *request,
                               void *reply, const aluno_call_options *options, aluno_error *error)
{
    aluno_call_options own;
    aluno_reply_metadata unwanted;
    aluno_code code = aluno__settings_read_call(&client->settings, &own, options, error);
    if (code != ALUNO_OK)
        return code;
    aluno__call *call = aluno__call_new(&client->calls, method, request, &own, &code, error);
    if (call == NULL)
        return code;
    run(call);
    code = call->code;
    if (code == ALUNO_OK)
        code = aluno__call_read_reply(call, reply, own.metadata != NULL ? own.metadata : &unwanted);
    if (code != ALUNO_OK && error != NULL)
        aluno__call_get_error(call, error);
    aluno__call_free(call);
    return code;
}

aluno_code aluno_call(aluno_client *client, const aluno_method_desc *method, const void *request, void *reply,
                      const aluno_call_options *options, aluno_error *error)
{
    aluno_code code = aluno__client_enter(client, error);
    if (code != ALUNO_OK)
        return code;
    code = call_entered(client, method, request, reply, options, error);
    aluno__client_leave(client);
    return code;
}
