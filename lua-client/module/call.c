/* Makes calls: reads the request and the options, starts a future, waits for it. */
#include "client.h"
#include "convert.h"
#include "functions.h"
#include "schema.h"
#include "table.h"

static aluno_call_options read_options(lua_State *L, int index)
{
    static const char *const names[] = {"timeout", "request_id", "traceparent", "purpose", NULL};
    aluno_call_options options = ALUNO_CALL_OPTIONS_INIT;
    if (lua_isnil(L, index))
        return options;
    luaL_checktype(L, index, LUA_TTABLE);
    option_check_names(L, index, names);
    options.timeout_ms = option_milliseconds(L, index, "timeout");
    options.request_id = option_text(L, index, "request_id");
    options.traceparent = option_text(L, index, "traceparent");
    options.purpose = option_text(L, index, "purpose");
    return options;
}

/* Makes the stack end with the request at `index` and its options, or nil, above it. */
static void arrange_arguments(lua_State *L, const aluno_method_desc *method, int index)
{
    const bool left_out = lua_isnoneornil(L, index) && !schema_needs_request(method);
    if (!left_out)
        luaL_checktype(L, index, LUA_TTABLE);
    lua_settop(L, index + 1);
    if (left_out) {
        lua_newtable(L);
        lua_replace(L, index);
    }
}

/* Reports the call, whose future is on top of the stack, to the observers of the client's calls. */
static void report(lua_State *L, const client *self, const aluno_method_desc *method, void *request)
{
    const int future_index = lua_gettop(L);
    for (client_push_observers(L, self); lua_gettop(L) > future_index;) {
        if (!lua_isfunction(L, -1)) {
            lua_pop(L, 1);
            continue;
        }
        aluno_validate_read(method->request, request, ALUNO_OK, NULL); /* normalises it, as the SDK did */
        lua_pushstring(L, method->name);
        convert_push(L, method->request, request);
        lua_pushvalue(L, future_index);
        lua_call(L, 3, 0);
    }
}

/* Makes the call whose request is the table at `index`, its options above it; returns its results or a
 * future. */
static int call(lua_State *L, const aluno_method_desc *method, int index)
{
    client *self = client_check(L);
    arrange_arguments(L, method, index);
    const aluno_call_options options = read_options(L, index + 1);
    aluno_error error = {0};
    void *request = convert_read(L, index, method->request, &error);
    struct future *made = future_push(L, 1, index, &self->origin->own, method);
    if (error.code == ALUNO_OK)
        future_start(L, made, request, &options);
    else /* all violations at once */
        future_fail(made, aluno_validate_read(method->request, request, (aluno_code)error.code, &error),
                    &error);
    const bool interrupted = !self->async && future_wait(L, made, 0) == WAIT_INTERRUPTED;
    report(L, self, method, request);
    if (self->async)
        return 1;
    return future_return(L, lua_gettop(L), interrupted || self->strict);
}

int call_method(lua_State *L)
{
    return call(L, lua_touserdata(L, lua_upvalueindex(1)), 2);
}

/* client:call("aluno.v1.StudentService/CreateStudent", {…}[, {timeout =, request_id =, traceparent =, purpose
 * =}]) */
static int call_named(lua_State *L)
{
    client_check(L);
    return call(L, schema_check_method(L, 2), 3);
}

const luaL_Reg call_methods[] = {{"call", call_named}, {NULL, NULL}};
