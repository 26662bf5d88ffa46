/* The SDK's watch, for lua/aluno/watch.lua. Its wait polls every POLL_MS for an interrupt (Ctrl-C,
 * --max-time). */
#include "watch.h"
#include "clock.h"
#include "convert.h"
#include "error.h"
#include "functions.h"

enum { POLL_MS = 50, OWNER = 1 };

typedef struct watch {
    struct watch *next; /* in its connection's list of those that are open */
    connection *origin;
    aluno_watch *handle; /* NULL: it is closed */
} watch;

/* ---- closing ---- */

static void close_watch(watch *self)
{
    if (self->handle == NULL)
        return;
    watch **at = &self->origin->first_watch;
    while (*at != self)
        at = &(*at)->next;
    *at = self->next;
    aluno_watch_close(self->handle);
    self->handle = NULL;
}

void watch_close_all(connection *origin)
{
    while (origin->first_watch != NULL)
        close_watch(origin->first_watch);
}

/* __close, __gc. Blocks for a second at most, when a call waits at the service. */
static int close_at_end(lua_State *L)
{
    close_watch(luaL_checkudata(L, 1, WATCH_METATABLE));
    return 0;
}

/* ---- opening ---- */

int watch_push(lua_State *L, int owner, connection *origin, const aluno_watch_options *options)
{
    aluno_error error = {0};
    watch *self = lua_newuserdatauv(L, sizeof *self, OWNER);
    *self = (watch){.origin = origin};
    luaL_setmetatable(L, WATCH_METATABLE);
    lua_pushvalue(L, owner);
    lua_setiuservalue(L, -2, OWNER);
    if (aluno_watch_open(&self->handle, origin->handle, options, &error) != ALUNO_OK)
        return error_push(L, &error, origin->language);
    self->next = origin->first_watch;
    origin->first_watch = self;
    return 1;
}

/* ---- the next change ---- */

/* How long the next wait may be: until the time has passed, but for an interrupt no longer than POLL_MS.
 * most_ms < 0: no bound. */
static int64_t wait_of(int64_t most_ms, double started)
{
    const int64_t left_ms = most_ms - (int64_t)((clock_seconds() - started) * 1000);
    if (most_ms < 0 || left_ms > POLL_MS)
        return POLL_MS;
    return left_ms > 0 ? left_ms : 0;
}

/* watch:next(milliseconds | -1) -> a change | nil: none came in time | nil, error */
static int next_change(lua_State *L)
{
    const watch *self = luaL_checkudata(L, 1, WATCH_METATABLE);
    const int64_t most_ms = luaL_checkinteger(L, 2);
    luaL_argcheck(L, self->handle != NULL, 1, "the client is closed");
    const lua_Hook own = future_hook(L);
    const double started = clock_seconds();
    const aluno_student_change *change = NULL;
    aluno_error error = {0};
    int64_t wait_ms;
    do {
        wait_ms = wait_of(most_ms, started);
        if (aluno_watch_next(self->handle, wait_ms, &change, &error) != ALUNO_OK)
            return error_push(L, &error, self->origin->language);
        if (change == NULL && future_interrupted(L, own))
            future_raise_interrupt(L);
    } while (change == NULL && wait_ms > 0);
    if (change == NULL)
        return 0;
    convert_push(L, &aluno_student_change_type, change);
    return 1;
}

const luaL_Reg watch_methods[] = {{"next", next_change}, {NULL, NULL}};
const luaL_Reg watch_metamethods[] = {{"__close", close_at_end}, {"__gc", close_at_end}, {NULL, NULL}};
