/* A watch that blocks for the next change. */
#include "watch.h"

#include "base/clock.h"
#include "base/memory.h"
#include "call_state.h"
#include "protocol/error.h"

static void signal_ended(aluno__call *call)
{
    pthread_cond_signal(call->ended_user);
}

/* Waits for the end of the call, at most until then (monotonic, ms). */
static bool wait_for_end(aluno_watch *watch, int64_t until_ms)
{
    aluno__lock *lock = &watch->client->lock;
    aluno__lock_acquire(lock);
    while (watch->call->state != ALUNO_CALL_ENDED && aluno__lock_wait_on_until(lock, &watch->ended, until_ms))
        continue;
    const bool ended = watch->call->state == ALUNO_CALL_ENDED;
    aluno__lock_release(lock);
    return ended;
}

static aluno_code begin(aluno_watch *watch, aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    aluno_call_options options;
    int64_t due_ms;
    aluno__watch_prepare(watch, &options, &due_ms);
    watch->call = aluno__call_new(&watch->client->calls, aluno_method_of(ALUNO_METHOD_watch_students),
                                  &watch->request, &options, &code, error);
    if (watch->call == NULL)
        return code;
    watch->call->due_ms = due_ms;
    watch->call->ended = signal_ended;
    watch->call->ended_user = &watch->ended;
    aluno__call_begin(watch->call);
    return ALUNO_OK;
}

/* Takes the result of the call, which has ended, and frees it. */
static aluno_code take(aluno_watch *watch, aluno_error *error)
{
    aluno_reply_metadata metadata;
    aluno__call *call = watch->call;
    const aluno_code code =
        call->code == ALUNO_OK ? aluno__call_read_reply(call, watch->reply, &metadata) : call->code;
    watch->next = 0;
    if (code != ALUNO_OK)
        aluno_clear(&aluno_watch_students_reply_type, watch->reply);
    if (code != ALUNO_OK && error != NULL)
        aluno__call_get_error(call, error);
    aluno__call_free(call);
    watch->call = NULL;
    return aluno__watch_goes_on(watch, code) ? ALUNO_OK : code;
}

/* The next change of the reply; NULL: there is none left. */
static const aluno_student_change *advance(aluno_watch *watch)
{
    aluno_watch_students_reply *reply = watch->reply;
    if (reply->has.changes && watch->next < reply->changes.count) {
        const aluno_student_change *change = &reply->changes.items[watch->next++];
        aluno__watch_set_token(watch, change->token);
        return change;
    }
    if (reply->has.token)
        aluno__watch_set_token(watch, reply->token);
    return NULL;
}

static aluno_code next_entered(aluno_watch *watch, int64_t until_ms, const aluno_student_change **change,
                               aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    while (code == ALUNO_OK && (*change = advance(watch)) == NULL) {
        if (watch->call == NULL)
            code = begin(watch, error);
        if (code == ALUNO_OK && !wait_for_end(watch, until_ms))
            return ALUNO_OK;
        if (code == ALUNO_OK)
            code = take(watch, error);
    }
    return code;
}

aluno_code aluno_watch_next(aluno_watch *watch, int64_t timeout_ms, const aluno_student_change **change,
                            aluno_error *error)
{
    *change = NULL;
    aluno_code code = aluno__client_enter(watch->client, error);
    if (code != ALUNO_OK)
        return code;
    code = next_entered(watch, timeout_ms < 0 ? INT64_MAX : aluno__clock_deadline(timeout_ms), change, error);
    aluno__client_leave(watch->client);
    return code;
}

/* The token of now, by one call. */
static aluno_code begin_now(aluno_watch *watch, aluno_error *error)
{
    aluno_call_options options;
    int64_t due_ms;
    aluno__watch_prepare(watch, &options, &due_ms);
    const aluno_code code =
        aluno_watch_students(watch->client, &watch->request, watch->reply, &options, error);
    if (code == ALUNO_OK)
        advance(watch);
    return code;
}

aluno_code aluno_watch_open(aluno_watch **out, aluno_client *client, const aluno_watch_options *options,
                            aluno_error *error)
{
    aluno_watch *watch;
    aluno_code code = aluno__watch_new(&watch, client, options, error);
    if (code != ALUNO_OK)
        return code;
    watch->reply = aluno__calloc(sizeof *watch->reply);
    if (watch->reply == NULL)
        code = aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (code == ALUNO_OK && !watch->request.has.after)
        code = begin_now(watch, error);
    if (code == ALUNO_OK)
        *out = watch;
    else
        aluno__watch_free(watch);
    return code;
}

void aluno__watch_close_waiting(aluno_watch *watch)
{
    aluno_call_options options;
    if (watch->call != NULL) {
        aluno_cancel(watch->call);
        wait_for_end(watch, INT64_MAX);
        const bool is_cancelled = watch->call->code == ALUNO_CANCELLED && watch->call->metadata.has.attempt;
        take(watch, NULL);
        const aluno_watch_students_request request = aluno__watch_stop(watch, &options);
        if (is_cancelled)
            aluno_watch_students(watch->client, &request, watch->reply, &options, NULL);
    }
    aluno__watch_free(watch);
}
