/* `aluno`: the Lua state in which lua/client/main.lua runs what the command line asks for. */
#include "archive.h"
#include "client.h"
#include "exit_code.h"
#include "interrupt.h"
#include "luaopen.h"
#include "terminal.h"
#include "workbook.h"

#include <aluno/client.h>

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { RUN_AGAIN = -1 };

/* In the registry: the message of the time limit, which lives as long as the state. */
#define MESSAGE "aluno.time_limit"

/* ---- the module `program` ---- */

/* setenv(name, value) */
static int set_environment(lua_State *L)
{
    if (setenv(luaL_checkstring(L, 1), luaL_checkstring(L, 2), 1) != 0)
        return luaL_error(L, "%s: %s", lua_tostring(L, 1), strerror(errno));
    return 0;
}

/* set_time_limit(seconds, message): from now on, for what runs in this state. */
static int set_time_limit(lua_State *L)
{
    lua_settop(L, 2);
    const char *const message = luaL_checkstring(L, 2);
    lua_setfield(L, LUA_REGISTRYINDEX, MESSAGE);
    deadline_set(luaL_checknumber(L, 1), message);
    return 0;
}

static void push_program(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"setenv", set_environment}, {"set_time_limit", set_time_limit}, {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_pushliteral(L, LUA_RELEASE);
    lua_setfield(L, -2, "lua_release");
}

/* ---- running ---- */

/* Calls a function of a Lua file, if that is loaded, with the value at `index`; pushes its result. False when
 * there is none. */
static bool call_loaded(lua_State *L, const char *module, const char *function, int index)
{
    luaopen_push_loaded(L);
    if (lua_getfield(L, -1, module) != LUA_TTABLE || lua_getfield(L, -1, function) != LUA_TFUNCTION)
        return false;
    lua_pushvalue(L, index);
    return lua_pcall(L, 1, 1, 0) == LUA_OK;
}

/* The handler of errors: their text with where they were raised. The exit code of a call's error, by its
 * class, goes to the upvalue. */
static int explain(lua_State *L)
{
    int *code = lua_touserdata(L, lua_upvalueindex(1));
    if (call_loaded(L, "client.errors", "exit_code", 1))
        *code = (int)lua_tointeger(L, -1);
    luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
    const int whole = lua_gettop(L);
    if (!call_loaded(L, "client.trace", "filter", whole))
        lua_settop(L, whole);
    return 1;
}

/* Calls the function below its arguments on the stack. Returns 0, or an exit code after writing the error. */
static int run(lua_State *L, int argument_count)
{
    const int handler = lua_gettop(L) - argument_count;
    int code = EXIT_FAILURE;
    lua_pushlightuserdata(L, &code);
    lua_pushcclosure(L, explain, 1);
    lua_insert(L, handler);
    if (lua_pcall(L, argument_count, LUA_MULTRET, handler) == LUA_OK) {
        lua_remove(L, handler);
        return EXIT_SUCCESS;
    }
    lua_pushboolean(L, true);
    lua_setfield(L, LUA_REGISTRYINDEX, CLIENT_ABANDON);
    if (deadline_end())
        return EXIT_UNAVAILABLE;
    if (interrupt_taken())
        return EXIT_INTERRUPTED;
    fflush(stdout);
    fprintf(stderr, "aluno: %s\n", lua_tostring(L, -1));
    return code;
}

/* Opens the standard libraries, the program's own modules and the global `aluno`; calls the
 * function of client/main.lua with the words of the command line. */
static int run_main(lua_State *L)
{
    luaL_openlibs(L);
    luaopen_push_loaded(L);
    luaopen_aluno_terminal(L);
    lua_setfield(L, -2, "program.terminal");
    luaopen_aluno_archive(L);
    lua_setfield(L, -2, "program.archive");
    luaopen_aluno_workbook(L);
    lua_setfield(L, -2, "program.workbook");
    push_program(L);
    lua_setfield(L, -2, "program");
    lua_pop(L, 1);
    luaL_requiref(L, "aluno", luaopen_aluno, 1);
    lua_pop(L, 1);
    luaopen_require(L, "client.main");
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* Runs the program, and the script that it may return -> exit code | RUN_AGAIN, in another state */
static int run_program(lua_State *L, int argc, char **argv)
{
    luaL_checkstack(L, argc + LUA_MINSTACK, "too many arguments");
    lua_pushcfunction(L, run_main);
    for (int i = 1; i < argc; i++)
        lua_pushstring(L, argv[i]);
    int code = run(L, argc - 1);
    if (code != 0)
        return code;
    if (!lua_isnil(L, 1))
        return lua_isboolean(L, 1) ? RUN_AGAIN : (int)lua_tointeger(L, 1);
    lua_remove(L, 1);
    code = run(L, lua_gettop(L) - 1);
    return code == 0 && deadline_end() ? EXIT_UNAVAILABLE : code;
}

static int run_state(int argc, char **argv)
{
    lua_State *L = luaL_newstate();
    if (L == NULL) {
        fprintf(stderr, "aluno: %s\n", strerror(ENOMEM));
        return EXIT_FAILURE;
    }
    interrupt_catch(L);
    const int code = run_program(L, argc, argv);
    lua_close(L);
    return code == 0 && client_lost_changes() ? EXIT_FAILURE : code;
}

/* A core dump would hold students' data and the key. The limit alone: `aluno testar` has a shell that opens
 * /proc/$PPID, which a process that is not dumpable refuses. */
static void prevent_core_dumps(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) != 0)
        return;
    limit.rlim_cur = 0;
    (void)setrlimit(RLIMIT_CORE, &limit);
}

/* Writes what is left. False if any write failed: after an earlier one, which left a gap, the last flush may
 * succeed all the same. A write to a terminal fails when Ctrl-C ends it, which is no failure. */
static bool flush_stdout(void)
{
    const bool is_terminal = isatty(STDOUT_FILENO) == 1;
    errno = 0;
    return (fflush(stdout) == 0 && !ferror(stdout)) || is_terminal;
}

static bool is_reader_gone(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO};
    return poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

int main(int argc, char **argv)
{
    int code;
    prevent_core_dumps();
    /* Only characters' encoding: numbers keep their point in Lua and JSON whatever the country. */
    if (setlocale(LC_CTYPE, "") == NULL || MB_CUR_MAX == 1)
        setlocale(LC_CTYPE, "C.UTF-8");
    aluno_use_one_thread(); /* nng is the library's alone here */
    do
        code = run_state(argc, argv);
    while (code == RUN_AGAIN);
    if (!flush_stdout() && !is_reader_gone() && code == 0) {
        fprintf(stderr, "aluno: stdout: %s\n", errno != 0 ? strerror(errno) : "a write failed");
        code = EXIT_FAILURE;
    }
    return code;
}
