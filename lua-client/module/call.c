/* Starts calls and waits for them. A wait looks about for Ctrl-C and the script's time limit: it then cancels
 * the call, and its error, which has the request id, is raised. */
#include "call.h"
#include "contract.h"
#include "convert.h"
#include "failure.h"
#include "option_table.h"

#include <stdlib.h>
#include <time.h>

#define FUTURE_METATABLE "aluno.future"

enum { LOOK_MS = 50 }; /* the longest wait between two looks */

/* A call, from its start until its results are taken. */
typedef struct future {
    struct future *next; /* in its client's list of those that have ended */
    client *origin;
    const aluno_method_desc *method;
    aluno_pending *pending; /* NULL once it has ended */
    bool collected;         /* the state is closing: nobody will ask for results */
    aluno_code code;

    /* Its results, from malloc; NULL where they do not exist. */
    void *reply;
    aluno_reply_metadata *metadata;
    aluno_error *error;
} future;

/* ---- results ---- */

static void *keep(const aluno_message_desc *type, const void *message)
{
    void *copy = message == NULL ? NULL : malloc(type->size);
    if (copy != NULL)
        aluno_copy(type, copy, message);
    return copy;
}

/* The SDK's, while it dispatches: no Lua here, for an error would jump over the SDK. */
static void complete(void *user, const aluno_result *result)
{
    future *self = user;
    self->pending = NULL;
    self->code = result->code;
    self->next = self->origin->ended;
    self->origin->ended = self;
    if (self->collected)
        return;
    self->reply = keep(self->method->reply, result->reply);
    self->metadata = keep(&aluno_reply_metadata_type, result->metadata);
    self->error = keep(&aluno_error_type, result->error);
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

/* Pushes what the call came to: the reply, nil, and what came beside it; or nil and the error. */
static int push_results(lua_State *L, const future *self)
{
    if (self->code != ALUNO_OK && self->error != NULL)
        return failure_push(L, self->error, self->origin->language);
    if (self->code != ALUNO_OK) {
        aluno_error error;
        failure_set(&error, ALUNO_REASON_OUT_OF_MEMORY, NULL);
        return failure_push(L, &error, self->origin->language);
    }
    convert_push(L, self->method->reply, self->reply);
    lua_pushnil(L);
    convert_push(L, &aluno_reply_metadata_type, self->metadata);
    return 3;
}

/* Keeps the future on top of the stack from being collected. */
static void hold(lua_State *L, const future *self)
{
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, self);
}

static void let_go(lua_State *L, const future *self)
{
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, self);
}

void call_harvest(lua_State *L, client *origin)
{
    while (origin->ended != NULL) {
        const future *self = origin->ended;
        origin->ended = self->next;
        let_go(L, self);
    }
}

/* ---- waiting ---- */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Where Ctrl-C and time limits set the hook that ends a script, whatever coroutine is running. */
static lua_State *main_thread(lua_State *L)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    lua_State *state = lua_tothread(L, -1);
    lua_pop(L, 1);
    return state;
}

/* Waits for whatever ends next, but not for long; true when somebody wants the script to end, whose hook took
 * the place of the one that was there before. */
static bool look(lua_State *L, client *origin, lua_Hook before, int64_t most_ms)
{
    aluno_client_wait(origin->handle, most_ms < LOOK_MS ? most_ms : LOOK_MS);
    call_harvest(L, origin);
    const lua_Hook hook = lua_gethook(main_thread(L));
    return hook != NULL && hook != before;
}

/* Cancels the call because the script is to end. If it was in time, its error takes the place of the hook's.
 */
static void give_up(lua_State *L, future *self)
{
    if (self->pending != NULL)
        aluno_cancel(self->pending);
    while (self->pending != NULL)
        look(L, self->origin, NULL, LOOK_MS);
    if (self->code == ALUNO_OK)
        return;
    lua_sethook(main_thread(L), NULL, 0, 0);
    push_results(L, self);
    lua_error(L);
}

