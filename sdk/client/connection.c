/* Keeps a client connected. One thread does all dialling: nng tells the exact error of a dial only to a
 * caller that waits for it, redials in silence otherwise, and must not have endpoints made and closed on
 * several threads. */
#include "client.h"

#include "protocol/fail.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/random.h>

enum {
    BACKOFF_FIRST_MS = 100,
    BACKOFF_MOST_MS = 10000,
    BACKOFF_REFUSED_MS = 30000, /* a certificate does not get better by itself */
    FRESH_MS = 50,              /* a failure younger than this answers calls without a new attempt */
    FRESH_REFUSED_MS = 1000,
};

/* ---- what nng and the TLS engine tell ---- */

void aluno_connection_made(nng_pipe pipe, nng_pipe_ev event, void *argument)
{
    (void)event;
    aluno_client *client = argument;
    pthread_mutex_lock(&client->mutex);
    client->pipe = nng_pipe_id(pipe);
    pthread_mutex_unlock(&client->mutex);
}

/* An old connection may be told gone after a new one was made: only the present one counts. */
void aluno_connection_gone(nng_pipe pipe, nng_pipe_ev event, void *argument)
{
    (void)event;
    aluno_client *client = argument;
    pthread_mutex_lock(&client->mutex);
    if (client->pipe == nng_pipe_id(pipe)) {
        client->pipe = 0;
        if (client->link == ALUNO_LINK_UP)
            client->link = ALUNO_LINK_DIALING;
        pthread_cond_broadcast(&client->changed);
    }
    pthread_mutex_unlock(&client->mutex);
}

void aluno_connection_refused(void *argument, const aluno_tls_refusal *refusal)
{
    aluno_client *client = argument;
    pthread_mutex_lock(&client->mutex);
    client->refusal = *refusal;
    client->refused = true;
    pthread_mutex_unlock(&client->mutex);
}

/* ---- one attempt ---- */

/* Who refused whom, and which certificate: what a person needs to mend it. */
static aluno_code fail_refused(aluno_client *client, aluno_error *error)
{
    pthread_mutex_lock(&client->mutex);
    const aluno_tls_refusal refusal = client->refusal;
    pthread_mutex_unlock(&client->mutex);
    return aluno_fail(error, refusal.reason, "%s %s:%s%s%s", refusal.by_peer ? "<-" : "->", client->host,
                      client->port, *refusal.detail ? ": " : "", refusal.detail);
}

static aluno_code fail_dial(aluno_client *client, int failure, aluno_error *error)
{
    pthread_mutex_lock(&client->mutex);
    const bool refused = client->refused;
    pthread_mutex_unlock(&client->mutex);
    if (refused)
        return fail_refused(client, error);
    aluno_reason reason = ALUNO_REASON_CONNECTION_LOST;
    switch (failure) {
    case NNG_ECONNREFUSED:
        reason = ALUNO_REASON_CONNECTION_REFUSED;
        break;
    case NNG_EUNREACHABLE:
        reason = ALUNO_REASON_HOST_UNREACHABLE;
        break;
    case NNG_ETIMEDOUT:
        reason = ALUNO_REASON_CONNECTION_TIMEOUT;
        break;
    case NNG_ECLOSED:
        reason = ALUNO_REASON_CLIENT_CLOSED;
        break;
    case NNG_ENOMEM:
        reason = ALUNO_REASON_OUT_OF_MEMORY;
        break;
    default:
        return aluno_fail(error, reason, "%s:%s: %s", client->host, client->port, nng_strerror(failure));
    }
    return aluno_fail(error, reason, "%s:%s", client->host, client->port);
}

/* "tls+tcp://address:port" of one resolved address. */
static bool write_url(const struct addrinfo *address, const char *port, char *url, size_t size)
{
    char text[INET6_ADDRSTRLEN];
    const bool v6 = address->ai_family == AF_INET6;
    const void *bytes =
        v6 ? (const void *)&((const struct sockaddr_in6 *)(const void *)address->ai_addr)->sin6_addr
           : (const void *)&((const struct sockaddr_in *)(const void *)address->ai_addr)->sin_addr;
    if (inet_ntop(address->ai_family, bytes, text, sizeof text) == NULL)
        return false;
    snprintf(url, size, v6 ? "tls+tcp://[%s]:%s" : "tls+tcp://%s:%s", text, port);
    return true;
}

