/* Attempts, and waits between them, until the call has ended. Attempts are made and completed without the
 * lock; the state changes with it. */
#include "call_state.h"

#include "attempt.h"
#include "base/clock.h"
#include "protocol/error.h"
#include "retry.h"

enum {
    TRYING_MOST = 64, /* attempts of a client at once: alunod lets one certificate have 96 */
    QUEUED_MS = 1,    /* between polls of a call that is queued */
};

/* ---- state changes; the caller holds the lock ---- */

static void set_queued(aluno__call *call, bool queued)
{
    call->calls->queued += (size_t)queued - (size_t)call->queued;
    call->queued = queued;
}

/* A watch waits at the service, which does not count it as a call in progress. */
static size_t weight(const aluno__call *call)
{
    return call->method->id != ALUNO_METHOD_watch_students;
}

static bool has_room(const aluno__call *call)
{
    return call->calls->trying < TRYING_MOST || weight(call) == 0;
}

static void set_trying(aluno__call *call)
{
    aluno__calls *calls = call->calls;
    set_queued(call, false);
    calls->trying += weight(call);
    call->state = ALUNO_CALL_TRYING;
    call->replied = false;
    call->msgid = ++calls->msgid;
    call->attempt_us = aluno__clock_us();
    call->endpoint = calls->connection->endpoint;
    call->attempts++;
    ALUNO_SET(call->metadata, attempt, call->metadata.attempt + 1);
    call->exchange = aluno__exchange_pool_take(&calls->exchanges);
}

static void set_waiting(aluno__call *call, int64_t due_ms)
{
    aluno__calls *calls = call->calls;
    call->state = ALUNO_CALL_WAITING;
    call->due_ms = due_ms;
    call->waiter = aluno__waiter_init(calls->connection);
    aluno__scheduler_add(calls->scheduler, &call->task);
}

/* The call may be freed as soon as the lock is released. */
static void set_ended(aluno__call *call, aluno_code code)
{
    aluno__calls *calls = call->calls;
    set_queued(call, false);
    if (code != ALUNO_OK && call->error == NULL)
        code = ALUNO_RESOURCE_EXHAUSTED; /* get_error reports OUT_OF_MEMORY */
    call->code = code;
    call->state = ALUNO_CALL_ENDED;
    aluno__stats_call_ended(calls->stats, code, aluno__clock_us() - call->begun_us);
    if (--calls->active == 0 && calls->lock->closing)
        aluno__lock_broadcast(calls->lock);
    call->ended(call);
}

static bool must_end(const aluno__call *call)
{
    return call->cancelled || call->calls->lock->closing;
}

static void set_cancelled(aluno__call *call)
{
    const aluno_reason reason = call->cancelled ? ALUNO_REASON_CALL_CANCELLED : ALUNO_REASON_CLIENT_CLOSED;
    set_ended(call, aluno__error_set(aluno__call_error(call), reason, NULL));
}

/* ---- an attempt; without the lock ---- */

/* Reports the attempt's outcome to the connection: reply, refusal or lateness. The caller holds the lock. */
static void note_service(const aluno__call *call, aluno_code code)
{
    aluno__connection *connection = call->calls->connection;
    const bool refused = aluno__retry_is_refusal(call, code), late = code == ALUNO_DEADLINE_EXCEEDED;
    if (call->replied)
        aluno__connection_note_reply(connection, !refused && !late);
    if (refused || late)
        aluno__connection_note_unserved(connection, call->endpoint, refused);
}

/* Ends the call after an attempt, or lets it wait for the next one. */
static void end_attempt(aluno__call *call, aluno_code code)
{
    aluno__calls *calls = call->calls;
    const int64_t pause_ms = aluno__retry_pause(call, code);
    aluno__attempt_after(call, code, pause_ms);
    aluno__lock_acquire(calls->lock);
    calls->trying -= weight(call);
    call->is_exchanging = false;
    aluno__deadlines_remove(&call->deadline);
    aluno__exchange_pool_give(&calls->exchanges, call->exchange);
    call->exchange = NULL;
    note_service(call, code);
    aluno__stats_call_attempted(calls->stats, call->attempts, call->replayed);
    if (pause_ms < 0)
        set_ended(call, code);
    else if (must_end(call))
        set_cancelled(call);
    else
        set_waiting(call, aluno__clock_ms() + pause_ms);
    aluno__lock_release(calls->lock);
}

/* nng keeps a message that no connection takes until the exchange is cancelled. */
static aluno_code fail_unsent(aluno__call *call)
{
    aluno__lock_acquire(call->calls->lock);
    const aluno_code code = aluno__attempt_fail_unsent(call);
    aluno__lock_release(call->calls->lock);
    return code;
}