/* Ends a future that the SDK has not, or no more. */
static void fail_at_once(future *self, aluno_code code, const aluno_error *error)
{
    self->code = code;
    self->error = keep(&aluno_error_type, error);
}

/* A client whose closing took too long (its resolver hangs) will never tell what became of its calls. */
static void end_with_client(future *self)
{
    if (self->pending == NULL || self->origin->handle != NULL)
        return;
    aluno_error error = {0};
    failure_set(&error, ALUNO_REASON_CLIENT_CLOSED, NULL);
    self->pending = NULL;
    fail_at_once(self, ALUNO_CANCELLED, &error);
}

/* Waits until the call has ended; false when that takes longer than the time (0: any). Raises when the script
 * is to end. */
static bool wait_for(lua_State *L, future *self, int64_t timeout_ms)
{
    const int64_t until_ms = timeout_ms > 0 ? now_ms() + timeout_ms : INT64_MAX;
    const lua_Hook hook = lua_gethook(main_thread(L));
    end_with_client(self);
    while (self->pending != NULL) {
        const int64_t left_ms = until_ms - now_ms();
        if (left_ms <= 0)
            return false;
        if (look(L, self->origin, hook, left_ms))
            give_up(L, self);
    }
    return true;
}

/* ---- starting ---- */

/* Pushes a future that is kept until it has ended. */
static future *push_future(lua_State *L, client *origin, const aluno_method_desc *method)
{
    future *self = lua_newuserdatauv(L, sizeof *self, 1);
    *self = (future){.origin = origin, .method = method};
    luaL_setmetatable(L, FUTURE_METATABLE);
    lua_pushvalue(L, 1); /* the client */
    lua_setiuservalue(L, -2, 1);
    return self;
}

/* Starts the call; while the client has as many as it may, waits for some to end. The future is held first:
 * that may raise for want of memory, when nothing may be under way yet. */
static void start(lua_State *L, future *self, const void *request, const aluno_call_options *options)
{
    aluno_error error;
    aluno_code code;
    const lua_Hook hook = lua_gethook(main_thread(L));
    hold(L, self);
    while ((code = aluno_start(self->origin->handle, self->method, request, options, complete, self,
                               &self->pending, &error)) == ALUNO_RESOURCE_EXHAUSTED &&
           aluno_error_is(&error, ALUNO_REASON_CALLS_TOO_MANY)) {
        if (!look(L, self->origin, hook, LOOK_MS))
            continue;
        let_go(L, self);
        luaL_error(L, "interrupted");
    }
    if (code == ALUNO_OK)
        return;
    let_go(L, self);
    fail_at_once(self, code, &error);
}

static aluno_call_options read_options(lua_State *L, int index)
{
    static const char *const names[] = {"timeout", "request_id", "traceparent", NULL};
    aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
    if (lua_isnil(L, index))
        return options;
    luaL_checktype(L, index, LUA_TTABLE);
    option_check_names(L, index, names);
    options.timeout_ms = option_milliseconds(option_seconds(L, index, "timeout"));
    options.request_id = option_text(L, index, "request_id");
    options.traceparent = option_text(L, index, "traceparent");
    return options;
}

/* The call whose request is the table at `index` and whose options, if any, are at index + 1. Returns how
 * many values it pushed: the results, or a future. */
static int call(lua_State *L, const aluno_method_desc *method, int index)
{
    const client *self = client_check(L);
    const bool left_out = lua_isnoneornil(L, index) && !contract_needs_request(method);
    if (!left_out)
        luaL_checktype(L, index, LUA_TTABLE);
    lua_settop(L, index + 1);
    if (left_out) {
        lua_newtable(L);
        lua_replace(L, index);
    }
    const aluno_call_options options = read_options(L, index + 1);
    void *request = convert_new(L, method->request);
    future *made = push_future(L, self->origin, method);
    aluno_error error = {0};
    const aluno_code code = convert_read(L, index, method->request, request, &error);
    if (code == ALUNO_OK)
        start(L, made, request, &options);
    else /* all violations at once */
        fail_at_once(made, aluno_validate_read(method->request, request, code, &error), &error);
    if (self->async)
        return 1;
    wait_for(L, made, 0);
    const int results = push_results(L, made);
    return made->code != ALUNO_OK && self->strict ? lua_error(L) : results;
}

