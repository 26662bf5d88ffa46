/* nng's REP socket and its connections. workers.c has its contexts.
 *
 * A fact about nng 1.5.2 that shapes this file: closing a wedged socket hangs. */
#include "server.h"

#include "access.h"
#include "base/clock.h"
#include "expiry.h"
#include "listen_address.h"
#include "log.h"
#include "peers.h"
#include "refusals.h"
#include "protocol/codec.h"
#include "protocol/error.h"
#include "nng/api.h"
#include "nng/socket_close.h"
#include "nng/threads.h"
#include "tls/binding.h"
#include "tls/peer.h"
#include "watchdog.h"
#include "workers.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    CLOSE_MS = 3000, /* the bound on closing the socket */
    FLUSH_MS = 100,  /* how long nng may take to send the last replies */
    CALLERS = 2,     /* nng's one thread, and one that is lent; of more, some wait for a read to end */
};

struct server {
    struct service *service;
    aluno__tls *tls;
    struct peers *peers;
    struct workers *workers;
    nng_socket socket;
    bool open; /* the socket is */
    struct watchdog watchdog;
    struct expiry expiry;
};

size_t server_callers(void)
{
    return CALLERS;
}

/* ---- connections ---- */

/* A reload that comes later finds the peer in the table; after one that came before, it must be asked. */
static aluno_code add_peer(struct server *server, nng_pipe pipe, const aluno__tls_peer *peer,
                           aluno_error *error)
{
    const aluno_code code = peers_add(server->peers, pipe, peer, aluno__clock_ms(), error);
    if (code != ALUNO_OK || aluno__tls_is_trusted(server->tls, peer))
        return code;
    peers_remove(server->peers, pipe);
    return aluno__error_set(error, ALUNO_REASON_TLS_REVOKED, "while the certificates were reloaded");
}

static void on_pipe_adding(nng_pipe pipe, nng_pipe_ev event, void *argument)
{
    (void)event;
    struct server *server = argument;
    aluno__tls_peer peer;
    aluno_error error;
    if (atomic_load(&server->service->draining) || !aluno__tls_peer_of(pipe, &peer)) {
        nng_pipe_close(pipe);
        return;
    }
    if (add_peer(server, pipe, &peer, &error) != ALUNO_OK) {
        counters_refusal(&server->service->counters, aluno_reason_named(error.reason));
        if (refusals_admit(error.reason, "caller", peer.common_name))
            log_line(LOG_WARN, "Connection refused.", "address", peer.address, "reason", error.reason,
                     "detail", error.detail, "caller", peer.common_name, "serial", peer.serial, NULL);
        nng_pipe_close(pipe);
        return;
    }
    counters_handshake(&server->service->counters, peer.resumed);
    log_line(LOG_INFO, "Connection accepted.", "address", peer.address, "caller", peer.common_name, "role",
             aluno_role_name(access_caller(&peer).role), "serial", peer.serial, "handshake",
             peer.resumed ? "resumed" : "full", NULL);
}

static void on_pipe_gone(nng_pipe pipe, nng_pipe_ev event, void *argument)
{
    (void)event;
    struct server *server = argument;
    peers_remove(server->peers, pipe);
    watches_drop_gone(server->service->watches);
}

static void log_refused_connection(const aluno__tls_handshake_failure *failure,
                                   const aluno_reason_desc *reason)
{
    log_line(LOG_WARN, failure->by_peer ? "Connection refused by the client." : "Connection refused.",
             "address", failure->address, "reason", reason->name, "why", reason->text[ALUNO_EN], "detail",
             failure->detail, "remedy", reason->remedy[ALUNO_EN], NULL);
}

