/* Attempts, and waits between them, until the call has ended. Attempts are made and completed without the
 * lock; the state changes with it. */
#include "call_state.h"

#include "attempt.h"
#include "base/clock.h"
#include "protocol/error.h"
#include "retry.h"

/* ---- state changes; the caller holds the lock ---- */

static void set_trying(aluno__call *call)
{
    aluno__calls *calls = call->calls;
    call->state = ALUNO_CALL_TRYING;
    call->replied = false;
    call->msgid = ++calls->msgid;
    call->attempt_us = aluno__clock_us();
    call->endpoint = calls->connection->endpoint;
    ALUNO_SET(call->metadata, attempt, call->metadata.attempt + 1);
    call->ctx = aluno__ctx_pool_take(&calls->ctxs);
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

/* Ends the call after an attempt, or lets it wait for the next one. */
static void end_attempt(aluno__call *call, aluno_code code)
{
    aluno__calls *calls = call->calls;
    const int64_t pause_ms = aluno__retry_pause(call, code);
    aluno__attempt_after(call, code, pause_ms);
    aluno__lock_acquire(calls->lock);
    aluno__exchange *exchange = call->exchange;
    call->exchange = NULL;
    aluno__ctx_pool_give(&calls->ctxs, call->ctx);
    call->ctx = NULL;
    if (call->replied)
        aluno__connection_note_reply(calls->connection);
    aluno__stats_call_attempted(calls->stats, call->metadata.attempt, aluno__attempt_is_replayed(call));
    if (pause_ms < 0)
        set_ended(call, code);
    else if (must_end(call))
        set_cancelled(call);
    else
        set_waiting(call, aluno__clock_ms() + pause_ms);
    aluno__lock_release(calls->lock);
    aluno__exchange_release(exchange);
}

/* nng keeps a message that no connection takes until its time is over. */
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
    call->replied = reply != NULL;
    if (reply != NULL)
        end_attempt(call, aluno__attempt_read(call, reply));
    else if (failure == NNG_ETIMEDOUT && !sent)
        end_attempt(call, fail_unsent(call));
    else
        end_attempt(call, aluno__attempt_fail(call, failure));
}

static aluno_code prepare_exchange(aluno__call *call, aluno__exchange **out)
{
    aluno__connection *connection = call->calls->connection;
    const int64_t left_ms = call->until_ms - aluno__clock_ms();
    nng_msg *request;
    int failure = 0;
    ALUNO_SET(call->metadata, timeout_ms, left_ms > 0 ? left_ms : 1);
    aluno__attempt_before(call); /* first: `after` is called whatever comes */
    if (left_ms <= 0)
        return aluno__attempt_fail(call, NNG_ETIMEDOUT);
    if (call->ctx == NULL)
        failure = aluno__ctx_open(&call->ctx, &connection->gate, aluno__connection_socket(connection));
    if (failure != 0)
        return aluno__attempt_fail(call, failure);
    const aluno_code code = aluno__attempt_write(call, &request);
    if (code != ALUNO_OK)
        return code;
    *out = aluno__exchange_new(&connection->gate, call->ctx->nng, request, call->until_ms, on_exchange_done,
                               call);
    if (*out != NULL)
        return ALUNO_OK;
    nng_msg_free(request);
    return aluno__attempt_fail(call, NNG_ENOMEM);
}

/* Makes an attempt, after set_trying. */
static void make_attempt(void *owner)
{
    aluno__call *call = owner;
    aluno__lock *lock = call->calls->lock;
    aluno__exchange *exchange;
    const aluno_code code = prepare_exchange(call, &exchange);
    if (code != ALUNO_OK) {
        end_attempt(call, code);
        return;
    }
    aluno__exchange_hold(exchange); /* the call may end, and release its reference, before start returns */
    aluno__lock_acquire(lock);
    call->exchange = exchange;
    const bool cancelled = call->cancelled;
    aluno__lock_release(lock);
    if (cancelled)
        aluno__exchange_cancel(exchange);
    aluno__exchange_start(exchange);
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
    if (is_due && state == ALUNO_READY) {
        set_trying(call);
        return ALUNO_TASK_RUN;
    }
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
    } else if (aluno__connection_is_ready(calls->connection)) {
        set_trying(call);
        trying = true;
    } else {
        set_waiting(call, 0);
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
    if (call->exchange != NULL)
        exchange = aluno__exchange_hold(call->exchange);
    else
        aluno__lock_broadcast(lock);
    aluno__lock_release(lock);
    if (exchange != NULL)
        aluno__exchange_cancel(exchange);
    aluno__exchange_release(exchange);
}
