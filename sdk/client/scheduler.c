/* The thread that lets waiting calls go on: those that wait for the connection, or for the end of the pause
 * before their next attempt. It also cuts short a dial that takes too long. */
#include "client.h"

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Ends a waiting call whose time is over, or that was cancelled, or that has its answer; else says when to
 * look at it again: 0 when it may be tried now, -1 when it has ended. */
static int64_t judge(aluno_pending *call, int64_t now_ms)
{
    if (call->cancelled) {
        aluno__call_end(call, ALUNO_CANCELLED);
        return -1;
    }
    const aluno__link link = aluno__connection_judge(call->client, &call->wait);
    if (now_ms >= call->until_ms || (now_ms >= call->due_ms && link == ALUNO_LINK_DOWN)) {
        aluno__call_end(call, aluno__call_fail_unsent(call));
        return -1;
    }
    if (now_ms < call->due_ms)
        return earlier(call->due_ms, call->until_ms);
    return link == ALUNO_LINK_UP ? 0 : call->until_ms;
}

/* Takes those calls out of the list that may be tried now, and ends those whose time is over. *due_ms
 * receives when to look again. */
static aluno_pending *take_ready(aluno_client *client, int64_t *due_ms)
{
    const int64_t now_ms = aluno__clock_ms();
    aluno_pending *ready = NULL;
    aluno_pending **link = &client->calls.waiting;
    while (*link != NULL) {
        aluno_pending *call = *link, *const next = call->next;
        const int64_t then_ms = judge(call, now_ms);
        if (then_ms > 0) {
            *due_ms = earlier(*due_ms, then_ms);
            link = &call->next;
            continue;
        }
        *link = next;
        if (then_ms == 0) {
            aluno__call_try(call);
            call->next = ready;
            ready = call;
        }
    }
    return ready;
}

/* Not under the mutex. */
static void try_all(aluno_pending *ready)
{
    while (ready != NULL) {
        aluno_pending *const next = ready->next;
        aluno__call_attempt(ready);
        ready = next;
    }
}

static void end_all(aluno_client *client)
{
    while (client->calls.waiting != NULL) {
        aluno_pending *call = client->calls.waiting;
        client->calls.waiting = call->next;
        aluno__call_end(call, ALUNO_CANCELLED);
    }
}

void *aluno__scheduler(void *argument)
{
    aluno_client *client = argument;
    pthread_mutex_lock(&client->mutex);
    while (!client->closing) {
        int64_t due_ms = aluno__endpoint_watch(client);
        aluno_pending *ready = take_ready(client, &due_ms);
        if (ready != NULL) {
            pthread_mutex_unlock(&client->mutex);
            try_all(ready);
            pthread_mutex_lock(&client->mutex);
        } else if (!client->closing) {
            aluno__wait_until(client, due_ms);
        }
    }
    end_all(client);
    client->calls.ended = true;
    pthread_cond_broadcast(&client->changed);
    pthread_mutex_unlock(&client->mutex);
    return NULL;
}
