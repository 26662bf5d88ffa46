/* Keeps a client connected. One thread does all dialling: nng tells the exact error of a dial only to a
 * caller that waits for it, redials in silence otherwise, and must not have endpoints made and closed on
 * several threads. */
#include "client.h"

#include "protocol/error.h"

enum {
    BACKOFF_FIRST_MS = 100,
    BACKOFF_MOST_MS = 10000,
    BACKOFF_REFUSED_MS = 30000, /* a certificate does not get better by itself */
    FRESH_MS = 50,              /* a failure younger than this answers calls without a new attempt */
    FRESH_REFUSED_MS = 1000,
    RETURN_FIRST_MS = 1000, /* to look whether a preferred address is back */
    RETURN_MOST_MS = 30000,
    PROBATION_MS = 500, /* that the new connection must last before the old one is left */
};

/* ---- what nng and the TLS engine tell ---- */

void aluno__connection_made(nng_pipe pipe, nng_pipe_ev event, void *argument)
{
    (void)event;
    aluno_client *client = argument;
    pthread_mutex_lock(&client->mutex);
    client->connection.dialled = nng_pipe_id(pipe);
    pthread_mutex_unlock(&client->mutex);
}

/* An old connection may be told gone after a new one was made, and a new one while the old one stands: only
 * the present one counts, and the one that is being dialled. */
void aluno__connection_gone(nng_pipe pipe, nng_pipe_ev event, void *argument)
{
    (void)event;
    aluno_client *client = argument;
    aluno__connection *connection = &client->connection;
    pthread_mutex_lock(&client->mutex);
    if (connection->dialled == nng_pipe_id(pipe))
        connection->dialled = 0;
    if (connection->pipe == nng_pipe_id(pipe)) {
        connection->pipe = 0;
        if (connection->link == ALUNO_LINK_UP)
            connection->link = ALUNO_LINK_DIALING;
    }
    pthread_cond_broadcast(&client->changed);
    pthread_mutex_unlock(&client->mutex);
}

void aluno__connection_refused(void *argument, const aluno__tls_handshake_failure *refusal)
{
    aluno_client *client = argument;
    pthread_mutex_lock(&client->mutex);
    client->connection.refusal = *refusal;
    client->connection.refused = true;
    if (strncmp(aluno_reason_of(refusal->reason)->name, "TLS_", 4) == 0)
        client->figures.totals.last_tls_reason = aluno_reason_of(refusal->reason)->name;
    pthread_mutex_unlock(&client->mutex);
}

/* ---- what it tells ---- */

/* Not under the mutex. */
static void tell(const aluno_client *client, aluno_connection_state state, size_t endpoint,
                 const aluno_error *why)
{
    const aluno__settings *settings = &client->settings;
    if (settings->on_state != NULL)
        settings->on_state(settings->on_state_user, state, settings->endpoints[endpoint].address, why);
}

/* ---- dialling ---- */

/* Dials one endpoint. A connection may be gone again before anyone looks: that is a failure, too. */
static aluno_code dial(aluno_client *client, size_t endpoint, nng_dialer *dialer, aluno_error *error)
{
    const aluno_code code = aluno__endpoint_dial(client, endpoint, dialer, error);
    if (code != ALUNO_OK)
        return code;
    pthread_mutex_lock(&client->mutex);
    const bool made = client->connection.dialled != 0;
    pthread_mutex_unlock(&client->mutex);
    if (made)
        return ALUNO_OK;
    nng_dialer_close(*dialer);
    return aluno__endpoint_fail(client, endpoint, NNG_ECONNRESET, error);
}

/* Tries the endpoints before `end`, in turn from `start` on, until one answers; *found is then its number. Of
 * several failures a refused certificate tells most, for it does not pass by itself; else the first one's. */
static aluno_code dial_any(aluno_client *client, size_t start, size_t end, size_t *found, nng_dialer *dialer,
                           aluno_error *error)
{
    aluno_error failure;
    aluno_code code = ALUNO_UNAVAILABLE;
    for (size_t i = 0; i < end; i++) {
        const size_t endpoint = (start + i) % end;
        const aluno_code each = dial(client, endpoint, dialer, i == 0 ? error : &failure);
        if (each == ALUNO_OK) {
            *found = endpoint;
            return each;
        }
        const bool telling = each == ALUNO_UNAUTHENTICATED && code != ALUNO_UNAUTHENTICATED;
        if (i > 0 && telling)
            aluno_copy(&aluno_error_type, error, &failure);
        if (i == 0 || telling) {
            *found = endpoint;
            code = each;
        }
        if (each == ALUNO_CANCELLED)
            break;
    }
    return code;
}

