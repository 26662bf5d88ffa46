/* The code that both forms of a watch share: aluno_watch_open and aluno_watch_start. */
#include "watch.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/thread.h"
#include "protocol/error.h"
#include "protocol/sized.h"

#include <aluno/values.h>

enum { WAIT_MS = 25000, LONGEST_MS = 86400000, STOP_MS = 1000, PAUSE_FIRST_MS = 20, PAUSE_MOST_MS = 1000 };

/* ---- opening ---- */

static aluno_code refuse(aluno_error *error, const char *option)
{
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "aluno_watch_options.%s", option);
}

/* The caller's error may hold anything. */
static aluno_code refuse_field(aluno_error *error, const char *field, aluno_reason reason)
{
    if (error != NULL)
        aluno_clear(&aluno_error_type, error);
    return aluno__error_add_violation(error, field, reason, NULL);
}

static aluno_code set_request(aluno_watch *watch, const aluno_watch_options *options, aluno_error *error)
{
    aluno_watch_students_request *request = &watch->request;
    if (options->after != NULL && !ALUNO_SET_TEXT(*request, after, options->after))
        return refuse_field(error, "after", ALUNO_REASON_WATCH_TOKEN_INVALID);
    if (options->query != NULL && *options->query != '\0' && !ALUNO_SET_TEXT(*request, query, options->query))
        return refuse_field(error, "query", ALUNO_REASON_TEXT_TOO_LONG);
    if (options->show_deleted)
        ALUNO_SET(*request, show_deleted, true);
    if (options->page_size != 0)
        ALUNO_SET(*request, page_size, options->page_size);
    if (options->wait_ms < 0 || options->wait_ms > LONGEST_MS)
        return refuse(error, "wait_ms");
    watch->wait_ms = options->wait_ms != 0 ? options->wait_ms : WAIT_MS;
    if (options->purpose != NULL && strlen(options->purpose) >= sizeof watch->purpose)
        return refuse(error, "purpose");
    if (options->purpose != NULL)
        memcpy(watch->purpose, options->purpose, strlen(options->purpose) + 1);
    request->has.watch_id = aluno_request_id_new(request->watch_id);
    return request->has.watch_id ? ALUNO_OK
                                 : aluno__error_set(error, ALUNO_REASON_INTERNAL_ERROR, "getrandom");
}

aluno_code aluno__watch_new(aluno_watch **out, aluno_client *client, const aluno_watch_options *options,
                            aluno_error *error)
{
    aluno_watch_options own = ALUNO_WATCH_OPTIONS_INIT;
    aluno_code code = aluno__client_check(client, error);
    if (code == ALUNO_OK && options != NULL)
        code = aluno__sized_read(&own, sizeof own, options, "aluno_watch_options", error);
    if (code != ALUNO_OK)
        return code;
    aluno_watch *watch = aluno__calloc(sizeof *watch);
    if (watch == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    watch->client = client;
    aluno__cond_init(&watch->ended);
    code = set_request(watch, &own, error);
    if (code == ALUNO_OK) {
        *out = watch;
        return code;
    }
    aluno__watch_free(watch);
    if (error != NULL)
        aluno_error_translate(error, client->settings.language);
    return code;
}

void aluno__watch_free(aluno_watch *watch)
{
    pthread_cond_destroy(&watch->ended);
    aluno__free(watch->reply);
    aluno__free(watch);
}

const char *aluno_watch_token(const aluno_watch *watch)
{
    return watch->request.has.after ? watch->request.after : "";
}

/* ---- calls ---- */

void aluno__watch_prepare(aluno_watch *watch, aluno_call_options *options, int64_t *due_ms)
{
    aluno_watch_students_request *request = &watch->request;
    *options = (aluno_call_options)ALUNO_CALL_OPTIONS_INIT;
    options->timeout_ms = watch->client->settings.timeout_ms;
    request->has.wait_ms = request->has.after; /* the first token comes at once */
    request->wait_ms = watch->wait_ms;
    if (request->has.wait_ms)
        options->timeout_ms += watch->wait_ms;
    if (options->timeout_ms > LONGEST_MS) /* which a call's is at most */
        options->timeout_ms = LONGEST_MS;
    options->purpose = *watch->purpose != '\0' ? watch->purpose : NULL;
    *due_ms = watch->pause_ms != 0 ? aluno__clock_ms() + aluno__clock_jitter(watch->pause_ms) : 0;
}

bool aluno__watch_goes_on(aluno_watch *watch, aluno_code code)
{
    const int64_t longer_ms = watch->pause_ms != 0 ? watch->pause_ms * 2 : PAUSE_FIRST_MS;
    watch->pause_ms = longer_ms < PAUSE_MOST_MS ? longer_ms : PAUSE_MOST_MS;
    if (code == ALUNO_OK)
        watch->pause_ms = 0;
    return code == ALUNO_OK || code == ALUNO_UNAVAILABLE || code == ALUNO_DEADLINE_EXCEEDED;
}

void aluno__watch_set_token(aluno_watch *watch, const char *token)
{
    ALUNO_SET_TEXT(watch->request, after, token);
}

aluno_watch_students_request aluno__watch_stop(const aluno_watch *watch, aluno_call_options *options)
{
    aluno_watch_students_request request = {.has = {.stop = true}, .stop = true};
    ALUNO_SET_TEXT(request, watch_id, watch->request.watch_id);
    *options = (aluno_call_options)ALUNO_CALL_OPTIONS_INIT;
    options->timeout_ms = STOP_MS;
    options->purpose = *watch->purpose != '\0' ? watch->purpose : NULL;
    return request;
}
