/* The connection's state: stored and reported in one place, and polled by those who wait for it. */
#include "connection.h"

#include "base/clock.h"
#include "nng/failure.h"
#include "nng/socket_close.h"
#include "protocol/codec.h"
#include "protocol/error.h"
#include "tls/peer.h"

enum {
    FRESH_MS = 50, /* a failure younger than this answers calls without another dial */
    FRESH_REFUSED_MS = 1000,
    SILENT_MS = 2000,  /* nobody served for so long, and a deadline that passes: another service is tried */
    LEAVING_MS = 1000, /* between two departures: all services may lack the same database */
};

/* ---- what nng and the TLS engine report ---- */

/* Before the pipe starts: nng's ADD_POST may come after the REM_POST of a connection that ends at once. */
static void on_pipe_adding(nng_pipe pipe, nng_pipe_ev event, void *argument)
{
    (void)event;
    aluno__connection *connection = argument;
    aluno__tls_peer peer;
    (void)aluno__tls_peer_of(pipe, &peer); /* notes that it is a pipe: for aluno__tls_abandon */
    aluno__lock_acquire(connection->lock);
    aluno__dialer_pipe_added(&connection->dialer, pipe);
    aluno__lock_release(connection->lock);
}

/* The removed one may be an older connection, or one that is still on probation. Its dialer is closed before
 * nng redials, which it may do at once: the connector would close that connection during its handshake, and
 * dial itself. */
static void on_pipe_removed(nng_pipe pipe, nng_pipe_ev event, void *argument)
{
    (void)event;
    aluno__connection *connection = argument;
    nng_dialer_close(nng_pipe_dialer(pipe));
    aluno__lock_acquire(connection->lock);
    aluno__dialer_pipe_removed(&connection->dialer, pipe);
    if (connection->pipe == nng_pipe_id(pipe))
        connection->pipe = 0;
    aluno__lock_broadcast(connection->lock);
    aluno__lock_release(connection->lock);
}

static void on_handshake_failure(void *argument, const aluno__tls_handshake_failure *failure)
{
    aluno__connection *connection = argument;
    aluno__lock_acquire(connection->lock);
    aluno__dialer_handshake_failed(&connection->dialer, failure);
    aluno__stats_handshake_failed(connection->stats, failure->reason);
    aluno__lock_release(connection->lock);
}

/* ---- opening and closing ---- */

/* nng's REQ resends a request by itself when a connection is lost: only the SDK decides that. */
static int open_socket(aluno__connection *connection)
{
    nng_socket *socket = &connection->dialer.socket;
    int failure = nng_req0_open(socket);
    if (failure == 0)
        failure = nng_socket_set_ms(*socket, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE);
    if (failure == 0)
        failure = nng_socket_set_size(*socket, NNG_OPT_RECVMAXSZ, ALUNO_MESSAGE_MAX + 1024);
    if (failure == 0)
        failure = nng_pipe_notify(*socket, NNG_PIPE_EV_ADD_PRE, on_pipe_adding, connection);
    if (failure == 0)
        failure = nng_pipe_notify(*socket, NNG_PIPE_EV_REM_POST, on_pipe_removed, connection);
    return failure;
}

aluno_code aluno__connection_init(aluno__connection *connection, const aluno__settings *settings,
                                  const aluno_client_options *options, aluno__lock *lock,
                                  aluno__scheduler *scheduler, aluno__stats *stats, aluno_error *error)
{
    connection->settings = settings;
    connection->lock = lock;
    connection->stats = stats;
    connection->state = ALUNO_CONNECTING;
    aluno__nng_gate_init(&connection->gate);
    aluno__dialer_init(&connection->dialer, settings, lock, scheduler);
    const aluno__tls_files files = {
        .ca = options->ca_file,
        .cert = options->cert_file,
        .key = options->key_file,
        .crl = options->crl_file,
    };
    const aluno__tls_limits limits = {.handshake_ms = 0};
    const aluno_code code = aluno__tls_open(&connection->dialer.tls, ALUNO_TLS_CLIENT, &files, &limits,
                                            on_handshake_failure, connection, error);
    if (code != ALUNO_OK)
        return code;
    const int failure = open_socket(connection);
    if (failure == 0)
        return ALUNO_OK;
    return aluno__error_set(error, aluno__nng_failure_reason(failure, ALUNO_REASON_INTERNAL_ERROR), "nng: %s",
                            nng_strerror(failure));
}

nng_socket aluno__connection_socket(const aluno__connection *connection)
{
    return connection->dialer.socket;
}

bool aluno__connection_close(aluno__connection *connection, int64_t most_ms)
{
    const nng_socket socket = connection->dialer.socket;
    if (connection->lock == NULL)
        return true;
    aluno__nng_gate_close(&connection->gate);
    return nng_socket_id(socket) <= 0 || aluno__nng_socket_close(socket, most_ms);
}

void aluno__connection_free(aluno__connection *connection)
{
    if (connection->lock == NULL)
        return;
    aluno__tls_close(connection->dialer.tls);
    aluno__nng_gate_destroy(&connection->gate);
}

/* ---- its state ---- */