/* Notes that the connector enters (or has left) nng_dialer_start; false when the client is closing. */
static bool note_starting(aluno_client *client, bool starting)
{
    pthread_mutex_lock(&client->mutex);
    const bool go_on = !client->closing;
    client->starting = starting && go_on;
    pthread_cond_broadcast(&client->changed);
    pthread_mutex_unlock(&client->mutex);
    return go_on;
}

/* Dials one address and waits for the outcome; on success *dialer is open. Once the client is closing, a
 * dialer that was started belongs to the socket's closing. */
static int dial(aluno_client *client, const char *url, nng_dialer *dialer)
{
    int failure = nng_dialer_create(dialer, client->socket, url);
    if (failure != 0)
        return failure;
    failure = aluno_tls_bind_dialer(client->tls, *dialer, client->tls_name);
    if (failure == 0)
        failure = nng_dialer_set_bool(*dialer, NNG_OPT_TCP_KEEPALIVE, true);
    if (failure == 0 && !note_starting(client, true))
        failure = NNG_ECLOSED;
    if (failure == 0) {
        failure = nng_dialer_start(*dialer, 0);
        if (!note_starting(client, false))
            return NNG_ECLOSED;
        if (failure == NNG_ECLOSED) /* nng's word for EPIPE */
            failure = NNG_ECONNRESET;
    }
    if (failure != 0)
        nng_dialer_close(*dialer);
    return failure;
}

/* Resolves the host and tries its addresses in turn (nng would try only the first). */
static aluno_code connect_once(aluno_client *client, nng_dialer *dialer, aluno_error *error)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *addresses = NULL;
    const int unknown = getaddrinfo(client->host, client->port, &hints, &addresses);
    if (unknown != 0)
        return aluno_fail(error, ALUNO_REASON_ADDRESS_UNKNOWN, "%s: %s", client->host, gai_strerror(unknown));
    int failure = NNG_EUNREACHABLE;
    for (const struct addrinfo *each = addresses; each != NULL && failure != 0 && failure != NNG_ECLOSED;
         each = each->ai_next) {
        char url[128];
        if (write_url(each, client->port, url, sizeof url))
            failure = dial(client, url, dialer);
    }
    freeaddrinfo(addresses);
    return failure == 0 ? ALUNO_OK : fail_dial(client, failure, error);
}

/* ---- the connector ---- */

static int64_t jitter(int64_t ms)
{
    uint32_t random = 0;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random)
        return ms;
    return ms / 2 + random % (ms / 2 + 1);
}

/* Sleeps until the next attempt is due, a call asks for one, or the client closes. Under the mutex. */
static void pause_before_retry(aluno_client *client, int64_t backoff_ms)
{
    const int64_t due_ms = aluno_steady_ms() + jitter(backoff_ms);
    while (!client->closing && !client->asked && aluno_wait_until(client, due_ms))
        ;
}

/* Notes how an attempt ended and tells those who wait. Under the mutex. */
static void settle(aluno_client *client, aluno_code code)
{
    client->attempts++;
    client->link = code == ALUNO_OK ? ALUNO_LINK_UP : ALUNO_LINK_DOWN;
    client->was_up = client->was_up || code == ALUNO_OK;
    if (code != ALUNO_OK)
        client->failed_ms = aluno_steady_ms();
    pthread_cond_broadcast(&client->changed);
}

/* Connects, outside the mutex. A connection may be gone again before anyone looks: that is a failure, too. */
static aluno_code attempt(aluno_client *client, nng_dialer *dialer)
{
    aluno_error failure;
    client->link = ALUNO_LINK_DIALING;
    client->asked = client->refused = false;
    client->pipe = 0;
    pthread_mutex_unlock(&client->mutex);
    aluno_code code = connect_once(client, dialer, &failure);
    pthread_mutex_lock(&client->mutex);
    if (code == ALUNO_OK && client->pipe == 0) {
        pthread_mutex_unlock(&client->mutex);
        nng_dialer_close(*dialer);
        code = fail_dial(client, NNG_ECONNRESET, &failure);
        pthread_mutex_lock(&client->mutex);
    }
    if (code != ALUNO_OK)
        aluno_copy(&aluno_error_type, &client->failure, &failure);
    settle(client, code);
    return code;
}

