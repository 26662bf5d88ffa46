/* Runs calls as futures. While it blocks, a wait polls every POLL_MS for an interrupt (Ctrl-C, --max-time);
 * then it cancels the call, whose error, CALL_CANCELLED, carries the request id. */
#include "future.h"
#include "clock.h"
#include "convert.h"
#include "error.h"
#include "functions.h"
#include "table.h"
#include "written.h"

#include <stdlib.h>

enum { POLL_MS = 50 };

typedef struct future {
    struct future *next; /* in its connection's list of those that have ended */
    connection *origin;
    const aluno_method_desc *method;
    aluno_pending *pending; /* NULL once it has ended */
    bool collected;         /* the Lua state closes: its results are not needed */
    lua_Hook hook;          /* of the script, from before the wait began: any other one is an interrupt */
    aluno_code code;

    /* Its results, from malloc; NULL where they do not exist. */
    void *reply;
    aluno_reply_metadata *metadata;
    aluno_error *error;
} future;

/* ---- results ---- */

static void *copy_message(const aluno_message_desc *type, const void *message)
{
    void *copy = message == NULL ? NULL : malloc(type->size);
    if (copy != NULL)
        aluno_copy(type, copy, message);
    return copy;
}

static void count_end(const future *self)
{
    connection *const origin = self->origin;
    if (self->method->effect != ALUNO_MUTATES)
        return;
    origin->changes--;
    if (!origin->closing || self->code == ALUNO_OK)
        return;
    origin->lost++;
    origin->lost_code = self->code;
}

/* The SDK calls it while it dispatches. It uses no Lua, whose errors would jump over the SDK's frames. */
static void complete(void *user, const aluno_result *result)
{
    future *self = user;
    self->pending = NULL;
    self->code = result->code;
    count_end(self);
    *self->origin->last_ended = self;
    self->origin->last_ended = &self->next;
    if (self->collected)
        return;
    self->reply = copy_message(self->method->reply, result->reply);
    self->metadata = copy_message(&aluno_reply_metadata_type, result->metadata);
    self->error = copy_message(&aluno_error_type, result->error);
    if (self->code == ALUNO_OK && (self->reply == NULL || self->metadata == NULL))
        self->code = ALUNO_RESOURCE_EXHAUSTED; /* its error will be OUT_OF_MEMORY */
}

static int collect(lua_State *L)
{
    future *self = luaL_checkudata(L, 1, FUTURE_METATABLE);
    self->collected = true;
    free(self->reply);
    free(self->metadata);
    free(self->error);
    self->reply = self->metadata = NULL;
    self->error = NULL;
    return 0;
}

/* The values that a future keeps alive. */
enum { OWNER = 1, REQUEST, KEPT = REQUEST };

/* Pushes nil and the error of the future at `index`. */
static int push_error(lua_State *L, int index, const future *self)
{
    aluno_error error = {0};
    lua_getiuservalue(L, index, REQUEST);
    const int request = lua_gettop(L);
    if (self->error == NULL)
        aluno_error_set(&error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
    const int results = error_push(L, self->error == NULL ? &error : self->error, self->origin->language);
    written_set(L, "violations", request, self->method->request);
    return results;
}

int future_return(lua_State *L, int index, bool raises)
{
    const future *self = lua_touserdata(L, index);
    if (self->code != ALUNO_OK) {
        const int results = push_error(L, index, self);
        return raises ? lua_error(L) : results;
    }
    lua_getiuservalue(L, index, REQUEST);
    const int request = lua_gettop(L);
    convert_push(L, self->method->reply, self->reply);
    lua_pushnil(L);
    convert_push(L, &aluno_reply_metadata_type, self->metadata);
    if (self->metadata->has.warnings) {
        error_set_messages(L, "warnings", self->metadata->warnings.items, self->metadata->warnings.count,
                           self->origin->language);
        written_set(L, "warnings", request, self->method->request);
    }
    return 3;
}

static void unpin(lua_State *L, const future *self)
{
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, self);
}

void future_harvest(lua_State *L, connection *origin)
{
    while (origin->first_ended != NULL) {
        future *const self = origin->first_ended;
        origin->first_ended = self->next;
        if (self->next == NULL)
            origin->last_ended = &origin->first_ended;
        unpin(L, self);
    }
}

/* ---- waiting ---- */

/* Where Ctrl-C and time limits set the hook that ends a script, whichever coroutine is running. */
static lua_State *main_thread(lua_State *L)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    lua_State *state = lua_tothread(L, -1);
    lua_pop(L, 1);
    return state;
}

lua_Hook future_hook(lua_State *L)
{
    return lua_gethook(main_thread(L));
}

bool future_interrupted(lua_State *L, lua_Hook own)
{
    const lua_Hook hook = future_hook(L);
    return hook != NULL && hook != own;
}

void future_raise_interrupt(lua_State *L)
{
    lua_sethook(main_thread(L), NULL, 0, 0);
    luaL_error(L, "interrupted");
}

/* Dispatches calls that have ended, after POLL_MS at most. Returns whether an interrupt is pending. */
static bool poll_once(lua_State *L, const future *self, int64_t most_ms)
{
    aluno_client_wait(self->origin->handle, most_ms < POLL_MS ? most_ms : POLL_MS);
    future_harvest(L, self->origin);
    return future_interrupted(L, self->hook);
}

void future_settle(lua_State *L, connection *origin)
{
    const lua_Hook own = future_hook(L);
    origin->closing = true;
    while (origin->changes > 0 && !future_interrupted(L, own)) {
        aluno_client_wait(origin->handle, POLL_MS);
        future_harvest(L, origin);
    }
}