static void notify(const aluno__connection *connection, aluno_connection_state state, size_t endpoint,
                   const aluno_error *failure)
{
    const aluno__settings *settings = connection->settings;
    if (settings->on_state != NULL)
        settings->on_state(settings->on_state_user, state, aluno__settings_address(settings, endpoint),
                           failure);
}

/* Notifies the observer first, before any thread can see READY. */
void aluno__connection_set_state(aluno__connection *connection, aluno_connection_state state, size_t endpoint,
                                 const aluno_error *failure)
{
    notify(connection, state, endpoint, failure);
    aluno__lock_acquire(connection->lock);
    connection->state = state;
    connection->endpoint = endpoint;
    connection->dials += state == ALUNO_READY || state == ALUNO_TRANSIENT_FAILURE;
    if (state == ALUNO_CONNECTING) {
        connection->dial_wanted = false;
    } else if (state == ALUNO_READY) {
        connection->pipe = connection->dialer.pipe;
        connection->ever_ready = true;
        connection->got_reply = false;
        connection->leave_wanted = false;
        connection->served_ms = aluno__clock_ms();
        aluno__stats_connected(connection->stats);
    } else if (state == ALUNO_TRANSIENT_FAILURE) {
        connection->failed_ms = aluno__clock_ms();
        aluno_copy(&aluno_error_type, &connection->failure, failure);
    }
    aluno__lock_broadcast(connection->lock);
    aluno__lock_release(connection->lock);
}

bool aluno__connection_is_ready(const aluno__connection *connection)
{
    return connection->state == ALUNO_READY && connection->pipe != 0;
}

void aluno__connection_note_reply(aluno__connection *connection, bool served)
{
    connection->got_reply = true;
    if (served)
        connection->served_ms = aluno__clock_ms();
}

void aluno__connection_note_unserved(aluno__connection *connection, size_t endpoint, bool refused)
{
    const int64_t now_ms = aluno__clock_ms();
    if (connection->settings->endpoint_count == 1 || endpoint != connection->endpoint ||
        now_ms - connection->leaving_ms < LEAVING_MS)
        return;
    if (!refused && now_ms - connection->served_ms < SILENT_MS)
        return;
    connection->leave_wanted = true;
    connection->leaving_ms = now_ms;
    aluno__lock_broadcast(connection->lock);
}

/* ---- waiting for it ---- */

/* A failure so young that another dial would only repeat it; memory may be there again at once. */
static bool is_fresh(const aluno__connection *connection)
{
    if (connection->failure.code == ALUNO_RESOURCE_EXHAUSTED)
        return false;
    const bool refused = connection->failure.code == ALUNO_UNAUTHENTICATED;
    return aluno__clock_ms() - connection->failed_ms < (refused ? FRESH_REFUSED_MS : FRESH_MS);
}

/* Whether a failure ends the wait, rather than being waited out. */
static bool is_final(const aluno__connection *connection)
{
    return !connection->ever_ready || connection->failure.code == ALUNO_UNAUTHENTICATED;
}

aluno__waiter aluno__waiter_init(const aluno__connection *connection)
{
    const bool failed = connection->state == ALUNO_TRANSIENT_FAILURE;
    return (aluno__waiter){.dials = connection->dials, .satisfied = failed && is_fresh(connection)};
}

aluno_connection_state aluno__connection_poll(aluno__connection *connection, const aluno__waiter *waiter)
{
    if (aluno__connection_is_ready(connection))
        return ALUNO_READY;
    if (connection->state != ALUNO_TRANSIENT_FAILURE)
        return ALUNO_CONNECTING;
    const bool dialled = waiter->satisfied || connection->dials != waiter->dials;
    if (dialled && is_final(connection))
        return ALUNO_TRANSIENT_FAILURE;
    if (!dialled && !connection->dial_wanted) {
        connection->dial_wanted = true;
        aluno__lock_broadcast(connection->lock);
    }
    return ALUNO_CONNECTING;
}

aluno_code aluno__connection_fail(const aluno__connection *connection, aluno_error *error)
{
    if (connection->lock->closing)
        return aluno__error_set(error, ALUNO_REASON_CLIENT_CLOSED, NULL);
    if (connection->state != ALUNO_TRANSIENT_FAILURE)
        return aluno__error_set(error, ALUNO_REASON_CONNECTION_TIMEOUT, "%s",
                                aluno__settings_address(connection->settings, connection->endpoint));
    if (error != NULL)
        aluno_copy(&aluno_error_type, error, &connection->failure);
    return (aluno_code)connection->failure.code;
}

aluno_code aluno__connection_wait(aluno__connection *connection, int64_t until_ms, aluno_error *error)
{
    aluno__lock *lock = connection->lock;
    aluno_code code = ALUNO_OK;
    aluno_connection_state state;
    aluno__lock_acquire(lock);
    const aluno__waiter waiter = aluno__waiter_init(connection);
    while ((state = aluno__connection_poll(connection, &waiter)) == ALUNO_CONNECTING && !lock->closing &&
           aluno__lock_wait(lock, until_ms))
        continue;
    if (state != ALUNO_READY && !aluno__connection_is_ready(connection))
        code = aluno__connection_fail(connection, error);
    aluno__lock_release(lock);
    if (code != ALUNO_OK && error != NULL)
        aluno_error_translate(error, connection->settings->language);
    return code;
}
