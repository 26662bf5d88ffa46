/* Traffic: calls on one client without a pause, several at once. A call that fails fails the test. */
#ifndef ALUNO_TESTS_TRAFFIC_H
#define ALUNO_TESTS_TRAFFIC_H

#include "outcome.h"

enum { TRAFFIC_AT_ONCE = 8 };

struct traffic {
    aluno_client *client;
    size_t replies;
    bool stopping;
};

/* A completion: counts the reply (NULL: none yet) and starts the next call. */
static inline void traffic_next(void *user, const aluno_result *result)
{
    const aluno_get_server_info_request request = {0};
    struct traffic *traffic = user;
    if (result != NULL && result->code != ALUNO_OK)
        fail_msg("%s: %s %s", result->error->reason, result->error->message, result->error->detail);
    traffic->replies += result != NULL;
    if (!traffic->stopping)
        assert_int_equal(
            aluno_start_get_server_info(traffic->client, &request, NULL, traffic_next, traffic, NULL, NULL),
            ALUNO_OK);
}

static inline void traffic_start(struct traffic *traffic, aluno_client *client)
{
    *traffic = (struct traffic){.client = client};
    for (size_t i = 0; i < TRAFFIC_AT_ONCE; i++)
        traffic_next(traffic, NULL);
}

/* Runs until so many more replies have arrived. */
static inline void traffic_run(struct traffic *traffic, size_t calls)
{
    const size_t wanted = traffic->replies + calls;
    while (traffic->replies < wanted)
        aluno_client_wait(traffic->client, -1);
}

/* Waits for the last replies. */
static inline void traffic_stop(struct traffic *traffic)
{
    traffic->stopping = true;
    outcome_wait_all(traffic->client);
}

#endif