/* Cancels the call because the script is to end. If it fails, its error replaces the hook's. */
static wait_result give_up(lua_State *L, future *self)
{
    if (self->pending != NULL)
        aluno_cancel(self->pending);
    while (self->pending != NULL)
        poll_once(L, self, POLL_MS);
    if (self->code == ALUNO_OK)
        return WAIT_ENDED;
    lua_sethook(main_thread(L), NULL, 0, 0);
    return WAIT_INTERRUPTED;
}

void future_fail(future *self, aluno_code code, const aluno_error *error)
{
    self->code = code;
    self->error = copy_message(&aluno_error_type, error);
}

/* Ends a call of a client whose closing took too long (its resolver hangs): the SDK reports no end. */
static void end_with_client(future *self)
{
    if (self->pending == NULL || self->origin->handle != NULL)
        return;
    aluno_error error = {0};
    self->pending = NULL;
    future_fail(self, aluno_error_set(&error, ALUNO_REASON_CLIENT_CLOSED, NULL), &error);
}

wait_result future_wait(lua_State *L, future *self, int64_t timeout_ms)
{
    const double started = clock_seconds();
    end_with_client(self);
    while (self->pending != NULL) {
        const int64_t waited_ms = (int64_t)((clock_seconds() - started) * 1000);
        const int64_t left_ms = timeout_ms > 0 ? timeout_ms - waited_ms : POLL_MS;
        if (left_ms <= 0)
            return WAIT_TIMED_OUT;
        if (poll_once(L, self, left_ms))
            return give_up(L, self);
    }
    return WAIT_ENDED;
}

/* ---- starting ---- */

future *future_push(lua_State *L, int owner, int request, connection *origin, const aluno_method_desc *method)
{
    future *self = lua_newuserdatauv(L, sizeof *self, KEPT);
    *self = (future){.origin = origin, .method = method, .hook = future_hook(L)};
    luaL_setmetatable(L, FUTURE_METATABLE);
    lua_pushvalue(L, owner);
    lua_setiuservalue(L, -2, OWNER);
    lua_pushvalue(L, request);
    lua_setiuservalue(L, -2, REQUEST);
    return self;
}

/* The future is pinned first: pinning may raise for want of memory, when no call may be under way yet. */
void future_start(lua_State *L, future *self, const void *request, const aluno_call_options *options)
{
    aluno_error error;
    aluno_code code;
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, self);
    while ((code = aluno_start(self->origin->handle, self->method, request, options, complete, self,
                               &self->pending, &error)) == ALUNO_RESOURCE_EXHAUSTED &&
           aluno_error_is(&error, ALUNO_REASON_CALLS_TOO_MANY)) {
        if (!poll_once(L, self, POLL_MS))
            continue;
        unpin(L, self);
        future_raise_interrupt(L);
    }
    if (code == ALUNO_OK) {
        self->origin->changes += self->method->effect == ALUNO_MUTATES;
        return;
    }
    unpin(L, self);
    future_fail(self, code, &error);
}

/* ---- for scripts ---- */

/* Argument 2, seconds, as milliseconds; 0, no bound, when it is left out. 0 seconds poll once. */
static int64_t wait_argument(lua_State *L)
{
    if (lua_type(L, 2) == LUA_TNUMBER && lua_tonumber(L, 2) == 0)
        return 1;
    return option_milliseconds_argument(L, 2);
}

/* future:wait([seconds]) -> reply, nil, metadata | nil, error. The error is DEADLINE_PASSED also when the
 * wait timed out and the call continues, which future:done() shows. */
static int wait_for(lua_State *L)
{
    future *self = luaL_checkudata(L, 1, FUTURE_METATABLE);
    const int64_t timeout_ms = wait_argument(L);
    self->hook = future_hook(L);
    const wait_result result = future_wait(L, self, timeout_ms);
    if (result != WAIT_TIMED_OUT)
        return future_return(L, 1, result == WAIT_INTERRUPTED);
    aluno_error error = {0};
    aluno_error_set(&error, ALUNO_REASON_DEADLINE_PASSED, "wait");
    return error_push(L, &error, self->origin->language);
}

/* future:done() -> whether the call has ended. Does not wait. */
static int is_done(lua_State *L)
{
    future *self = luaL_checkudata(L, 1, FUTURE_METATABLE);
    end_with_client(self);
    if (self->pending != NULL)
        poll_once(L, self, 0);
    lua_pushboolean(L, self->pending == NULL);
    return 1;
}

/* future:cancel(): the call ends soon, with CALL_CANCELLED unless it had ended by then. */
static int cancel(lua_State *L)
{
    const future *self = luaL_checkudata(L, 1, FUTURE_METATABLE);
    if (self->pending != NULL)
        aluno_cancel(self->pending);
    return 0;
}

/* future:request_id() -> the request id of a change that is under way; nil for a read, and once the call has
 * ended, when its results have it */
static int get_request_id(lua_State *L)
{
    const future *self = luaL_checkudata(L, 1, FUTURE_METATABLE);
    lua_pushstring(L, self->pending != NULL ? aluno_pending_request_id(self->pending) : NULL);
    return 1;
}

static int to_string(lua_State *L)
{
    const future *self = luaL_checkudata(L, 1, FUTURE_METATABLE);
    lua_pushfstring(L, "aluno future (%s)", self->pending != NULL ? "pending" : aluno_code_name(self->code));
    return 1;
}

const luaL_Reg future_methods[] = {
    {"wait", wait_for}, {"done", is_done}, {"cancel", cancel}, {"request_id", get_request_id}, {NULL, NULL}};

const luaL_Reg future_metamethods[] = {{"__gc", collect}, {"__tostring", to_string}, {NULL, NULL}};