static void on_exchange_done(void *user, int failure, bool sent, nng_msg *reply)
{
    aluno__call *call = user;
    const bool late = failure == NNG_ECANCELED && aluno__clock_ms() >= call->until_ms;
    call->replied = reply != NULL;
    if (reply != NULL)
        end_attempt(call, aluno__attempt_read(call, reply));
    else if (late && !sent)
        end_attempt(call, fail_unsent(call));
    else
        end_attempt(call, aluno__attempt_fail(call, late ? NNG_ETIMEDOUT : failure));
}

static int prepare_exchange(aluno__call *call)
{
    aluno__connection *connection = call->calls->connection;
    int failure = 0;
    if (call->exchange == NULL)
        failure =
            aluno__exchange_open(&call->exchange, &connection->gate, aluno__connection_socket(connection));
    return failure == 0 ? aluno__exchange_prepare(call->exchange, on_exchange_done, call) : failure;
}

static aluno_code prepare_attempt(aluno__call *call, nng_msg **request)
{
    const int64_t left_ms = call->until_ms - aluno__clock_ms();
    ALUNO_SET(call->metadata, timeout_ms, left_ms > 0 ? left_ms : 1);
    aluno__attempt_before(call); /* first: `after` is called whatever comes */
    if (left_ms <= 0)
        return aluno__attempt_fail(call, NNG_ETIMEDOUT);
    const int failure = prepare_exchange(call);
    return failure == 0 ? aluno__attempt_write(call, request) : aluno__attempt_fail(call, failure);
}

/* Makes an attempt, after set_trying. */
static void make_attempt(void *owner)
{
    aluno__call *call = owner;
    aluno__lock *lock = call->calls->lock;
    nng_msg *request;
    const aluno_code code = prepare_attempt(call, &request);
    if (code != ALUNO_OK) {
        end_attempt(call, code);
        return;
    }
    /* Held: the call may end, and give its exchange back, before start returns. */
    aluno__exchange *exchange = aluno__exchange_hold(call->exchange);
    aluno__lock_acquire(lock);
    call->is_exchanging = true;
    aluno__deadlines_add(&call->calls->deadlines, &call->deadline, exchange, call->until_ms);
    const bool cancelled = call->cancelled;
    aluno__lock_release(lock);
    if (cancelled)
        aluno__exchange_cancel(exchange);
    aluno__exchange_start(exchange, request);
    aluno__exchange_release(exchange);
}

/* ---- while it waits ---- */

/* The scheduler's poll of a waiting call: ends it when it was cancelled, when its time is over or when there
 * is no connection to wait for. */
static int64_t poll_waiting(void *owner, int64_t now_ms)
{
    aluno__call *call = owner;
    if (must_end(call)) {
        set_cancelled(call);
        return ALUNO_TASK_DONE;
    }
    const aluno_connection_state state = aluno__connection_poll(call->calls->connection, &call->waiter);
    const bool is_due = now_ms >= call->due_ms;
    if (now_ms >= call->until_ms || (is_due && state == ALUNO_TRANSIENT_FAILURE)) {
        set_ended(call, aluno__attempt_fail_unsent(call));
        return ALUNO_TASK_DONE;
    }
    if (is_due && state == ALUNO_READY && has_room(call)) {
        set_trying(call);
        return ALUNO_TASK_RUN;
    }
    set_queued(call, is_due && state == ALUNO_READY);
    if (call->queued)
        return now_ms + QUEUED_MS;
    return is_due || call->until_ms < call->due_ms ? call->until_ms : call->due_ms;
}

/* ---- the program's ---- */

void aluno__call_begin(aluno__call *call)
{
    aluno__calls *calls = call->calls;
    bool trying = false;
    call->task = (aluno__task){.poll = poll_waiting, .run = make_attempt, .owner = call};
    aluno__lock_acquire(calls->lock);
    calls->active++;
    aluno__stats_call_begun(calls->stats);
    if (must_end(call)) {
        set_cancelled(call);
    } else if (call->due_ms == 0 && aluno__connection_is_ready(calls->connection) && has_room(call) &&
               calls->queued == 0) {
        set_trying(call);
        trying = true;
    } else {
        set_waiting(call, call->due_ms);
    }
    aluno__lock_release(calls->lock);
    if (trying)
        make_attempt(call);
}

void aluno_cancel(aluno_pending *call)
{
    aluno__lock *lock = call->calls->lock;
    aluno__exchange *exchange = NULL;
    if (aluno__lock_is_inherited(lock))
        return;
    aluno__lock_acquire(lock);
    call->cancelled = true;
    if (call->is_exchanging)
        exchange = aluno__exchange_hold(call->exchange);
    else
        aluno__lock_broadcast(lock);
    aluno__lock_release(lock);
    if (exchange != NULL)
        aluno__exchange_cancel(exchange);
    aluno__exchange_release(exchange);
}
