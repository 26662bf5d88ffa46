/* One dial: name resolution, TCP, the TLS handshake and SP's greeting, in bounded time; and why it failed. */
#include "dialer.h"

#include "base/clock.h"
#include "nng/failure.h"
#include "protocol/error.h"
#include "tls/binding.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>

enum {
    DIAL_MS = 10000,      /* the bound on one dial */
    DIAL_AMONG_MS = 2000, /* when there is another endpoint to try */
    RACE_MS = 2000,       /* for a TCP connection to one of several addresses */
    SETTLE_MS = 100,      /* nng_dialer_start hangs if its dialer is closed before it has begun; and the most
                             that it takes to make a pipe */
};

/* ---- failures ---- */

/* Names who refused whom and which certificate. */
static aluno_code fail_handshake(const aluno__tls_handshake_failure *failure, const char *address,
                                 aluno_error *error)
{
    return aluno__error_set(error, failure->reason, "%s %s%s%s", failure->by_peer ? "<-" : "->", address,
                            *failure->detail ? ": " : "", failure->detail);
}

static aluno_code fail(aluno__dialer *dialer, size_t endpoint, int failure, aluno_error *error)
{
    const char *const address = aluno__settings_address(dialer->settings, endpoint);
    aluno__lock_acquire(dialer->lock);
    const bool handshake_failed = dialer->handshake_failed;
    const aluno__tls_handshake_failure handshake = dialer->handshake_failure;
    aluno__lock_release(dialer->lock);
    if (handshake_failed)
        return fail_handshake(&handshake, address, error);
    const aluno_reason reason = aluno__nng_failure_reason(failure, ALUNO_REASON_CONNECTION_LOST);
    if (reason != ALUNO_REASON_CONNECTION_LOST)
        return aluno__error_set(error, reason, "%s", address);
    return aluno__error_set(error, reason, "%s: %s", address, nng_strerror(failure));
}

/* ---- the watchdog ----
 *
 * It closes a dialer whose time is over, or whose client closes: nng_dialer_start ends by nothing else. */

static int64_t poll_watchdog(void *owner, int64_t now_ms)
{
    aluno__dialer *dialer = owner;
    const int64_t due_ms = dialer->lock->closing ? dialer->begun_ms + SETTLE_MS : dialer->until_ms;
    if (now_ms < due_ms)
        return due_ms;
    dialer->timed_out = true;
    dialer->expired = dialer->nng;
    return ALUNO_TASK_RUN;
}

static void run_watchdog(void *owner)
{
    const aluno__dialer *dialer = owner;
    for (int ms = 0; ms < SETTLE_MS && !aluno__tls_abandon(dialer->tls); ms++)
        aluno__clock_sleep(1);
    nng_dialer_close(dialer->expired);
}

void aluno__dialer_init(aluno__dialer *dialer, const aluno__settings *settings, aluno__lock *lock,
                        aluno__scheduler *scheduler)
{
    dialer->settings = settings;
    dialer->lock = lock;
    dialer->scheduler = scheduler;
    dialer->watchdog = (aluno__task){.poll = poll_watchdog, .run = run_watchdog, .owner = dialer};
}

/* ---- dialling ---- */

/* Records that the thread enters nng_dialer_start; false when the client closes. */
static bool begin_start(aluno__dialer *dialer, nng_dialer nng)
{
    const bool alone = dialer->settings->endpoint_count == 1;
    aluno__lock_acquire(dialer->lock);
    const bool go_on = !dialer->lock->closing;
    if (go_on) {
        dialer->nng = nng;
        dialer->timed_out = false;
        dialer->handshake_failed = false;
        dialer->pipe = 0;
        dialer->begun_ms = aluno__clock_ms();
        dialer->until_ms = dialer->begun_ms + (alone ? DIAL_MS : DIAL_AMONG_MS);
        aluno__scheduler_add(dialer->scheduler, &dialer->watchdog);
    }
    aluno__lock_release(dialer->lock);
    return go_on;
}

/* Records that it has left it. Returns nng's failure, or what that means here. */
static int end_start(aluno__dialer *dialer, int failure)
{
    aluno__lock_acquire(dialer->lock);
    const bool closing = dialer->lock->closing, timed_out = dialer->timed_out;
    aluno__scheduler_remove(dialer->scheduler, &dialer->watchdog);
    aluno__lock_release(dialer->lock);
    if (closing)
        return NNG_ECLOSED;
    if (timed_out)
        return NNG_ETIMEDOUT;
    return failure == NNG_ECLOSED ? NNG_ECONNRESET : failure; /* nng's error for EPIPE */
}

/* A connection may be gone again as soon as it is made. */
static bool is_connected(const aluno__dialer *dialer)
{
    aluno__lock_acquire(dialer->lock);
    const bool connected = dialer->pipe != 0;
    aluno__lock_release(dialer->lock);
    return connected;
}

