/* Connecting, and connecting again. */
#include "client.h"
#include "load.h"
#include "sockets.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

void load_connect(window *w, const job *j)
{
    const aluno_client_options options = client_options(j);
    for (bool more = true; more;) {
        const uint64_t started_ns = meter_ns();
        aluno_client *client = client_opened(&options);
        client_greet(client);
        more = window_record(w, started_ns);
        aluno_client_close(client);
    }
}

/* ---- reconnecting ---- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool lost;

static void on_state(void *user, aluno_connection_state state, const char *server, const aluno_error *why)
{
    (void)user, (void)server, (void)why;
    pthread_mutex_lock(&mutex);
    if (state != ALUNO_READY) {
        lost = true;
        pthread_cond_signal(&changed);
    }
    pthread_mutex_unlock(&mutex);
}

/* Returns when the client has noticed. For a moment there may be a second connection: nng dials by itself
 * when one is lost, until the client closes its dialer. */
static void lose_connection(const job *j)
{
    pthread_mutex_lock(&mutex);
    lost = false;
    if (sockets_cut(j->port) == 0) {
        fprintf(stderr, "%s: no connection is open\n", j->program);
        exit(EXIT_FAILURE);
    }
    while (!lost)
        pthread_cond_wait(&changed, &mutex);
    pthread_mutex_unlock(&mutex);
}

void load_reconnect(window *w, const job *j)
{
    aluno_client_options options = client_options(j);
    options.on_state = on_state;
    aluno_client *client = client_opened(&options);
    client_greet(client);
    for (bool more = true; more;) {
        const uint64_t started_ns = meter_ns();
        lose_connection(j);
        client_greet(client);
        more = window_record(w, started_ns);
    }
    aluno_client_close(client);
}
