/* Clients as scripts see them. One C function serves every method, because a method is data. */
#include "bind.h"
#include "contract.h"
#include "convert.h"
#include "csv.h"
#include "failure.h"
#include "host.h"
#include "json.h"
#include "probe.h"
#include "settings.h"
#include "values.h"

#define CLIENT_METATABLE "aluno.client"

typedef struct client {
    struct client
        *origin; /* whose connection it uses: its own, or that of the client it is a strict view of */
    aluno_client *handle; /* of an origin; NULL once it is closed */
    aluno_language language;
    bool strict; /* raises expected failures instead of returning them */
} client;

/* The origin of the client that is argument 1; raises when that is closed. */
static const client *check_client(lua_State *L)
{
    const client *self = luaL_checkudata(L, 1, CLIENT_METATABLE);
    luaL_argcheck(L, self->origin->handle != NULL, 1, "the client is closed");
    return self->origin;
}

/* nil and the error; or raises it. */
static int fail(lua_State *L, bool strict, aluno_error *error, aluno_language language)
{
    const int results = failure_push(L, error, language);
    return strict ? lua_error(L) : results;
}

static int fail_call(lua_State *L, aluno_error *error)
{
    const client *self = luaL_checkudata(L, 1, CLIENT_METATABLE);
    return fail(L, self->strict, error, self->origin->language);
}

/* ---- tables of options ---- */

/* Raises when the table at `index` has a key that is none of those NULL-terminated names. */
static void check_keys(lua_State *L, int index, const char *const *names)
{
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : luaL_typename(L, -2);
        const char *const *name = names;
        while (*name != NULL && strcmp(*name, key) != 0)
            name++;
        if (*name == NULL)
            luaL_argerror(L, index, lua_pushfstring(L, "there is no option '%s'", key));
        lua_pop(L, 1);
    }
}

/* Pushes the option of that name; true when it is set. Raises when its type is another. */
static bool push_option(lua_State *L, int index, const char *name, int type)
{
    const int found = lua_getfield(L, index, name);
    if (found != LUA_TNIL && found != type)
        luaL_argerror(L, index,
                      lua_pushfstring(L, "option '%s' must be a %s, not a %s", name, lua_typename(L, type),
                                      lua_typename(L, found)));
    return found != LUA_TNIL;
}

/* The option's text, or NULL. It lives as long as the table holds it. */
static const char *text_option(lua_State *L, int index, const char *name)
{
    const char *text = push_option(L, index, name, LUA_TSTRING) ? lua_tostring(L, -1) : NULL;
    lua_pop(L, 1);
    return text;
}

/* The option's seconds, or 0 when it is not set. */
static double seconds_option(lua_State *L, int index, const char *name)
{
    const double seconds = push_option(L, index, name, LUA_TNUMBER) ? lua_tonumber(L, -1) : 0;
    luaL_argcheck(L, lua_isnil(L, -1) || setting_seconds_valid(seconds), index,
                  "option 'timeout' must be from 0.001 to 86400 seconds");
    lua_pop(L, 1);
    return seconds;
}

