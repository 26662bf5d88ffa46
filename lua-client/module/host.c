/* core.host, operating-system services for the Lua half: the monotonic clock, sleep, the terminal on stderr,
 * file types, exclusive creation, folders. */
#include "clock.h"
#include "functions.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { COLUMNS_DEFAULT = 80, SECONDS_MOST = 86400 };

double clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* host.clock() -> seconds of the monotonic clock */
static int monotonic_clock(lua_State *L)
{
    lua_pushnumber(L, clock_seconds());
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

/* host.is_regular_file(path) -> boolean: false for a folder, device or pipe; nil when nothing is there */
static int is_regular_file(lua_State *L)
{
    struct stat facts;
    if (stat(luaL_checkstring(L, 1), &facts) != 0)
        return 0;
    lua_pushboolean(L, S_ISREG(facts.st_mode));
    return 1;
}

/* host.sleep(seconds): sleeps, for a day at most; Ctrl-C and --max-time end it. */
static int sleep_for(lua_State *L)
{
    const lua_Number seconds = luaL_checknumber(L, 1);
    luaL_argcheck(L, seconds >= 0 && seconds <= (lua_Number)SECONDS_MOST, 1,
                  "must be from 0 to 86400 seconds");
    poll(NULL, 0, (int)(seconds * 1000));
    return 0;
}

static int close_file(lua_State *L)
{
    luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);
    return luaL_fileresult(L, fclose(stream->f) == 0, NULL);
}

/* host.create(path) -> a new file, mode 0600 | nil, problem. Fails when the file exists. */
static int create_file(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    luaL_Stream *stream = lua_newuserdatauv(L, sizeof *stream, 0);
    stream->closef = NULL; /* collectable if lua_newuserdatauv or luaL_setmetatable raises: not open yet */
    luaL_setmetatable(L, LUA_FILEHANDLE);
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    stream->f = fd < 0 ? NULL : fdopen(fd, "w");
    if (stream->f == NULL)
        return luaL_fileresult(L, 0, path);
    stream->closef = close_file;
    return 1;
}

/* host.make_folder(path) -> true | nil, problem: a folder, mode 0700, which may exist */
static int make_folder(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    struct stat facts;
    const bool made =
        mkdir(path, 0700) == 0 || (errno == EEXIST && stat(path, &facts) == 0 && S_ISDIR(facts.st_mode));
    return luaL_fileresult(L, made, path);
}

const luaL_Reg host_functions[] = {{"clock", monotonic_clock},
                                   {"is_terminal", is_terminal},
                                   {"columns", columns},
                                   {"sleep", sleep_for},
                                   {"is_regular_file", is_regular_file},
                                   {"create", create_file},
                                   {"make_folder", make_folder},
                                   {NULL, NULL}};
