/* Opens and closes clients, and makes views of them. */
#include "client.h"
#include "error.h"
#include "functions.h"
#include "settings.h"
#include "table.h"
#include "trace.h"
#include "watch.h"

#include <stdio.h>

#define OBSERVER "aluno.observer" /* in the registry: a function, or nothing */

enum { SEEN = 1, ON_CALL = 2, USER_VALUES = 2 };

client *client_check(lua_State *L)
{
    client *self = luaL_checkudata(L, 1, CLIENT_METATABLE);
    luaL_argcheck(L, self->origin->own.handle != NULL, 1, "the client is closed");
    return self;
}

/* Returns nil and the error, in the client's language, from the C function; a strict client raises it. */
static int fail(lua_State *L, const client *self, aluno_error *error)
{
    const int results = error_push(L, error, self->origin->own.language);
    return self->strict ? lua_error(L) : results;
}

/* ---- connecting ---- */

static const char *setting_text(lua_State *L, setting_id id)
{
    const char *text = option_text(L, 1, settings[id].key);
    return text == NULL ? setting_environment(id) : text;
}

/* Fills in the options from the table at 1 or else from the environment; false with *error. */
static bool read_settings(lua_State *L, aluno_client_options *options, aluno_error *error)
{
    options->server = setting_text(L, SETTING_SERVER);
    options->ca_file = setting_text(L, SETTING_CA);
    options->cert_file = setting_text(L, SETTING_CERT);
    options->key_file = setting_text(L, SETTING_KEY);
    options->crl_file = setting_text(L, SETTING_CRL);
    options->tls_name = setting_text(L, SETTING_TLS_NAME);
    options->purpose = setting_text(L, SETTING_PURPOSE);
    options->user_agent = "aluno-lua/" ALUNO_VERSION;
    if (option_bool(L, 1, "trace") || setting_trace())
        trace_set(options);

    options->timeout_ms = option_milliseconds(L, 1, settings[SETTING_TIMEOUT].key);
    const char *text = setting_environment(SETTING_TIMEOUT);
    if (options->timeout_ms == 0 && text != NULL && !setting_timeout(text, &options->timeout_ms)) {
        aluno_error_set(error, ALUNO_REASON_OPTION_INVALID, settings[SETTING_TIMEOUT].environment);
        return false;
    }

    text = setting_text(L, SETTING_LANGUAGE);
    if (text != NULL && !setting_language(text, &options->language)) {
        aluno_error_set(error, ALUNO_REASON_OPTION_INVALID, "language: pt, en");
        return false;
    }
    return true;
}

static void check_settings(lua_State *L)
{
    const char *names[SETTING_COUNT + 4] = {
        [SETTING_COUNT] = "on_call", [SETTING_COUNT + 1] = "strict", [SETTING_COUNT + 2] = "trace"};
    for (int i = 0; i < SETTING_COUNT; i++)
        names[i] = settings[i].key;
    option_check_names(L, 1, names);
}

/* Pushes a client that has no connection yet. */
static client *push_client(lua_State *L)
{
    client *self = lua_newuserdatauv(L, sizeof *self, USER_VALUES);
    *self = (client){.origin = self, .own.language = ALUNO_PT};
    self->own.last_ended = &self->own.first_ended;
    luaL_setmetatable(L, CLIENT_METATABLE);
    return self;
}

/* connect([table]) -> client | nil, error */
static int connect_client(lua_State *L)
{
    lua_settop(L, 1);
    if (lua_isnil(L, 1)) {
        lua_newtable(L);
        lua_replace(L, 1);
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    check_settings(L);

    aluno_client_options options = ALUNO_CLIENT_OPTIONS_INIT;
    aluno_error error = {0};
    options.language = setting_default_language();
    client *self = push_client(L);
    option_push(L, 1, "on_call", LUA_TFUNCTION);
    lua_setiuservalue(L, -2, ON_CALL);
    self->strict = option_bool(L, 1, "strict");
    const bool read = read_settings(L, &options, &error);
    self->own.language = options.language;
    if (!read)
        return fail(L, self, &error);
    if (aluno_client_open(&self->own.handle, &options, &error) == ALUNO_OK)
        return 1;
    setting_name_flags(&error);
    return fail(L, self, &error);
}

/* ---- views ---- */

/* Pushes a view of the client that is argument 1, which it keeps alive. */
static client *push_view(lua_State *L)
{
    const client *seen = luaL_checkudata(L, 1, CLIENT_METATABLE);
    client *view = push_client(L);
    *view = (client){seen->origin, seen->strict, seen->async, seen->quiet, .own = {0}};
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, SEEN);
    lua_getiuservalue(L, 1, ON_CALL);
    lua_setiuservalue(L, -2, ON_CALL);
    return view;
}

/* client:strict() -> a view that raises expected failures */
static int make_strict(lua_State *L)
{
    push_view(L)->strict = true;
    return 1;
}

/* client:async() -> a view whose calls return futures */
static int make_async(lua_State *L)
{
    push_view(L)->async = true;
    return 1;
}

/* quiet(client) -> a view whose calls are not reported to the observer of all clients */
static int make_quiet(lua_State *L)
{
    push_view(L)->quiet = true;
    return 1;
}

/* ---- observers ---- */

/* observe(f | nil): calls f(method, request, future) for each call of any client, as on_call for one's. */
static int observe(lua_State *L)
{
    lua_settop(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, OBSERVER);
    return 0;
}

