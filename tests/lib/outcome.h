/* The outcome of a started call, recorded by its completion. */
#ifndef ALUNO_TESTS_OUTCOME_H
#define ALUNO_TESTS_OUTCOME_H

#include "school.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct outcome {
    unsigned times;   /* the completion was called */
    pthread_t thread; /* of the completion */
    aluno_code code;
    char reason[64]; /* "" for a success */
    char request_id[37];
    aluno_student student; /* if the reply was one */
};

/* A completion whose `user` is an outcome. */
static inline void outcome_note(void *user, const aluno_result *result)
{
    struct outcome *outcome = user;
    outcome->times++;
    outcome->thread = pthread_self();
    outcome->code = result->code;
    if (result->code != ALUNO_OK) {
        snprintf(outcome->reason, sizeof outcome->reason, "%s", result->error->reason);
        if (result->error->has.request_id)
            memcpy(outcome->request_id, result->error->request_id, sizeof outcome->request_id);
    } else if (result->method->reply == &aluno_student_type) {
        outcome->student = *(const aluno_student *)result->reply;
    }
}

/* Starts a call; fails the test if that fails. */
static inline aluno_pending *outcome_start(aluno_client *client, aluno_method_id method, const void *request,
                                           const aluno_call_options *options, struct outcome *outcome)
{
    aluno_pending *call = NULL;
    aluno_error error;
    if (aluno_start(client, aluno_method_of(method), request, options, outcome_note, outcome, &call,
                    &error) != ALUNO_OK)
        fail_msg("%s: %s", error.reason, error.message);
    return call;
}

/* Starts a health check. */
static inline aluno_pending *outcome_start_check(aluno_client *client, struct outcome *outcome)
{
    const aluno_health_check_request check = {0};
    return outcome_start(client, ALUNO_METHOD_health_check, &check, NULL, outcome);
}

/* Dispatches completions until no call is pending. */
static inline void outcome_wait_all(aluno_client *client)
{
    while (aluno_client_pending(client) > 0)
        aluno_client_wait(client, -1);
}

static inline bool outcome_none_in_progress(void *client)
{
    aluno_statistics stats = {.size = sizeof stats};
    aluno_client_statistics(client, &stats);
    return stats.in_progress == 0;
}

/* Waits until all calls have ended, without dispatching their completions. */
static inline void outcome_wait_ends(aluno_client *client)
{
    assert_true(school_wait(outcome_none_in_progress, client, 20000));
}

/* Fails the test unless the completion was called once, with this reason ("" for success). */
static inline void outcome_check(const struct outcome *outcome, const char *reason)
{
    assert_int_equal(outcome->times, 1);
    assert_string_equal(outcome->reason, reason);
}

#endif
