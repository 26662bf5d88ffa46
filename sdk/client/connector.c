/* Dials in rounds, with a growing pause between them; watches the connection; goes on to another endpoint
 * when the service serves nobody, and returns to a preferred one once that accepts again. */
#include "connector.h"

#include "base/clock.h"
#include "base/thread.h"

enum {
    BACKOFF_FIRST_MS = 100,
    BACKOFF_MOST_MS = 10000,
    BACKOFF_REFUSED_MS = 30000, /* a refused certificate stays refused until someone replaces it */
    RETURN_FIRST_MS = 1000,     /* until a preferred endpoint is dialled again */
    RETURN_MOST_MS = 30000,
    /* A service that is stopping hangs up on those that it has greeted. sdk/nng/watch.c may take 750 ms to
     * notice it. */
    PROBATION_MS = 1000,
};

static int64_t doubled(int64_t ms, int64_t most_ms)
{
    return ms * 2 < most_ms ? ms * 2 : most_ms;
}

/* ---- a round of dialling ---- */

/* Whether a failure says more than the one before. Reports the first UNAUTHENTICATED failure if any (it is
 * permanent), else the first failure. */
static bool is_more_specific(aluno_code code, aluno_code before)
{
    return code == ALUNO_UNAUTHENTICATED && before != ALUNO_UNAUTHENTICATED;
}

/* Dials so many endpoints, in turn from `start` on, until one accepts. *endpoint is the one that accepted, or
 * that the error is about. */
static aluno_code dial_any(aluno__connection *connection, size_t start, size_t count, size_t *endpoint,
                           nng_dialer *dialer, aluno_error *error)
{
    aluno_error failure;
    aluno_code code = ALUNO_UNAVAILABLE;
    for (size_t i = 0; i < count; i++) {
        const size_t next = (start + i) % connection->settings->endpoint_count;
        const aluno_code each =
            aluno__dialer_dial(&connection->dialer, next, dialer, i == 0 ? error : &failure);
        const bool specific = is_more_specific(each, code);
        if (i > 0 && specific)
            aluno_copy(&aluno_error_type, error, &failure);
        if (i == 0 || specific || each == ALUNO_OK) {
            *endpoint = next;
            code = each;
        }
        if (each == ALUNO_OK || each == ALUNO_CANCELLED)
            return each;
    }
    return code;
}

static aluno_code connect_any(aluno__connection *connection, size_t start, nng_dialer *dialer)
{
    const aluno__settings *settings = connection->settings;
    aluno_error failure;
    size_t endpoint = 0;
    aluno__connection_set_state(connection, ALUNO_CONNECTING, start, NULL);
    const aluno_code code =
        dial_any(connection, start, settings->endpoint_count, &endpoint, dialer, &failure);
    if (code == ALUNO_OK) {
        aluno__connection_set_state(connection, ALUNO_READY, endpoint, NULL);
    } else if (code != ALUNO_CANCELLED) {
        aluno_error_translate(&failure, settings->language);
        aluno__connection_set_state(connection, ALUNO_TRANSIENT_FAILURE, endpoint, &failure);
    }
    return code;
}

/* ---- while it is connected ---- */

/* Waits until then, or until another endpoint is to be tried: *leave. False when the connection is lost, or
 * the client closes, before. */
static bool stays_connected(aluno__connection *connection, int64_t until_ms, bool *leave)
{
    aluno__lock *lock = connection->lock;
    aluno__lock_acquire(lock);
    while (!lock->closing && connection->pipe != 0 && !connection->leave_wanted &&
           aluno__lock_wait(lock, until_ms))
        continue;
    const bool connected = !lock->closing && connection->pipe != 0;
    *leave = connection->leave_wanted;
    connection->leave_wanted = false;
    aluno__lock_release(lock);
    return connected;
}

/* Whether the connection just dialled lasts, while the present one does too. */
static bool survives_probation(aluno__connection *connection)
{
    const int64_t until_ms = aluno__clock_ms() + PROBATION_MS;
    aluno__lock *lock = connection->lock;
    aluno__lock_acquire(lock);
    while (!lock->closing && connection->dialer.pipe != 0 && connection->pipe != 0 &&
           aluno__lock_wait(lock, until_ms))
        continue;
    const bool survives = connection->dialer.pipe != 0;
    aluno__lock_release(lock);
    return survives;
}

/* Calls in progress on the old connection lose it and are made again on the new one. */
static void move(aluno__connection *connection, nng_dialer *dialer, nng_dialer other, size_t endpoint)
{
    nng_dialer_close(*dialer);
    *dialer = other;
    aluno__connection_set_state(connection, ALUNO_READY, endpoint, NULL);
}

