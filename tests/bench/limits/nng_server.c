/* bench-limit-nng-server: nng's REP over aluno's TLS engine, with nothing above it: bench-limit-nng-server
 * PORT CERTIFICATES
 *
 * A request begins with the size of the reply, in four bytes. */
#include "nng/api.h"
#include "tls/binding.h"
#include "tls/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CONTEXTS = 256 };

struct context {
    nng_ctx nng;
    nng_aio *aio;
    bool is_sending;
};

static _Noreturn void fail(const char *what, const char *why)
{
    fprintf(stderr, "bench-limit-nng-server: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

static void check(const char *what, int failure)
{
    if (failure != 0)
        fail(what, nng_strerror(failure));
}

static nng_msg *make_reply(nng_msg *request)
{
    uint32_t size = 0;
    nng_msg *reply;
    if (nng_msg_len(request) >= sizeof size)
        memcpy(&size, nng_msg_body(request), sizeof size);
    nng_msg_free(request);
    check("reply", nng_msg_alloc(&reply, size));
    memset(nng_msg_body(reply), 'x', size);
    return reply;
}

/* nng's callback: the receive or the send has completed. */
static void step(void *argument)
{
    struct context *context = argument;
    const int failure = nng_aio_result(context->aio);
    if (failure == 0 && !context->is_sending) {
        context->is_sending = true;
        nng_aio_set_msg(context->aio, make_reply(nng_aio_get_msg(context->aio)));
        nng_ctx_send(context->nng, context->aio);
        return;
    }
    if (failure != 0 && context->is_sending)
        nng_msg_free(nng_aio_get_msg(context->aio));
    context->is_sending = false;
    if (failure != NNG_ECLOSED)
        nng_ctx_recv(context->nng, context->aio);
}

static void listen_at(nng_socket socket, const char *port, const char *folder)
{
    char ca[256], cert[256], key[256], url[64];
    const aluno__tls_limits limits = {.max_connections = CONTEXTS};
    aluno__tls *tls;
    nng_listener listener;
    aluno_error error;
    snprintf(ca, sizeof ca, "%s/ca.crt", folder);
    snprintf(cert, sizeof cert, "%s/server.crt", folder);
    snprintf(key, sizeof key, "%s/server.key", folder);
    snprintf(url, sizeof url, "tls+tcp://127.0.0.1:%s", port);
    const aluno__tls_files files = {.ca = ca, .cert = cert, .key = key};
    if (aluno__tls_open(&tls, ALUNO_TLS_SERVER, &files, &limits, NULL, NULL, &error) != ALUNO_OK)
        fail("certificates", error.message);
    check("listener", nng_listener_create(&listener, socket, url));
    check("credentials", aluno__tls_bind_listener(tls, listener));
    check(url, nng_listener_start(listener, 0));
}

int main(int argc, char *argv[])
{
    static struct context contexts[CONTEXTS];
    nng_socket socket;
    if (argc != 3) {
        fprintf(stderr, "usage: bench-limit-nng-server PORT CERTIFICATES\n");
        return 2;
    }
    check("socket", nng_rep0_open(&socket));
    listen_at(socket, argv[1], argv[2]);
    for (size_t i = 0; i < CONTEXTS; i++) {
        check("aio", nng_aio_alloc(&contexts[i].aio, step, &contexts[i]));
        check("context", nng_ctx_open(&contexts[i].nng, socket));
        nng_ctx_recv(contexts[i].nng, contexts[i].aio);
    }
    fprintf(stderr, "ready\n");
    for (;;)
        pause();
}
