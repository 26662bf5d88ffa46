/* As many contexts as the service has. Each alternates between receive and send. */
#include "echo.h"

#include "place.h"

#include "nng/api.h"
#include "tls/binding.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { CONTEXTS = 256 };

struct turn {
    nng_ctx context;
    nng_aio *aio;
    bool sending;
};

static void receive(struct turn *turn)
{
    turn->sending = false;
    nng_ctx_recv(turn->context, turn->aio);
}

/* The aio still holds the message that it received: that is the reply. */
static void step(void *argument)
{
    struct turn *turn = argument;
    const bool failed = nng_aio_result(turn->aio) != 0;
    if (failed && turn->sending)
        nng_msg_free(nng_aio_get_msg(turn->aio));
    if (failed || turn->sending) {
        receive(turn);
        return;
    }
    turn->sending = true;
    nng_ctx_send(turn->context, turn->aio);
}

static int open_turns(nng_socket socket)
{
    static struct turn turns[CONTEXTS];
    int failure = 0;
    for (size_t i = 0; failure == 0 && i < CONTEXTS; i++) {
        failure = nng_aio_alloc(&turns[i].aio, step, &turns[i]);
        if (failure == 0)
            failure = nng_ctx_open(&turns[i].context, socket);
        if (failure == 0)
            receive(&turns[i]);
    }
    return failure;
}

static int listen_at(nng_socket socket, aluno__tls *tls, const char *url)
{
    nng_listener listener;
    int failure = nng_socket_set_size(socket, NNG_OPT_RECVMAXSZ, (size_t)2 << 20);
    if (failure == 0)
        failure = nng_listener_create(&listener, socket, url);
    if (failure == 0)
        failure = aluno__tls_bind_listener(tls, listener);
    return failure == 0 ? nng_listener_start(listener, 0) : failure;
}

int echo_serve(const char *url)
{
    aluno_error error;
    aluno__tls *tls;
    nng_socket socket;
    const aluno__tls_files files = place_files(ALUNO_TLS_SERVER);
    const aluno__tls_limits limits = {.max_connections = 0};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (aluno__tls_open(&tls, ALUNO_TLS_SERVER, &files, &limits, NULL, NULL, &error) != ALUNO_OK) {
        fprintf(stderr, "echo: %s\n", error.message);
        return EXIT_FAILURE;
    }
    int failure = nng_rep0_open(&socket);
    if (failure == 0)
        failure = open_turns(socket);
    if (failure == 0)
        failure = listen_at(socket, tls, url);
    if (failure != 0) {
        fprintf(stderr, "echo: %s\n", nng_strerror(failure));
        return EXIT_FAILURE;
    }
    for (;;)
        pause();
}
