/* Who may use a client. */
#include "client.h"

#include "protocol/error.h"

aluno_code aluno__client_check(const aluno_client *client, aluno_error *error)
{
    if (!aluno__lock_is_inherited(&client->lock))
        return ALUNO_OK;
    aluno__error_set(error, ALUNO_REASON_CLIENT_FORKED, NULL);
    if (error != NULL)
        aluno_error_translate(error, client->settings.language);
    return ALUNO_FAILED_PRECONDITION;
}

aluno_code aluno__client_enter(aluno_client *client, aluno_error *error)
{
    const aluno_code code = aluno__client_check(client, error);
    if (code != ALUNO_OK)
        return code;
    aluno__lock_acquire(&client->lock);
    client->inside++;
    aluno__lock_release(&client->lock);
    return ALUNO_OK;
}

void aluno__client_leave(aluno_client *client)
{
    aluno__lock_acquire(&client->lock);
    client->inside--;
    if (client->lock.closing)
        aluno__lock_broadcast(&client->lock);
    aluno__lock_release(&client->lock);
}
