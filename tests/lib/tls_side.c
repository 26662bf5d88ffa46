/* Sides of connections, for tests. */
#include "tls_side.h"

#include "base/clock.h"
#include "pki.h"
#include "tls/peer.h"
#include "unit.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000, ROUND_MS = 5 };

static void observe(void *user, const aluno__tls_handshake_failure *failure)
{
    tls_side *side = user;
    pthread_mutex_lock(&side->lock);
    if (side->failure_count < sizeof side->failures / sizeof *side->failures)
        side->failures[side->failure_count++] = *failure;
    pthread_cond_broadcast(&side->changed);
    pthread_mutex_unlock(&side->lock);
}

static void on_pipe(nng_pipe pipe, nng_pipe_ev event, void *user)
{
    tls_side *side = user;
    aluno__tls_peer peer;
    if (event == NNG_PIPE_EV_ADD_PRE && !aluno__tls_peer_of(pipe, &peer)) {
        nng_pipe_close(pipe);
        return;
    }
    pthread_mutex_lock(&side->lock);
    if (event == NNG_PIPE_EV_ADD_PRE)
        side->peer = peer;
    if (event == NNG_PIPE_EV_ADD_POST)
        side->pipes++;
    if (event == NNG_PIPE_EV_REM_POST)
        side->pipes--;
    pthread_cond_broadcast(&side->changed);
    pthread_mutex_unlock(&side->lock);
}

aluno__tls_files tls_side_files(const char *certificate, const char *crl)
{
    return (aluno__tls_files){.ca = pki_file("ca", ".crt"),
                              .cert = pki_file(certificate, ".crt"),
                              .key = pki_file(certificate, ".key"),
                              .crl = crl == NULL ? NULL : pki_file(crl, ".crl")};
}

void tls_side_open(tls_side *side, aluno__tls_side which, const char *certificate, const char *crl,
                   const aluno__tls_limits *limits)
{
    aluno_error error = {0};
    const aluno__tls_files files = tls_side_files(certificate, crl);
    pthread_condattr_t attributes;
    memset(side, 0, sizeof *side);
    pthread_mutex_init(&side->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&side->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    if (aluno__tls_open(&side->tls, which, &files, limits, observe, side, &error) != ALUNO_OK)
        fail_msg("%s", error.detail);
    if (which == ALUNO_TLS_SERVER) {
        assert_int_equal(nng_rep0_open(&side->socket), 0);
    } else {
        assert_int_equal(nng_req0_open(&side->socket), 0);
        assert_int_equal(nng_socket_set_ms(side->socket, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE), 0);
    }
    assert_int_equal(nng_socket_set_size(side->socket, NNG_OPT_RECVMAXSZ, 4 << 20), 0);
    assert_int_equal(nng_socket_set_ms(side->socket, NNG_OPT_RECVTIMEO, PATIENCE_MS), 0);
    assert_int_equal(nng_socket_set_ms(side->socket, NNG_OPT_SENDTIMEO, PATIENCE_MS), 0);
    assert_int_equal(nng_pipe_notify(side->socket, NNG_PIPE_EV_ADD_PRE, on_pipe, side), 0);
    assert_int_equal(nng_pipe_notify(side->socket, NNG_PIPE_EV_ADD_POST, on_pipe, side), 0);
    assert_int_equal(nng_pipe_notify(side->socket, NNG_PIPE_EV_REM_POST, on_pipe, side), 0);
}

void tls_side_listen(tls_side *side)
{
    nng_listener listener;
    int port = 0;
    assert_int_equal(nng_listener_create(&listener, side->socket, "tls+tcp://127.0.0.1:0"), 0);
    assert_int_equal(aluno__tls_bind_listener(side->tls, listener), 0);
    assert_int_equal(nng_listener_start(listener, 0), 0);
    assert_int_equal(nng_listener_get_int(listener, NNG_OPT_TCP_BOUND_PORT, &port), 0);
    side->port = (uint16_t)port;
}

int tls_side_dial(tls_side *side, uint16_t port, const char *name)
{
    nng_dialer dialer;
    char url[64];
    snprintf(url, sizeof url, "tls+tcp://127.0.0.1:%u", port);
    assert_int_equal(nng_dialer_create(&dialer, side->socket, url), 0);
    assert_int_equal(aluno__tls_bind_dialer(side->tls, dialer, name), 0);
    const int result = nng_dialer_start(dialer, 0);
    if (result != 0)
        nng_dialer_close(dialer);
    return result;
}

int64_t tls_side_call(tls_side *client, tls_side *server, size_t size)
{
    const int64_t begin = aluno__clock_ms();
    nng_msg *request, *reply;
    assert_int_equal(nng_msg_alloc(&request, size), 0);
    unsigned char *bytes = nng_msg_body(request);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(i * 31 + size);
    assert_int_equal(nng_sendmsg(client->socket, request, 0), 0);
    assert_int_equal(nng_recvmsg(server->socket, &request, 0), 0);
    assert_int_equal(nng_sendmsg(server->socket, request, 0), 0);
    assert_int_equal(nng_recvmsg(client->socket, &reply, 0), 0);
    assert_int_equal(nng_msg_len(reply), size);
    bytes = nng_msg_body(reply);
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != (unsigned char)(i * 31 + size))
            fail_msg("byte %zu of %zu came back changed", i, size);
    nng_msg_free(reply);
    return aluno__clock_ms() - begin;
}

static struct timespec deadline(void)
{
    return aluno__clock_timespec(aluno__clock_deadline(PATIENCE_MS));
}

aluno__tls_handshake_failure tls_side_failure(tls_side *side)
{
    const struct timespec until = deadline();
    aluno__tls_handshake_failure failure = {0};
    bool found;
    pthread_mutex_lock(&side->lock);
    while (side->failures_taken == side->failure_count &&
           pthread_cond_timedwait(&side->changed, &side->lock, &until) == 0)
        continue;
    found = side->failures_taken < side->failure_count;
    if (found)
        failure = side->failures[side->failures_taken++];
    pthread_mutex_unlock(&side->lock);
    if (!found)
        fail_msg("the observer received no failure");
    return failure;
}

size_t tls_side_count_failures(tls_side *side)
{
    pthread_mutex_lock(&side->lock);
    const size_t count = side->failure_count;
    pthread_mutex_unlock(&side->lock);
    return count;
}

size_t tls_side_count_pipes(tls_side *side)
{
    pthread_mutex_lock(&side->lock);
    const size_t count = side->pipes;
    pthread_mutex_unlock(&side->lock);
    return count;
}

void tls_side_wait_pipes(tls_side *side, size_t count)
{
    const struct timespec until = deadline();
    pthread_mutex_lock(&side->lock);
    while (side->pipes != count && pthread_cond_timedwait(&side->changed, &side->lock, &until) == 0)
        continue;
    const size_t pipes = side->pipes;
    pthread_mutex_unlock(&side->lock);
    assert_int_equal(pipes, count);
}

void tls_side_wait_connections(tls_side *side, size_t count)
{
    for (int waited = 0; aluno__tls_connections(side->tls) != count && waited < PATIENCE_MS;
         waited += ROUND_MS)
        aluno__clock_sleep(ROUND_MS);
    assert_int_equal(aluno__tls_connections(side->tls), count);
}

void tls_side_close(tls_side *side)
{
    nng_close(side->socket);
    aluno__tls_close(side->tls);
    pthread_cond_destroy(&side->changed);
    pthread_mutex_destroy(&side->lock);
}

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

int tcp_connect(uint16_t port)
{
    const struct sockaddr_in address = loopback(port);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

int tcp_listen(uint16_t *port)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 16), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return fd;
}
