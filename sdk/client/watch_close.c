/* Closes a watch of either form. */
#include "watch.h"

void aluno_watch_close(aluno_watch *watch)
{
    if (watch == NULL)
        return;
    if (aluno__client_check(watch->client, NULL) != ALUNO_OK)
        return; /* the parent's */
    if (watch->observer != NULL)
        aluno__watch_close_observed(watch);
    else
        aluno__watch_close_waiting(watch);
}
