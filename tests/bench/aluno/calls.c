/* Calls on open connections. */
#include "client.h"
#include "load.h"
#include "operations.h"

#include <poll.h>
#include <stdlib.h>

void load_sync(window *w, const job *j)
{
    static aluno_any_message reply;
    const aluno_client_options options = client_options(j);
    aluno_client *client = client_opened(&options);
    aluno_error error;
    operation o;
    operation_prepare(j, client);
    do {
        o.started_ns = meter_ns();
        if (aluno_call(client, operation_method(), operation_next(&o), &reply, NULL, &error) != ALUNO_OK)
            client_fail("call", &error);
        operation_check(&o, &reply);
    } while (window_record(w, o.started_ns));
    aluno_client_close(client);
}

/* ---- several calls in flight ---- */

/* One call in flight: a completion starts the next. */
struct flight {
    window *window;
    aluno_client *client;
    operation operation;
};

static unsigned flying;

static void take_off(struct flight *f);

static void land(void *user, const aluno_result *result)
{
    struct flight *f = user;
    if (result->code != ALUNO_OK)
        client_fail("call", result->error);
    operation_check(&f->operation, result->reply);
    if (window_record(f->window, f->operation.started_ns))
        take_off(f);
    else
        flying--;
}

static void take_off(struct flight *f)
{
    aluno_error error;
    f->operation.started_ns = meter_ns();
    if (aluno_start(f->client, operation_method(), operation_next(&f->operation), NULL, land, f, NULL,
                    &error) != ALUNO_OK)
        client_fail("start", &error);
}

/* Dispatches until no call is in flight. */
static void dispatch(aluno_client *const clients[], struct pollfd *ready, unsigned count)
{
    while (flying > 0 && count == 1)
        aluno_client_wait(clients[0], -1);
    while (flying > 0 && poll(ready, count, -1) > 0)
        for (unsigned i = 0; i < count; i++)
            if (ready[i].revents != 0)
                aluno_client_dispatch(clients[i], 0);
}

void load_async(window *w, const job *j)
{
    const aluno_client_options options = client_options(j);
    aluno_client **clients = calloc(j->connections, sizeof(aluno_client *));
    struct pollfd *ready = calloc(j->connections, sizeof *ready);
    struct flight *flights = calloc(j->calls, sizeof *flights);
    if (clients == NULL || ready == NULL || flights == NULL)
        exit(EXIT_FAILURE);
    for (unsigned i = 0; i < j->connections; i++) {
        clients[i] = client_opened(&options);
        ready[i] = (struct pollfd){.fd = aluno_client_fd(clients[i]), .events = POLLIN};
    }
    operation_prepare(j, clients[0]);
    for (flying = 0; flying < j->calls; flying++) {
        flights[flying] = (struct flight){.window = w, .client = clients[flying % j->connections]};
        take_off(&flights[flying]);
    }
    dispatch(clients, ready, j->connections);
    for (unsigned i = 0; i < j->connections; i++)
        aluno_client_close(clients[i]);
    free(clients);
    free(ready);
    free(flights);
}