static void count_bound(struct limits *limits, aluno__tls_bound bound)
{
    static const enum limit reached[] = {
        [ALUNO_TLS_HANDSHAKE_MS] = LIMIT_handshake_ms,
        [ALUNO_TLS_MESSAGE_MS] = LIMIT_message_ms,
        [ALUNO_TLS_CONNECTIONS] = LIMIT_connections,
        [ALUNO_TLS_HANDSHAKES] = LIMIT_handshakes,
        [ALUNO_TLS_ADDRESS_HANDSHAKES] = LIMIT_address_handshakes,
    };
    if (bound != ALUNO_TLS_NO_BOUND)
        limits_reach(limits, reached[bound]);
}

static void on_handshake_failure(void *argument, const aluno__tls_handshake_failure *failure)
{
    struct server *server = argument;
    count_bound(&server->service->limits, failure->bound);
    const aluno_reason_desc *reason = aluno_reason_of(failure->reason);
    if (failure->silent) {
        counters_silent(&server->service->counters);
        log_line(LOG_DEBUG, "Connection closed before its first byte.", "address", failure->address, NULL);
        return;
    }
    counters_refusal(&server->service->counters, reason);
    if (refusals_admit(reason->name, "address", failure->address))
        log_refused_connection(failure, reason);
}

/* Into the counters: what others read may be a second old. */
static void measure_connections(struct server *server)
{
    struct counters *counters = &server->service->counters;
    const size_t all = aluno__tls_connections(server->tls), admitted = peers_count(server->peers);
    atomic_store(&counters->connections, admitted);
    atomic_store(&counters->handshaking, all > admitted ? all - admitted : 0);
    atomic_store(&counters->calls_in_progress, workers_in_progress(server->workers));
    for (aluno__tls_file file = ALUNO_TLS_CA; file < ALUNO_TLS_FILES; file++)
        atomic_store(&counters->file_ends_ms[file], aluno__tls_validity_of(server->tls, file).to_ms);
}

/* ---- starting ---- */

static aluno_code fail_nng(aluno_error *error, const char *action, int failure)
{
    return aluno__error_set(error, ALUNO_REASON_INTERNAL_ERROR, "%s: %s", action, nng_strerror(failure));
}

static aluno_code open_socket(struct server *server, aluno_error *error)
{
    int failure = nng_rep0_open(&server->socket);
    if (failure != 0)
        return fail_nng(error, "opening the socket", failure);
    server->open = true;
    /* Twice the limit of a message: one that is a little too large is answered, a huge one ends its
     * connection. */
    failure = nng_socket_set_size(server->socket, NNG_OPT_RECVMAXSZ, 2 * ALUNO_MESSAGE_MAX);
    if (failure == 0)
        failure = nng_pipe_notify(server->socket, NNG_PIPE_EV_ADD_PRE, on_pipe_adding, server);
    if (failure == 0)
        failure = nng_pipe_notify(server->socket, NNG_PIPE_EV_REM_POST, on_pipe_gone, server);
    return failure == 0 ? ALUNO_OK : fail_nng(error, "setting up the socket", failure);
}

static aluno_code refuse_listen(aluno_error *error, const char *address, int failure)
{
    bool in_use;
    const char *why = "is in use: another alunod may be running there";
    if (failure != NNG_EADDRINUSE) {
        const aluno_code code = listen_address_check("--listen", address, &in_use, error);
        if (code != ALUNO_OK)
            return code;
        why = nng_strerror(failure);
    }
    return aluno__error_set(error, ALUNO_REASON_OPTION_INVALID, "--listen %s: %s", address, why);
}

static aluno_code start_listening(struct server *server, const char *address, aluno_error *error)
{
    nng_listener listener;
    if (strncmp(address, "tls+tcp://", strlen("tls+tcp://")) != 0)
        return refuse_listen(error, address, NNG_EADDRINVAL);
    int failure = nng_listener_create(&listener, server->socket, address);
    if (failure == 0)
        failure = aluno__tls_bind_listener(server->tls, listener);
    if (failure == 0)
        failure = nng_listener_set_bool(listener, NNG_OPT_TCP_KEEPALIVE, true);
    if (failure == 0)
        failure = nng_listener_start(listener, 0);
    return failure == 0 ? ALUNO_OK : refuse_listen(error, address, failure);
}

