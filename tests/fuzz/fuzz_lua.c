/* Fuzzes a reader of the client that is written in Lua: FUZZ_SCRIPT is a file of this folder that returns the
 * function which the bytes go to. A Lua error is a finding.
 *
 * The engine sees which C ran, not which Lua. The lines of Lua, each with the one before it, are counted in
 * the section of extra counters that libFuzzer looks at as at its own. */
#include "fuzz.h"

#include "archive.h"
#include "luaopen.h"
#include "terminal.h"
#include "workbook.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { COUNTERS = 1 << 14 };

__attribute__((section("__libfuzzer_extra_counters"), used)) static uint8_t counters[COUNTERS];

static lua_State *state;
static uintptr_t previous;

static void count_line(lua_State *L, lua_Debug *here)
{
    lua_getinfo(L, "S", here);
    const uintptr_t line = (uintptr_t)here->source * 31 + (uintptr_t)here->currentline * 0x9E3779B1U;
    uint8_t *counter = &counters[(line ^ previous) % COUNTERS];
    *counter = (uint8_t)(*counter + (*counter < UINT8_MAX));
    previous = line >> 1;
}

/* fuzz.file(bytes) -> the path of a file that has them, until the next call */
static int put_file(lua_State *L)
{
    static int file = -1;
    char path[64];
    size_t size;
    const char *bytes = luaL_checklstring(L, 1, &size);
    if (file < 0)
        file = memfd_create("input", 0);
    fuzz_check(pwrite(file, bytes, size, 0) == (ssize_t)size);
    fuzz_check(ftruncate(file, (off_t)size) == 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    lua_pushstring(L, path);
    return 1;
}

/* fuzz.unwatched(f, ...): the results of f, whose lines are not counted */
static int call_unwatched(lua_State *L)
{
    lua_sethook(L, NULL, 0, 0);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    lua_sethook(L, count_line, LUA_MASKLINE, 0);
    return lua_gettop(L);
}

/* fuzz.require(name) -> one of the client's own modules */
static int require_own(lua_State *L)
{
    luaopen_require(L, luaL_checkstring(L, 1));
    return 1;
}

static void set_module(lua_State *L, const char *name, lua_CFunction open)
{
    open(L);
    lua_setfield(L, -2, name);
}

static int open_program(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"file", put_file}, {"unwatched", call_unwatched}, {"require", require_own}, {NULL, NULL}};
    luaL_openlibs(L);
    luaopen_push_loaded(L);
    set_module(L, "program.terminal", luaopen_aluno_terminal);
    set_module(L, "program.archive", luaopen_aluno_archive);
    set_module(L, "program.workbook", luaopen_aluno_workbook);
    lua_newtable(L);
    lua_setfield(L, -2, "program");
    luaL_requiref(L, "aluno", luaopen_aluno, 1);
    luaL_newlib(L, functions);
    lua_pushliteral(L, FUZZ_FOLDER);
    lua_setfield(L, -2, "folder");
    lua_setglobal(L, "fuzz");
    if (luaL_dofile(L, FUZZ_FOLDER "/" FUZZ_SCRIPT) != LUA_OK)
        return lua_error(L);
    return 1;
}

static void check_call(int result)
{
    if (result == LUA_OK)
        return;
    fprintf(stderr, "%s\n", lua_tostring(state, -1));
    abort();
}

static int add_traceback(lua_State *L)
{
    luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
    return 1;
}

/* The stack is the traceback's function and the script's. */
static void open_state(void)
{
    state = luaL_newstate();
    lua_pushcfunction(state, add_traceback);
    lua_pushcfunction(state, open_program);
    check_call(lua_pcall(state, 0, 1, 1));
    lua_sethook(state, count_line, LUA_MASKLINE, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (state == NULL)
        open_state();
    previous = 0;
    lua_pushvalue(state, 2);
    lua_pushlstring(state, (const char *)data, size);
    check_call(lua_pcall(state, 1, 0, 1));
    lua_settop(state, 2);
    return 0;
}