/* Notes how an attempt ended and tells those who wait. Under the mutex. */
static void settle(aluno_client *client, aluno_code code, size_t endpoint)
{
    aluno__connection *connection = &client->connection;
    connection->attempts++;
    connection->endpoint = endpoint;
    connection->useful = false;
    if (code == ALUNO_OK) {
        connection->pipe = connection->dialled;
        connection->link = connection->pipe != 0 ? ALUNO_LINK_UP : ALUNO_LINK_DIALING; /* lost since */
        connection->was_up = true;
        client->figures.totals.connections++;
    } else {
        connection->link = ALUNO_LINK_DOWN;
        connection->failed_ms = aluno__clock_ms();
    }
    pthread_cond_broadcast(&client->changed);
}

/* Connects, trying the endpoint `start` first. Under the mutex, which it leaves and takes again. */
static aluno_code attempt(aluno_client *client, size_t start, nng_dialer *dialer)
{
    aluno_error failure;
    size_t endpoint = start;
    client->connection.link = ALUNO_LINK_DIALING;
    client->connection.asked = false;
    pthread_mutex_unlock(&client->mutex);
    tell(client, ALUNO_CONNECTING, start, NULL);
    const aluno_code code =
        dial_any(client, start, client->settings.endpoint_count, &endpoint, dialer, &failure);
    if (code != ALUNO_OK)
        aluno_error_translate(&failure, client->settings.language);
    if (code != ALUNO_CANCELLED)
        tell(client, code == ALUNO_OK ? ALUNO_READY : ALUNO_TRANSIENT_FAILURE, endpoint,
             code == ALUNO_OK ? NULL : &failure);
    pthread_mutex_lock(&client->mutex);
    if (code != ALUNO_OK)
        aluno_copy(&aluno_error_type, &client->connection.failure, &failure);
    settle(client, code, endpoint);
    return code;
}

/* ---- the connector ---- */

/* Whether the connection just dialled lasts, beside the present one: a service that is about to stop hangs up
 * on those it has greeted. Under the mutex. */
static bool lasts(aluno_client *client)
{
    const aluno__connection *connection = &client->connection;
    const int64_t until_ms = aluno__clock_ms() + PROBATION_MS;
    while (!client->closing && connection->dialled != 0 && connection->link == ALUNO_LINK_UP &&
           aluno__wait_until(client, until_ms))
        continue;
    return connection->dialled != 0;
}

/* Looks whether an endpoint before the present one is back, and moves there. Calls under way on the old
 * connection lose it and are made again on the new one. Under the mutex, which it leaves and takes again. */
static bool return_to_preferred(aluno_client *client, nng_dialer *dialer)
{
    aluno_error failure;
    nng_dialer preferred;
    size_t endpoint;
    const size_t present = client->connection.endpoint;
    pthread_mutex_unlock(&client->mutex);
    const aluno_code code = dial_any(client, 0, present, &endpoint, &preferred, &failure);
    pthread_mutex_lock(&client->mutex);
    if (code == ALUNO_CANCELLED) /* the socket closes, and its endpoints with it */
        *dialer = (nng_dialer)NNG_DIALER_INITIALIZER;
    if (code != ALUNO_OK)
        return false;
    const bool moves = lasts(client);
    pthread_mutex_unlock(&client->mutex);
    nng_dialer_close(moves ? *dialer : preferred);
    if (moves) {
        *dialer = preferred;
        tell(client, ALUNO_READY, endpoint, NULL);
    }
    pthread_mutex_lock(&client->mutex);
    if (moves)
        settle(client, code, endpoint);
    return moves;
}

/* Stays connected until the connection is lost or the client closes. Under the mutex. */
static void stay(aluno_client *client, nng_dialer *dialer)
{
    const aluno__connection *connection = &client->connection;
    int64_t pause_ms = RETURN_FIRST_MS, due_ms = aluno__clock_ms() + aluno__clock_jitter(pause_ms);
    while (!client->closing && connection->link == ALUNO_LINK_UP) {
        if (connection->endpoint == 0) {
            pthread_cond_wait(&client->changed, &client->mutex);
        } else if (!aluno__wait_until(client, due_ms) && connection->link == ALUNO_LINK_UP) {
            const bool returned = return_to_preferred(client, dialer);
            pause_ms = returned ? RETURN_FIRST_MS : pause_ms * 2;
            if (pause_ms > RETURN_MOST_MS)
                pause_ms = RETURN_MOST_MS;
            due_ms = aluno__clock_ms() + aluno__clock_jitter(pause_ms);
        }
    }
}

/* Sleeps until the next attempt is due, a call asks for one, or the client closes. Under the mutex. */
static void pause_before_retry(aluno_client *client, int64_t backoff_ms)
{
    const int64_t due_ms = aluno__clock_ms() + aluno__clock_jitter(backoff_ms);
    while (!client->closing && !client->connection.asked && aluno__wait_until(client, due_ms))
        ;
}

/* Connects and stays connected. True when that was of use: the connection lasted, or brought a reply. Under
 * the mutex, which it leaves and takes again. */
static bool connect_and_stay(aluno_client *client, size_t start, aluno_code *code)
{
    nng_dialer dialer;
    *code = attempt(client, start, &dialer);
    if (*code != ALUNO_OK)
        return false;
    const int64_t lasting_ms = aluno__clock_ms() + PROBATION_MS;
    stay(client, &dialer);
    const bool useful = client->connection.useful || aluno__clock_ms() >= lasting_ms;
    pthread_mutex_unlock(&client->mutex);
    nng_dialer_close(dialer); /* it would redial by itself, in silence */
    pthread_mutex_lock(&client->mutex);
    return useful;
}

