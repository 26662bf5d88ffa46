/* A steady clock, what stderr is, a pause, what a file is, and files for one's own eyes. */
#include "host.h"

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { COLUMNS_DEFAULT = 80, SECONDS_MOST = 86400 };

/* host.clock() -> seconds that pass evenly, whatever is done to the clock on the wall */
static int steady_clock(lua_State *L)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    lua_pushnumber(L, (lua_Number)now.tv_sec + (lua_Number)now.tv_nsec / 1e9);
    return 1;
}

/* host.is_terminal() -> whether stderr is one */
static int is_terminal(lua_State *L)
{
    lua_pushboolean(L, isatty(STDERR_FILENO));
    return 1;
}

/* host.columns() -> the width of the terminal on stderr */
static int columns(lua_State *L)
{
    struct winsize size;
    const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    lua_pushinteger(L, known ? size.ws_col : COLUMNS_DEFAULT);
    return 1;
}

/* host.is_ordinary(path) -> whether it is a file, and no folder, device or pipe; nil when there is nothing */
static int is_ordinary(lua_State *L)
{
    struct stat facts;
    if (stat(luaL_checkstring(L, 1), &facts) != 0)
        return 0;
    lua_pushboolean(L, S_ISREG(facts.st_mode));
    return 1;
}

/* host.sleep(seconds): waits, for a day at most; Ctrl-C and --max-time end it. */
static int sleep_for(lua_State *L)
{
    const lua_Number seconds = luaL_checknumber(L, 1);
    luaL_argcheck(L, seconds >= 0 && seconds <= SECONDS_MOST, 1, "must be from 0 to 86400 seconds");
    poll(NULL, 0, (int)(seconds * 1000));
    return 0;
}

static int close_file(lua_State *L)
{
    luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);
    return luaL_fileresult(L, fclose(stream->f) == 0, NULL);
}

/* host.create(path) -> a new file, for its owner alone | nil, problem. One that is there is left as it is. */
static int create_file(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    luaL_Stream *stream = lua_newuserdatauv(L, sizeof *stream, 0);
    stream->closef = NULL; /* not open yet */
    luaL_setmetatable(L, LUA_FILEHANDLE);
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    stream->f = fd < 0 ? NULL : fdopen(fd, "w");
    if (stream->f == NULL)
        return luaL_fileresult(L, 0, path);
    stream->closef = close_file;
    return 1;
}

void host_set_functions(lua_State *L)
{
    static const luaL_Reg functions[] = {{"clock", steady_clock},
                                         {"is_terminal", is_terminal},
                                         {"columns", columns},
                                         {"sleep", sleep_for},
                                         {"is_ordinary", is_ordinary},
                                         {"create", create_file},
                                         {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_setfield(L, -2, "host");
}