static int64_t next_backoff(int64_t backoff_ms, aluno_code code)
{
    if (code == ALUNO_UNAUTHENTICATED)
        return BACKOFF_REFUSED_MS;
    return backoff_ms * 2 < BACKOFF_MOST_MS ? backoff_ms * 2 : BACKOFF_MOST_MS;
}

void *aluno_connector(void *argument)
{
    aluno_client *client = argument;
    int64_t backoff_ms = BACKOFF_FIRST_MS;
    pthread_mutex_lock(&client->mutex);
    while (!client->closing) {
        nng_dialer dialer;
        const aluno_code code = attempt(client, &dialer);
        if (code != ALUNO_OK) {
            pause_before_retry(client, code == ALUNO_UNAUTHENTICATED ? BACKOFF_REFUSED_MS : backoff_ms);
            backoff_ms = next_backoff(backoff_ms, code);
            continue;
        }
        backoff_ms = BACKOFF_FIRST_MS;
        while (!client->closing && client->link == ALUNO_LINK_UP)
            pthread_cond_wait(&client->changed, &client->mutex);
        pthread_mutex_unlock(&client->mutex);
        nng_dialer_close(dialer); /* it would redial by itself, in silence */
        pthread_mutex_lock(&client->mutex);
    }
    client->ended = true;
    pthread_cond_broadcast(&client->changed);
    pthread_mutex_unlock(&client->mutex);
    return NULL;
}

/* ---- waiting for it ---- */

/* A failure so young that a new attempt would only repeat it. */
static bool is_fresh(const aluno_client *client, int64_t now_ms)
{
    const bool refused = client->failure.code == ALUNO_UNAUTHENTICATED;
    return now_ms - client->failed_ms < (refused ? FRESH_REFUSED_MS : FRESH_MS);
}

/* Whether a failed attempt is a caller's answer, rather than something to wait out. */
static bool is_final(const aluno_client *client)
{
    return !client->was_up || client->failure.code == ALUNO_UNAUTHENTICATED;
}

static aluno_code fail_down(const aluno_client *client, aluno_error *error)
{
    if (client->link == ALUNO_LINK_DOWN) {
        if (error != NULL)
            aluno_copy(&aluno_error_type, error, &client->failure);
        return (aluno_code)client->failure.code;
    }
    return aluno_fail(error, ALUNO_REASON_CONNECTION_TIMEOUT, "%s:%s", client->host, client->port);
}

/* Under the mutex. */
static aluno_code wait_until_up(aluno_client *client, int64_t until_ms, aluno_error *error)
{
    const uint64_t seen = client->attempts;
    const bool answered = client->link == ALUNO_LINK_DOWN && is_fresh(client, aluno_steady_ms());
    while (client->link != ALUNO_LINK_UP) {
        if (client->closing)
            return aluno_fail(error, ALUNO_REASON_CLIENT_CLOSED, NULL);
        const bool tried = answered || client->attempts != seen;
        if (client->link == ALUNO_LINK_DOWN && tried && is_final(client))
            return fail_down(client, error);
        if (client->link == ALUNO_LINK_DOWN && !tried && !client->asked) {
            client->asked = true;
            pthread_cond_broadcast(&client->changed);
        }
        if (!aluno_wait_until(client, until_ms) && client->link != ALUNO_LINK_UP)
            return fail_down(client, error);
    }
    return ALUNO_OK;
}

aluno_code aluno_connection_wait(aluno_client *client, int64_t until_ms, aluno_error *error)
{
    pthread_mutex_lock(&client->mutex);
    const aluno_code code = wait_until_up(client, until_ms, error);
    pthread_mutex_unlock(&client->mutex);
    if (code != ALUNO_OK && error != NULL)
        aluno_error_translate(error, client->language);
    return code;
}