/* Where to begin after a connection: with the preferred endpoint; or, when one accepts clients only to hang
 * up on them, with the one after it. */
static size_t next_start(const aluno_client *client, bool useful)
{
    return useful ? 0 : (client->connection.endpoint + 1) % client->settings.endpoint_count;
}

void *aluno__connector(void *argument)
{
    aluno_client *client = argument;
    int64_t backoff_ms = BACKOFF_FIRST_MS;
    size_t start = 0;
    pthread_mutex_lock(&client->mutex);
    while (!client->closing) {
        aluno_code code;
        const bool useful = connect_and_stay(client, start, &code);
        start = code == ALUNO_OK ? next_start(client, useful) : 0;
        if (useful) {
            backoff_ms = BACKOFF_FIRST_MS;
        } else if (start == 0) { /* each endpoint had its turn */
            pause_before_retry(client, code == ALUNO_UNAUTHENTICATED ? BACKOFF_REFUSED_MS : backoff_ms);
            backoff_ms = backoff_ms * 2 < BACKOFF_MOST_MS ? backoff_ms * 2 : BACKOFF_MOST_MS;
        }
    }
    pthread_mutex_unlock(&client->mutex);
    tell(client, ALUNO_SHUTDOWN, client->connection.endpoint, NULL);
    pthread_mutex_lock(&client->mutex);
    client->connection.ended = true;
    pthread_cond_broadcast(&client->changed);
    pthread_mutex_unlock(&client->mutex);
    return NULL;
}

/* ---- waiting for it ---- */

bool aluno__wait_until(aluno_client *client, int64_t until_ms)
{
    if (until_ms == INT64_MAX)
        return pthread_cond_wait(&client->changed, &client->mutex) == 0;
    const struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    return pthread_cond_timedwait(&client->changed, &client->mutex, &until) == 0;
}

/* A failure so young that a new attempt would only repeat it; want of memory may have passed already. */
static bool is_fresh(const aluno__connection *connection)
{
    if (connection->failure.code == ALUNO_RESOURCE_EXHAUSTED)
        return false;
    const bool refused = connection->failure.code == ALUNO_UNAUTHENTICATED;
    return aluno__clock_ms() - connection->failed_ms < (refused ? FRESH_REFUSED_MS : FRESH_MS);
}

/* Whether a failed attempt is a caller's answer, rather than something to wait out. */
static bool is_final(const aluno__connection *connection)
{
    return !connection->was_up || connection->failure.code == ALUNO_UNAUTHENTICATED;
}

aluno__wait aluno__connection_await(const aluno_client *client)
{
    const aluno__connection *connection = &client->connection;
    return (aluno__wait){.seen = connection->attempts,
                         .answered = connection->link == ALUNO_LINK_DOWN && is_fresh(connection)};
}

aluno__link aluno__connection_judge(aluno_client *client, const aluno__wait *wait)
{
    aluno__connection *connection = &client->connection;
    if (connection->link != ALUNO_LINK_DOWN)
        return connection->link;
    const bool tried = wait->answered || connection->attempts != wait->seen;
    if (tried && is_final(connection))
        return ALUNO_LINK_DOWN;
    if (!tried && !connection->asked) {
        connection->asked = true;
        pthread_cond_broadcast(&client->changed);
    }
    return ALUNO_LINK_DIALING;
}

aluno_code aluno__connection_fail(const aluno_client *client, aluno_error *error)
{
    const aluno__connection *connection = &client->connection;
    if (client->closing)
        return aluno__error_set(error, ALUNO_REASON_CLIENT_CLOSED, NULL);
    if (connection->link != ALUNO_LINK_DOWN)
        return aluno__error_set(error, ALUNO_REASON_CONNECTION_TIMEOUT, "%s",
                                client->settings.endpoints[connection->endpoint].address);
    if (error != NULL)
        aluno_copy(&aluno_error_type, error, &connection->failure);
    return (aluno_code)connection->failure.code;
}

aluno_code aluno__connection_wait(aluno_client *client, int64_t until_ms, aluno_error *error)
{
    aluno_code code = ALUNO_OK;
    aluno__link link;
    pthread_mutex_lock(&client->mutex);
    const aluno__wait wait = aluno__connection_await(client);
    while ((link = aluno__connection_judge(client, &wait)) == ALUNO_LINK_DIALING && !client->closing &&
           aluno__wait_until(client, until_ms))
        ;
    if (link != ALUNO_LINK_UP && client->connection.link != ALUNO_LINK_UP)
        code = aluno__connection_fail(client, error);
    pthread_mutex_unlock(&client->mutex);
    if (code != ALUNO_OK && error != NULL)
        aluno_error_translate(error, client->settings.language);
    return code;
}
