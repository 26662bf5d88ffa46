/* Calls without a pause on one client, several at once, none of which may fail. */
#ifndef ALUNO_TESTS_TRAFFIC_H
#define ALUNO_TESTS_TRAFFIC_H

#include "outcome.h"

enum { TRAFFIC_AT_ONCE = 8 };

struct traffic {
    aluno_client *client;
    size_t answered;
    bool stopping;
};

/* Counts an answer, if it is one, and asks anew. */
static inline void traffic_go_on(void *user, const aluno_result *result)
{
    const aluno_get_server_info_request request = {0};
    struct traffic *traffic = user;
    if (result != NULL && result->code != ALUNO_OK)
        fail_msg("%s: %s %s", result->error->reason, result->error->message, result->error->detail);
    traffic->answered += result != NULL;
    if (!traffic->stopping)
        assert_int_equal(
            aluno_start_get_server_info(traffic->client, &request, NULL, traffic_go_on, traffic, NULL, NULL),
            ALUNO_OK);
}

static inline void traffic_start(struct traffic *traffic, aluno_client *client)
{
    *traffic = (struct traffic){.client = client};
    for (size_t i = 0; i < TRAFFIC_AT_ONCE; i++)
        traffic_go_on(traffic, NULL);
}

/* Goes on for so many answers. */
static inline void traffic_run(struct traffic *traffic, size_t calls)
{
    const size_t wanted = traffic->answered + calls;
    while (traffic->answered < wanted)
        aluno_client_wait(traffic->client, -1);
}

/* Waits for the last answers. */
static inline void traffic_stop(struct traffic *traffic)
{
    traffic->stopping = true;
    outcome_await_all(traffic->client);
}

#endif