static int start(aluno__dialer *dialer, nng_dialer nng)
{
    const int failure = end_start(dialer, nng_dialer_start(nng, 0));
    return failure == 0 && !is_connected(dialer) ? NNG_ECONNRESET : failure;
}

/* Dials one address. */
static int dial_url(aluno__dialer *dialer, const char *url, const char *tls_name, nng_dialer *out)
{
    int failure = nng_dialer_create(out, dialer->socket, url);
    if (failure != 0)
        return failure;
    failure = aluno__tls_bind_dialer(dialer->tls, *out, tls_name);
    if (failure == 0)
        failure = nng_dialer_set_bool(*out, NNG_OPT_TCP_KEEPALIVE, true);
    if (failure == 0 && !begin_start(dialer, *out))
        failure = NNG_ECLOSED;
    else if (failure == 0)
        failure = start(dialer, *out);
    if (failure != 0)
        nng_dialer_close(*out);
    return failure;
}

static void forget_failure(aluno__dialer *dialer)
{
    aluno__lock_acquire(dialer->lock);
    dialer->handshake_failed = false;
    aluno__lock_release(dialer->lock);
}

static bool is_closing(void *user)
{
    return aluno__lock_is_closing(user);
}

/* Chooses one of several addresses. Returns 0, or what the failure of all is to nng. */
static int choose(aluno__dialer *dialer, const aluno__addresses *addresses, size_t *index)
{
    int failure;
    const int64_t until_ms = aluno__clock_ms() + RACE_MS;
    *index = aluno__addresses_race(addresses, until_ms, is_closing, dialer->lock, &failure);
    if (*index < addresses->count)
        return 0;
    if (is_closing(dialer->lock))
        return NNG_ECLOSED;
    return failure == ECONNREFUSED ? NNG_ECONNREFUSED
           : failure == ETIMEDOUT  ? NNG_ETIMEDOUT
                                   : NNG_EUNREACHABLE;
}

/* Dials addresses of an endpoint until one accepts. When no other address accepts a connection, the failure
 * is that of the one that did. */
static int dial_addresses(aluno__dialer *dialer, size_t endpoint, aluno__addresses *addresses,
                          nng_dialer *out)
{
    const bool single = addresses->count == 1;
    char *const accepted = dialer->accepted[endpoint];
    int failure = NNG_EUNREACHABLE;
    aluno__addresses_order(addresses, accepted);
    for (bool dialled = false; addresses->count > 0; dialled = true) {
        size_t index = 0;
        const int none = single ? 0 : choose(dialer, addresses, &index);
        if (none != 0)
            return dialled && none != NNG_ECLOSED ? failure : none;
        const char *const url = addresses->items[index].url;
        failure = dial_url(dialer, url, dialer->settings->endpoints[endpoint].tls_name, out);
        if (failure == 0)
            snprintf(accepted, ALUNO_ADDRESS_URL_MAX, "%s", url);
        if (failure == 0 || failure == NNG_ECLOSED)
            return failure;
        aluno__addresses_remove(addresses, index);
    }
    return failure;
}

/* nng tries only the first of a name's addresses. */
aluno_code aluno__dialer_dial(aluno__dialer *dialer, size_t index, nng_dialer *out, aluno_error *error)
{
    const aluno__endpoint *endpoint = &dialer->settings->endpoints[index];
    aluno__addresses addresses;
    forget_failure(dialer);
    const int unknown = aluno__addresses_resolve(&addresses, endpoint->host, endpoint->port);
    if (unknown != 0)
        return aluno__error_set(error, ALUNO_REASON_ADDRESS_UNKNOWN, "%s: %s", endpoint->host,
                                gai_strerror(unknown));
    const int failure = dial_addresses(dialer, index, &addresses, out);
    return failure == 0 ? ALUNO_OK : fail(dialer, index, failure, error);
}

/* ---- what nng and the TLS engine report ---- */

/* The last dial may have succeeded after its time was over. */
void aluno__dialer_pipe_added(aluno__dialer *dialer, nng_pipe pipe)
{
    if (nng_dialer_id(nng_pipe_dialer(pipe)) == nng_dialer_id(dialer->nng))
        dialer->pipe = nng_pipe_id(pipe);
}

void aluno__dialer_pipe_removed(aluno__dialer *dialer, nng_pipe pipe)
{
    if (dialer->pipe == nng_pipe_id(pipe))
        dialer->pipe = 0;
}

void aluno__dialer_handshake_failed(aluno__dialer *dialer, const aluno__tls_handshake_failure *failure)
{
    dialer->handshake_failure = *failure;
    dialer->handshake_failed = true;
}