static bool bool_option(lua_State *L, int index, const char *name)
{
    const bool value = push_option(L, index, name, LUA_TBOOLEAN) && lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

static int64_t milliseconds(double seconds)
{
    return (int64_t)(seconds * 1000);
}

/* ---- connecting ---- */

static const char *setting_text(lua_State *L, setting_id id)
{
    const char *text = text_option(L, 1, settings[id].key);
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

    double seconds = seconds_option(L, 1, settings[SETTING_TIMEOUT].key);
    const char *text = setting_environment(SETTING_TIMEOUT);
    if (seconds <= 0 && text != NULL && !setting_seconds(text, &seconds)) {
        failure_set(error, ALUNO_REASON_OPTION_INVALID, settings[SETTING_TIMEOUT].environment);
        return false;
    }
    options->timeout_ms = milliseconds(seconds);

    text = setting_text(L, SETTING_LANGUAGE);
    if (text != NULL && !setting_language(text, &options->language)) {
        failure_set(error, ALUNO_REASON_OPTION_INVALID, "language: pt, en");
        return false;
    }
    return true;
}

static void check_settings(lua_State *L)
{
    const char *names[SETTING_COUNT + 2] = {[SETTING_COUNT] = "strict"};
    for (int i = 0; i < SETTING_COUNT; i++)
        names[i] = settings[i].key;
    check_keys(L, 1, names);
}

/* Pushes a client, as yet without a connection. */
static client *push_client(lua_State *L, bool strict)
{
    client *self = lua_newuserdatauv(L, sizeof *self, 1);
    *self = (client){self, NULL, ALUNO_PT, strict};
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
    client *self = push_client(L, bool_option(L, 1, "strict"));
    if (!read_settings(L, &options, &error) || aluno_client_open(&self->handle, &options, &error) != ALUNO_OK)
        return fail(L, self->strict, &error, options.language);
    self->language = options.language;
    return 1;
}

/* client:strict() -> the same client, but that it raises expected failures */
static int make_strict(lua_State *L)
{
    client *self = luaL_checkudata(L, 1, CLIENT_METATABLE);
    push_client(L, true)->origin = self->origin;
    lua_pushvalue(L, 1); /* a view keeps what it looks at */
    lua_setiuservalue(L, -2, 1);
    return 1;
}

/* client:close(); also __close. Closing twice is fine. */
static int close_client(lua_State *L)
{
    client *origin = ((client *)luaL_checkudata(L, 1, CLIENT_METATABLE))->origin;
    aluno_client *handle = origin->handle;
    origin->handle = NULL;
    aluno_client_close(handle);
    return 0;
}

/* A view that nobody needs any more leaves its origin open. */
static int collect_client(lua_State *L)
{
    const client *self = luaL_checkudata(L, 1, CLIENT_METATABLE);
    return self->origin == self ? close_client(L) : 0;
}

/* client:ready([seconds]) -> true | nil, error: whether the connection stands. */
static int ready(lua_State *L)
{
    const client *self = check_client(L);
    const double seconds = luaL_optnumber(L, 2, 0);
    luaL_argcheck(L, lua_isnoneornil(L, 2) || setting_seconds_valid(seconds), 2,
                  "must be from 0.001 to 86400 seconds");
    aluno_error error = {0};
    if (aluno_client_connect(self->handle, milliseconds(seconds), &error) != ALUNO_OK)
        return fail_call(L, &error);
    lua_pushboolean(L, true);
    return 1;
}

static int client_tostring(lua_State *L)
{
    const client *self = luaL_checkudata(L, 1, CLIENT_METATABLE);
    lua_pushfstring(L, "aluno client (%s)", self->origin->handle == NULL ? "closed" : "open");
    return 1;
}

/* ---- calling ---- */

/* Makes the call whose request is the table at `index` and whose options, if any, are at index + 1.
 * Pushes the reply, nil, and what came beside it; or nil and the error. Returns how many values it pushed. */
static int call(lua_State *L, const aluno_method *method, int index)
{
    static const char *const names[] = {"timeout", "request_id", "traceparent", NULL};
    const client *self = check_client(L);
    const bool left_out = lua_isnoneornil(L, index) && !contract_needs_request(method);
    if (!left_out)
        luaL_checktype(L, index, LUA_TTABLE);
    lua_settop(L, index + 1);
    if (left_out) {
        lua_newtable(L);
        lua_replace(L, index);
    }

    aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
    if (!lua_isnil(L, index + 1)) {
        luaL_checktype(L, index + 1, LUA_TTABLE);
        check_keys(L, index + 1, names);
        options.timeout_ms = milliseconds(seconds_option(L, index + 1, "timeout"));
        options.request_id = text_option(L, index + 1, "request_id");
        options.traceparent = text_option(L, index + 1, "traceparent");
    }
    options.metadata = convert_new(L, &aluno_reply_metadata_type);
    void *request = convert_new(L, method->request), *reply = convert_new(L, method->reply);
    aluno_error error = {0};
    aluno_code code = convert_read(L, index, method->request, request, &error);
    if (code == ALUNO_OK)
        code = aluno_call(self->handle, method, request, reply, &options, &error);
    else
        aluno_validate_read(method->request, request, code, &error); /* all violations at once */
    if (code != ALUNO_OK)
        return fail_call(L, &error);
    convert_push(L, method->reply, reply);
    lua_pushnil(L);
    convert_push(L, &aluno_reply_metadata_type, options.metadata);
    return 3;
}

/* client:create{…}, client:criar{…} and every other method; the upvalue says which. */
static int call_method(lua_State *L)
{
    return call(L, lua_touserdata(L, lua_upvalueindex(1)), 2);
}

/* client:call("aluno.v1.StudentService/CreateStudent", {…}[, {timeout =, request_id =, traceparent =}]) */
static int call_named(lua_State *L)
{
    check_client(L);
    return call(L, contract_check_method(L, 2), 3);
}

/* ---- the module ---- */

static void set_methods(lua_State *L)
{
    for (int i = 0; i < ALUNO_METHOD_COUNT; i++) {
        const aluno_method *method = aluno_method_of((aluno_method_id)i);
        lua_pushlightuserdata(L, (void *)(uintptr_t)method);
        lua_pushcclosure(L, call_method, 1);
        lua_pushvalue(L, -1);
        lua_setfield(L, -3, method->verb[ALUNO_EN]);
        lua_setfield(L, -2, method->verb[ALUNO_PT]);
    }
}

/* Pushes the table of a client's methods, where scripts find them. */
static void push_client_class(lua_State *L)
{
    static const luaL_Reg metamethods[] = {
        {"__close", close_client}, {"__gc", collect_client}, {"__tostring", client_tostring}, {NULL, NULL}};
    static const luaL_Reg methods[] = {{"call", call_named},
                                       {"close", close_client},
                                       {"ready", ready},
                                       {"strict", make_strict},
                                       {NULL, NULL}};
    luaL_newmetatable(L, CLIENT_METATABLE);
    luaL_setfuncs(L, metamethods, 0);
    lua_newtable(L);
    set_methods(L);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__index");
    lua_remove(L, -2);
}

int luaopen_aluno_core(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"connect", connect_client}, {"csv_parser", csv_new_parser}, {"failure", failure_new}, {NULL, NULL}};
    luaL_newlib(L, functions);
    contract_set_functions(L);
    host_set_functions(L);
    json_set_functions(L);
    probe_set_functions(L);
    values_set_functions(L);
    push_client_class(L);
    lua_setfield(L, -2, "client");
    luaL_newmetatable(L, FAILURE_METATABLE);
    lua_setfield(L, -2, "error");
    lua_pushstring(L, setting_default_language() == ALUNO_PT ? "pt" : "en");
    lua_setfield(L, -2, "language");
    lua_pushstring(L, aluno_version());
    lua_setfield(L, -2, "version");
    return 1;
}