/* client:create{…}, client:criar{…} and every other method; the upvalue says which. */
static int call_method(lua_State *L)
{
    return call(L, lua_touserdata(L, lua_upvalueindex(1)), 2);
}

/* client:call("aluno.v1.StudentService/CreateStudent", {…}[, {timeout =, request_id =, traceparent =}]) */
static int call_named(lua_State *L)
{
    client_check(L);
    return call(L, contract_check_method(L, 2), 3);
}

/* ---- futures as scripts see them ---- */

/* future:wait([seconds]) -> reply, nil, metadata | nil, error; DEADLINE_PASSED also when only the wait was
 * too short: future:done() tells. */
static int future_wait(lua_State *L)
{
    future *self = luaL_checkudata(L, 1, FUTURE_METATABLE);
    const int64_t timeout_ms = option_milliseconds(option_seconds_argument(L, 2));
    if (wait_for(L, self, timeout_ms))
        return push_results(L, self);
    aluno_error error = {0};
    failure_set(&error, ALUNO_REASON_DEADLINE_PASSED, "wait");
    return failure_push(L, &error, self->origin->language);
}

/* future:done() -> whether the call has ended. Does not wait. */
static int future_done(lua_State *L)
{
    future *self = luaL_checkudata(L, 1, FUTURE_METATABLE);
    end_with_client(self);
    if (self->pending != NULL)
        look(L, self->origin, NULL, 0);
    lua_pushboolean(L, self->pending == NULL);
    return 1;
}

/* future:cancel(): the call ends soon, with CALL_CANCELLED unless it had ended by then. */
static int future_cancel(lua_State *L)
{
    const future *self = luaL_checkudata(L, 1, FUTURE_METATABLE);
    if (self->pending != NULL)
        aluno_cancel(self->pending);
    return 0;
}

/* future:request_id() -> by which a change can be repeated or asked for; nil for a read, and once it has
 * ended, when its results have it */
static int future_request_id(lua_State *L)
{
    const future *self = luaL_checkudata(L, 1, FUTURE_METATABLE);
    lua_pushstring(L, self->pending != NULL ? aluno_pending_request_id(self->pending) : NULL);
    return 1;
}

static int future_tostring(lua_State *L)
{
    const future *self = luaL_checkudata(L, 1, FUTURE_METATABLE);
    lua_pushfstring(L, "aluno future (%s)", self->pending != NULL ? "pending" : aluno_code_name(self->code));
    return 1;
}

static void make_future_class(lua_State *L)
{
    static const luaL_Reg metamethods[] = {{"__gc", collect}, {"__tostring", future_tostring}, {NULL, NULL}};
    static const luaL_Reg methods[] = {{"wait", future_wait},
                                       {"done", future_done},
                                       {"cancel", future_cancel},
                                       {"request_id", future_request_id},
                                       {NULL, NULL}};
    luaL_newmetatable(L, FUTURE_METATABLE);
    luaL_setfuncs(L, metamethods, 0);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

void call_set_methods(lua_State *L)
{
    make_future_class(L);
    for (int i = 0; i < ALUNO_METHOD_COUNT; i++) {
        const aluno_method_desc *method = aluno_method_of((aluno_method_id)i);
        lua_pushlightuserdata(L, (void *)(uintptr_t)method);
        lua_pushcclosure(L, call_method, 1);
        lua_pushvalue(L, -1);
        lua_setfield(L, -3, method->verb[ALUNO_EN]);
        lua_setfield(L, -2, method->verb[ALUNO_PT]);
    }
    lua_pushcfunction(L, call_named);
    lua_setfield(L, -2, "call");
}