/* Moves to an endpoint before the present one, if it accepts. */
static bool return_to_preferred(aluno__connection *connection, nng_dialer *dialer)
{
    aluno_error failure;
    nng_dialer preferred;
    size_t endpoint;
    const aluno_code code = dial_any(connection, 0, connection->endpoint, &endpoint, &preferred, &failure);
    if (code != ALUNO_OK)
        return false;
    if (!survives_probation(connection)) {
        nng_dialer_close(preferred);
        return false;
    }
    move(connection, dialer, preferred, endpoint);
    return true;
}

/* Moves to the next endpoint that accepts. When none does the present one remains: it may serve again. */
static void leave_for_another(aluno__connection *connection, nng_dialer *dialer)
{
    aluno_error failure;
    nng_dialer other;
    size_t endpoint;
    const aluno_code code = dial_any(connection, connection->endpoint + 1,
                                     connection->settings->endpoint_count - 1, &endpoint, &other, &failure);
    if (code == ALUNO_OK)
        move(connection, dialer, other, endpoint);
}

/* When a preferred endpoint is dialled next: never, while connected to the most preferred one. */
static int64_t next_return(const aluno__connection *connection, int64_t pause_ms)
{
    return connection->endpoint == 0 ? INT64_MAX : aluno__clock_ms() + aluno__clock_jitter(pause_ms);
}

/* Returns when the connection is lost or the client closes. An endpoint that is left again and again is
 * returned to less and less often. */
static void monitor(aluno__connection *connection, nng_dialer *dialer)
{
    int64_t pause_ms = RETURN_FIRST_MS;
    bool leave;
    for (int64_t moved_ms = aluno__clock_ms();
         stays_connected(connection, next_return(connection, pause_ms), &leave);
         moved_ms = aluno__clock_ms()) {
        const bool lasted = aluno__clock_ms() - moved_ms >= RETURN_MOST_MS;
        if (leave)
            leave_for_another(connection, dialer);
        if (leave || !return_to_preferred(connection, dialer))
            pause_ms = lasted ? RETURN_FIRST_MS : doubled(pause_ms, RETURN_MOST_MS);
    }
}

/* Monitors the connection until its end. Returns whether it was good: it lasted, or brought a reply. */
static bool use(aluno__connection *connection, nng_dialer dialer)
{
    const int64_t probation_ms = aluno__clock_ms() + PROBATION_MS;
    monitor(connection, &dialer);
    const bool lasted = aluno__clock_ms() >= probation_ms;
    nng_dialer_close(dialer); /* it would redial by itself, in silence */
    aluno__lock_acquire(connection->lock);
    const bool got_reply = connection->got_reply;
    aluno__lock_release(connection->lock);
    return lasted || got_reply;
}

/* ---- the thread ---- */

/* Waits until the next round is due, a call wants it, or the client closes. */
static void back_off(aluno__connection *connection, int64_t pause_ms)
{
    const int64_t due_ms = aluno__clock_ms() + aluno__clock_jitter(pause_ms);
    aluno__lock *lock = connection->lock;
    aluno__lock_acquire(lock);
    while (!lock->closing && !connection->dial_wanted && aluno__lock_wait(lock, due_ms))
        continue;
    aluno__lock_release(lock);
}

/* The endpoint of the next round: the preferred one; or the one after an endpoint that hangs up on those it
 * has accepted. */
static size_t next_start(const aluno__connection *connection, aluno_code code, bool good)
{
    if (code != ALUNO_OK || good)
        return 0;
    return (connection->endpoint + 1) % connection->settings->endpoint_count;
}

static void *run(void *argument)
{
    aluno__connection *connection = argument;
    int64_t backoff_ms = BACKOFF_FIRST_MS;
    size_t start = 0;
    while (!aluno__lock_is_closing(connection->lock)) {
        nng_dialer dialer;
        const aluno_code code = connect_any(connection, start, &dialer);
        const bool good = code == ALUNO_OK && use(connection, dialer);
        start = next_start(connection, code, good);
        if (good) {
            backoff_ms = BACKOFF_FIRST_MS;
        } else if (start == 0) { /* each endpoint had its turn */
            back_off(connection, code == ALUNO_UNAUTHENTICATED ? BACKOFF_REFUSED_MS : backoff_ms);
            backoff_ms = doubled(backoff_ms, BACKOFF_MOST_MS);
        }
    }
    aluno__connection_set_state(connection, ALUNO_SHUTDOWN, connection->endpoint, NULL);
    return NULL;
}

bool aluno__connector_start(aluno__connector *connector, aluno__connection *connection)
{
    return aluno__thread_start(&connector->thread, run, connection) == 0;
}

void aluno__connector_join(aluno__connector *connector)
{
    pthread_join(connector->thread, NULL);
}