static aluno_code open_workers(struct server *server, aluno_error *error)
{
    const int failure = workers_open(&server->workers, server->socket, server->service, server->peers);
    return failure == 0 ? ALUNO_OK : fail_nng(error, "opening the contexts", failure);
}

static aluno_code start(struct server *server, const struct server_options *options, aluno_error *error)
{
    const int64_t *most = server->service->limits.most;
    const aluno__tls_limits limits = {
        .handshake_ms = most[LIMIT_handshake_ms],
        .message_ms = most[LIMIT_message_ms],
        .max_connections = (size_t)most[LIMIT_connections],
        .max_handshakes = (size_t)most[LIMIT_handshakes],
        .max_address_handshakes = (size_t)most[LIMIT_address_handshakes],
    };
    aluno_code code = aluno__tls_open(&server->tls, ALUNO_TLS_SERVER, &options->files, &limits,
                                      on_handshake_failure, server, error);
    if (code == ALUNO_OK)
        code = open_socket(server, error);
    aluno__nng_use_one_thread();
    if (code == ALUNO_OK)
        code = open_workers(server, error);
    if (code == ALUNO_OK)
        code = start_listening(server, options->listen, error);
    return code;
}

aluno_code server_start(struct server **out, const struct server_options *options, struct service *service,
                        aluno_error *error)
{
    struct server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    server->service = service;
    server->peers = peers_new(&service->limits);
    const aluno_code code = server->peers != NULL ? start(server, options, error)
                                                  : aluno__error_set(error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    if (code != ALUNO_OK) {
        server_stop(server);
        return code;
    }
    expiry_begin(&server->expiry);
    workers_start(server->workers);
    measure_connections(server);
    *out = server;
    return ALUNO_OK;
}

/* ---- running ---- */

aluno_code server_reload(struct server *server, const aluno__tls_files *files, aluno_error *error)
{
    const aluno_code code = aluno__tls_reload(server->tls, files, error);
    if (code != ALUNO_OK)
        return code;
    char closed[24];
    snprintf(closed, sizeof closed, "%zu", peers_close_untrusted(server->peers, server->tls));
    log_line(LOG_INFO, "Certificates reloaded.", "connections_closed", closed, NULL);
    expiry_begin(&server->expiry);
    expiry_log(&server->expiry, server->tls, aluno__clock_unix_ms());
    return ALUNO_OK;
}

bool server_tick(struct server *server)
{
    const int64_t now_ms = aluno__clock_ms();
    workers_close_slow_readers(server->workers);
    const int64_t unix_ms = aluno__clock_unix_ms();
    peers_close_ended(server->peers, now_ms, unix_ms);
    expiry_log(&server->expiry, server->tls, unix_ms);
    aluno__tls_expire_sessions(server->tls);
    refusals_tick();
    measure_connections(server);
    return watchdog_is_wedged(&server->watchdog, aluno__tls_stuck_connections(server->tls),
                              aluno__tls_unadmitted_connections(server->tls), now_ms);
}

/* ---- stopping ---- */

bool server_drain(struct server *server, int64_t timeout_ms)
{
    atomic_store(&server->service->draining, true);
    watches_drain(server->service->watches);
    const bool drained = workers_drain(server->workers, timeout_ms);
    aluno__clock_sleep(FLUSH_MS);
    return drained;
}

void server_stop(struct server *server)
{
    const bool wedged = server->tls != NULL && aluno__tls_stuck_connections(server->tls) > 0;
    workers_close(server->workers);
    if (server->open && (wedged || !aluno__nng_socket_close(server->socket, CLOSE_MS))) {
        log_line(LOG_WARN, "The socket does not close: left to the end of the process.", NULL);
        return;
    }
    workers_free(server->workers);
    aluno__tls_close(server->tls);
    peers_free(server->peers);
    free(server);
}
