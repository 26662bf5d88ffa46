/* Opens and closes clients, and makes views of them. */
#include "client.h"
#include "call.h"
#include "failure.h"
#include "option_table.h"
#include "settings.h"
#include "trace.h"

client *client_check(lua_State *L)
{
    client *self = luaL_checkudata(L, 1, CLIENT_METATABLE);
    luaL_argcheck(L, self->origin->handle != NULL, 1, "the client is closed");
    return self;
}

int client_fail(lua_State *L, const client *self, aluno_error *error)
{
    const int results = failure_push(L, error, self->origin->language);
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
    options->user_agent = "aluno-lua/" ALUNO_VERSION;
    if (option_bool(L, 1, "trace") || setting_trace())
        trace_set(options);

    double seconds = option_seconds(L, 1, settings[SETTING_TIMEOUT].key);
    const char *text = setting_environment(SETTING_TIMEOUT);
    if (seconds <= 0 && text != NULL && !setting_seconds(text, &seconds)) {
        failure_set(error, ALUNO_REASON_OPTION_INVALID, settings[SETTING_TIMEOUT].environment);
        return false;
    }
    options->timeout_ms = option_milliseconds(seconds);

    text = setting_text(L, SETTING_LANGUAGE);
    if (text != NULL && !setting_language(text, &options->language)) {
        failure_set(error, ALUNO_REASON_OPTION_INVALID, "language: pt, en");
        return false;
    }
    return true;
}

static void check_settings(lua_State *L)
{
    const char *names[SETTING_COUNT + 3] = {[SETTING_COUNT] = "strict", [SETTING_COUNT + 1] = "trace"};
    for (int i = 0; i < SETTING_COUNT; i++)
        names[i] = settings[i].key;
    option_check_names(L, 1, names);
}

/* Pushes a client, as yet without a connection. */
static client *push_client(lua_State *L)
{
    client *self = lua_newuserdatauv(L, sizeof *self, 1);
    *self = (client){.origin = self, .language = ALUNO_PT};
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
    self->strict = option_bool(L, 1, "strict");
    const bool read = read_settings(L, &options, &error);
    self->language = options.language;
    if (!read)
        return client_fail(L, self, &error);
    if (aluno_client_open(&self->handle, &options, &error) == ALUNO_OK)
        return 1;
    setting_name_flags(&error);
    return client_fail(L, self, &error);
}

/* ---- views ---- */

/* Pushes a view of the client that is argument 1, which it keeps. */
static client *push_view(lua_State *L)
{
    const client *seen = luaL_checkudata(L, 1, CLIENT_METATABLE);
    client *view = push_client(L);
    view->origin = seen->origin;
    view->strict = seen->strict;
    view->async = seen->async;
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    return view;
}

/* client:strict() -> the same client, but that it raises expected failures */
static int make_strict(lua_State *L)
{
    push_view(L)->strict = true;
    return 1;
}

/* client:async() -> the same client, but that its calls return futures */
static int make_async(lua_State *L)
{
    push_view(L)->async = true;
    return 1;
}

/* ---- what it is ---- */

/* client:ready([seconds]) -> true | nil, error: whether the connection stands. */
static int ready(lua_State *L)
{
    const client *self = client_check(L);
    aluno_error error = {0};
    const int64_t timeout_ms = option_milliseconds(option_seconds_argument(L, 2));
    if (aluno_client_connect(self->origin->handle, timeout_ms, &error) != ALUNO_OK)
        return client_fail(L, self, &error);
    lua_pushboolean(L, true);
    return 1;
}

static void set_number(lua_State *L, const char *name, uint64_t value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, name);
}

/* client:statistics() -> what it has done since it was opened; latencies in milliseconds */
static int statistics(lua_State *L)
{
    aluno_statistics now = {.size = sizeof now};
    aluno_client_statistics(client_check(L)->origin->handle, &now);
    const struct {
        const char *name;
        int64_t us;
    } latencies[] = {{"latency_p50", now.latency_p50_us},
                     {"latency_p90", now.latency_p90_us},
                     {"latency_p99", now.latency_p99_us},
                     {"latency_max", now.latency_max_us}};
    lua_newtable(L);
    set_number(L, "calls", now.calls);
    set_number(L, "succeeded", now.succeeded);
    set_number(L, "failed", now.failed);
    set_number(L, "attempts", now.attempts);
    set_number(L, "retries", now.retries);
    set_number(L, "replays", now.replays);
    set_number(L, "connections", now.connections);
    set_number(L, "in_progress", now.in_progress);
    for (size_t i = 0; i < sizeof latencies / sizeof *latencies; i++) {
        lua_pushnumber(L, (lua_Number)latencies[i].us / 1000);
        lua_setfield(L, -2, latencies[i].name);
    }
    lua_pushstring(L, now.last_tls_reason);
    lua_setfield(L, -2, "last_tls_reason");
    return 1;
}

static int client_tostring(lua_State *L)
{
    const client *self = luaL_checkudata(L, 1, CLIENT_METATABLE);
    lua_pushfstring(L, "aluno client (%s)", self->origin->handle == NULL ? "closed" : "open");
    return 1;
}

/* ---- closing ---- */

/* client:close(); also __close. Closing twice is fine. Futures that are still pending end. */
static int close_client(lua_State *L)
{
    client *origin = ((client *)luaL_checkudata(L, 1, CLIENT_METATABLE))->origin;
    aluno_client *handle = origin->handle;
    origin->handle = NULL;
    aluno_client_close(handle);
    call_harvest(L, origin);
    return 0;
}

/* A view that nobody needs any more leaves its origin open. */
static int collect_client(lua_State *L)
{
    const client *self = luaL_checkudata(L, 1, CLIENT_METATABLE);
    return self->origin == self ? close_client(L) : 0;
}

/* ---- the module's part ---- */

void client_set_functions(lua_State *L)
{
    static const luaL_Reg metamethods[] = {
        {"__close", close_client}, {"__gc", collect_client}, {"__tostring", client_tostring}, {NULL, NULL}};
    static const luaL_Reg methods[] = {{"async", make_async},      {"close", close_client}, {"ready", ready},
                                       {"statistics", statistics}, {"strict", make_strict}, {NULL, NULL}};
    lua_pushcfunction(L, connect_client);
    lua_setfield(L, -2, "connect");
    luaL_newmetatable(L, CLIENT_METATABLE);
    luaL_setfuncs(L, metamethods, 0);
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    call_set_methods(L);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__index");
    lua_remove(L, -2);
    lua_setfield(L, -2, "client");
}
