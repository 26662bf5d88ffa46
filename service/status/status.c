/* The routes. */
#include "status/status.h"

#include "base/clock.h"
#include "listen_address.h"
#include "protocol/error.h"
#include "status/exposition.h"
#include "status/history.h"
#include "status/http.h"
#include "status/page.h"
#include "status/text.h"

#include <stdlib.h>
#include <unistd.h>

struct status {
    struct service *service;
    struct http *http;
    struct history history; /* of the thread of http */
};

static void answer_health(void *user, struct http_reply *reply)
{
    (void)user;
    text_print(&reply->body, "ok\n");
}

static void answer_ready(void *user, struct http_reply *reply)
{
    struct status *status = user;
    aluno_error problem;
    if (service_health(status->service, &problem) == ALUNO_OK) {
        text_print(&reply->body, "SERVING\n");
        return;
    }
    reply->status = HTTP_UNAVAILABLE;
    text_print(&reply->body, "NOT_SERVING %s\n%s\n", problem.reason, aluno__error_words(&problem));
}

static void answer_metrics(void *user, struct http_reply *reply)
{
    struct status *status = user;
    struct store *store = status->service->store;
    struct store_session *session = store_session_acquire(store);
    reply->type = EXPOSITION_TYPE;
    exposition_write(status->service, session, &reply->body);
    store_session_release(store, session);
}

static void answer_page(void *user, struct http_reply *reply)
{
    struct status *status = user;
    struct facts facts;
    facts_measure(status->service, &facts);
    reply->type = PAGE_TYPE;
    page_write(&reply->body, &facts, &status->history);
}

static void add_to_history(void *user)
{
    struct status *status = user;
    struct facts facts;
    facts_measure(status->service, &facts);
    history_add(&status->history, &facts, aluno__clock_ms());
}

static const struct http_route routes[] = {
    {"/", answer_page},
    {"/healthz", answer_health},
    {"/readyz", answer_ready},
    {"/metrics", answer_metrics},
};

static aluno_code start(struct status *status, const char *address, aluno_error *error)
{
    int listener;
    const aluno_code code = listen_address_open(&listener, "--status", address, error);
    if (code != ALUNO_OK)
        return code;
    const struct http_options options = {.routes = routes,
                                         .route_count = sizeof routes / sizeof *routes,
                                         .user = status,
                                         .tick = add_to_history,
                                         .tick_ms = HISTORY_STEP_MS};
    if (http_start(&status->http, listener, &options))
        return ALUNO_OK;
    close(listener);
    return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, "the thread of --status");
}

aluno_code status_start(struct status **out, const char *address, struct service *service, aluno_error *error)
{
    struct status *status = calloc(1, sizeof *status);
    if (status == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    status->service = service;
    const aluno_code code = start(status, address, error);
    if (code == ALUNO_OK)
        *out = status;
    else
        free(status);
    return code;
}

void status_stop(struct status *status)
{
    if (status == NULL)
        return;
    http_stop(status->http);
    free(status);
}
