/* core.open_watch: reads the options of a watch of a client. */
#include "client.h"
#include "functions.h"
#include "table.h"
#include "watch.h"

enum { REQUEST = 2, PURPOSE = 3 };

static int64_t page_size_of(lua_State *L)
{
    lua_getfield(L, REQUEST, "page_size");
    const int64_t page_size = lua_tointeger(L, -1);
    lua_pop(L, 1);
    return page_size;
}

/* open_watch(client, request, purpose | nil) -> a watch | nil, error. The request is valid, and has `after`:
 * opening asks the service for nothing. */
static int open_watch(lua_State *L)
{
    const client *seen = client_check(L);
    aluno_watch_options options = ALUNO_WATCH_OPTIONS_INIT;
    luaL_checktype(L, REQUEST, LUA_TTABLE);
    options.after = option_text(L, REQUEST, "after");
    options.query = option_text(L, REQUEST, "query");
    options.show_deleted = option_bool(L, REQUEST, "show_deleted");
    options.page_size = page_size_of(L);
    options.purpose = luaL_optstring(L, PURPOSE, NULL);
    return watch_push(L, 1, &seen->origin->own, &options);
}

const luaL_Reg watch_functions[] = {{"open_watch", open_watch}, {NULL, NULL}};
