/* A watch that reports changes to an observer, on the thread that dispatches. */
#include "watch.h"

#include "async.h"

static aluno_code begin(aluno_watch *watch, aluno_error *error);

static void report(aluno_watch *watch, const aluno_student_change *change, const aluno_error *error)
{
    if (!watch->is_closed)
        watch->observer(watch->user, watch, change, error);
}

static void report_changes(aluno_watch *watch, const aluno_watch_students_reply *reply)
{
    const bool is_first = !watch->request.has.after;
    for (size_t i = 0; reply->has.changes && i < reply->changes.count && !watch->is_closed; i++) {
        aluno__watch_set_token(watch, reply->changes.items[i].token);
        report(watch, &reply->changes.items[i], NULL);
    }
    if (watch->is_closed || !reply->has.token)
        return;
    aluno__watch_set_token(watch, reply->token);
    if (is_first)
        report(watch, NULL, NULL);
}

static void on_reply(void *user, const aluno_result *result)
{
    aluno_error error;
    aluno_watch *watch = user;
    watch->call = NULL;
    watch->is_observing = true;
    const bool goes_on = aluno__watch_goes_on(watch, result->code);
    if (result->code == ALUNO_OK)
        report_changes(watch, result->reply);
    else if (!goes_on)
        report(watch, NULL, result->error);
    if (goes_on && !watch->is_closed && begin(watch, &error) != ALUNO_OK)
        report(watch, NULL, &error);
    watch->is_observing = false;
    if (watch->is_closed)
        aluno__watch_free(watch);
}

static aluno_code begin(aluno_watch *watch, aluno_error *error)
{
    aluno_call_options options;
    int64_t due_ms;
    aluno__watch_prepare(watch, &options, &due_ms);
    return aluno__start_at(watch->client, due_ms, aluno_method_of(ALUNO_METHOD_watch_students),
                           &watch->request, &options, on_reply, watch, &watch->call, error);
}

aluno_code aluno_watch_start(aluno_watch **out, aluno_client *client, const aluno_watch_options *options,
                             aluno_watch_observer *observer, void *user, aluno_error *error)
{
    aluno_watch *watch;
    aluno_code code = aluno__watch_new(&watch, client, options, error);
    if (code != ALUNO_OK)
        return code;
    watch->observer = observer;
    watch->user = user;
    *out = watch; /* before the observer can be called */
    code = begin(watch, error);
    if (code != ALUNO_OK)
        aluno__watch_free(watch);
    return code;
}

void aluno__watch_close_observed(aluno_watch *watch)
{
    aluno_call_options options;
    watch->is_closed = true;
    if (watch->call != NULL) { /* its completion frees the watch */
        const aluno_watch_students_request request = aluno__watch_stop(watch, &options);
        aluno_cancel(watch->call);
        aluno_start_watch_students(watch->client, &request, &options, NULL, NULL, NULL, NULL);
    } else if (!watch->is_observing) {
        aluno__watch_free(watch);
    }
}