void client_push_observers(lua_State *L, const client *self)
{
    lua_getiuservalue(L, 1, ON_CALL);
    if (self->quiet)
        lua_pushnil(L);
    else
        lua_getfield(L, LUA_REGISTRYINDEX, OBSERVER);
}

/* ---- what it is ---- */

/* client:ready([seconds]) -> true | nil, error: whether the connection stands. */
static int ready(lua_State *L)
{
    const client *self = client_check(L);
    aluno_error error = {0};
    const int64_t timeout_ms = option_milliseconds_argument(L, 2);
    if (aluno_client_connect(self->origin->own.handle, timeout_ms, &error) != ALUNO_OK)
        return fail(L, self, &error);
    lua_pushboolean(L, true);
    return 1;
}

static void set_latency(lua_State *L, const char *name, int64_t us)
{
    lua_pushnumber(L, (double)us / 1000);
    lua_setfield(L, -2, name);
}

/* client:statistics() -> what it has done since it was opened; latencies in milliseconds */
static int statistics(lua_State *L)
{
    aluno_statistics now = {.size = sizeof now};
    aluno_client_statistics(client_check(L)->origin->own.handle, &now);
    lua_newtable(L);
    table_set_integer(L, "calls", (int64_t)now.calls);
    table_set_integer(L, "succeeded", (int64_t)now.succeeded);
    table_set_integer(L, "failed", (int64_t)now.failed);
    table_set_integer(L, "attempts", (int64_t)now.attempts);
    table_set_integer(L, "retries", (int64_t)now.retries);
    table_set_integer(L, "replays", (int64_t)now.replays);
    table_set_integer(L, "connections", (int64_t)now.connections);
    table_set_integer(L, "in_progress", (int64_t)now.in_progress);
    set_latency(L, "latency_p50", now.latency_p50_us);
    set_latency(L, "latency_p90", now.latency_p90_us);
    set_latency(L, "latency_p99", now.latency_p99_us);
    set_latency(L, "latency_max", now.latency_max_us);
    table_set_text(L, "last_tls_reason", now.last_tls_reason);
    return 1;
}

static int client_tostring(lua_State *L)
{
    const client *self = luaL_checkudata(L, 1, CLIENT_METATABLE);
    lua_pushfstring(L, "aluno client (%s)", self->origin->own.handle == NULL ? "closed" : "open");
    return 1;
}

/* ---- closing ---- */

static bool lost_changes;

bool client_lost_changes(void)
{
    return lost_changes;
}

/* Changes that were started are made before the client closes, unless the script ends for an error. */
static void settle(lua_State *L, connection *own)
{
    lua_getfield(L, LUA_REGISTRYINDEX, CLIENT_ABANDON);
    const bool abandons = lua_toboolean(L, -1) || !lua_isnoneornil(L, 2);
    lua_pop(L, 1);
    if (own->handle != NULL && !abandons)
        future_settle(L, own);
}

static void close_handle(lua_State *L, connection *own)
{
    aluno_client *const handle = own->handle;
    watch_close_all(own);
    own->handle = NULL;
    aluno_client_close(handle);
    future_harvest(L, own);
}

/* Pushes the sentence about changes that failed and that nobody waits for any more. */
static void push_lost(lua_State *L, const connection *own)
{
    static const char *const texts[2][2] = {
        {"%d change that nobody waited for was not made: %s (use future:wait() or aluno.all)",
         "%d changes that nobody waited for were not made; the last one: %s (use future:wait() or "
         "aluno.all)"},
        {"%d mudança que ninguém esperou não foi feita: %s (use future:wait() ou aluno.all)",
         "%d mudanças que ninguém esperou não foram feitas; a última: %s (use future:wait() ou aluno.all)"},
    };
    const char *const text = texts[own->language == ALUNO_PT][own->lost != 1];
    lua_pushfstring(L, text, own->lost, aluno_code_name(own->lost_code));
}

/* Settles and closes. Returns whether changes were lost; then their sentence is pushed. */
static bool close_own(lua_State *L, connection *own)
{
    settle(L, own);
    close_handle(L, own);
    if (own->lost == 0)
        return false;
    push_lost(L, own);
    own->lost = 0;
    return true;
}

/* client:close(); also __close. Closing twice is fine. Waits for the changes under way; other futures that
 * are still pending end. Raises when changes failed meanwhile. */
static int close_client(lua_State *L)
{
    connection *const own = &((client *)luaL_checkudata(L, 1, CLIENT_METATABLE))->origin->own;
    return close_own(L, own) ? lua_error(L) : 0;
}

/* Collecting a view leaves its origin open. */
static int collect_client(lua_State *L)
{
    client *const self = luaL_checkudata(L, 1, CLIENT_METATABLE);
    lua_settop(L, 1);
    if (self->origin == self && close_own(L, &self->own)) {
        fprintf(stderr, "aluno: %s\n", lua_tostring(L, -1));
        lost_changes = true;
    }
    return 0;
}

/* ---- for scripts ---- */

const luaL_Reg client_functions[] = {
    {"connect", connect_client}, {"observe", observe}, {"quiet", make_quiet}, {NULL, NULL}};

const luaL_Reg client_methods[] = {{"async", make_async},      {"close", close_client}, {"ready", ready},
                                   {"statistics", statistics}, {"strict", make_strict}, {NULL, NULL}};

const luaL_Reg client_metamethods[] = {
    {"__close", close_client}, {"__gc", collect_client}, {"__tostring", client_tostring}, {NULL, NULL}};
