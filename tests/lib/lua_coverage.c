/* Records which lines of Lua a program runs: preloaded (LD_PRELOAD) into the client by tests/coverage.sh. It
 * stands between the program and liblua: each new state gets a line hook, and a hook of the program's own is
 * called from it. At exit the lines are written as `SOURCE:LINE` to the file LUA_COVERAGE/PID. */
#include <dlfcn.h>
#include <lauxlib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SOURCES = 256, LINES = 2048 };

static struct {
    char name[64];
    bool has_run[LINES];
} sources[SOURCES];

static lua_Hook own_hook;
static int own_mask;

static void *next(const char *symbol)
{
    return dlsym(RTLD_NEXT, symbol);
}

static void record(const char *source, int line)
{
    static size_t at; /* most lines are of the same file as the one before */
    if (source[0] != '@' || strlen(source) >= sizeof sources[at].name || line < 0 || line >= LINES)
        return;
    if (strcmp(sources[at].name, source) != 0) {
        for (at = 0; at < SOURCES - 1 && sources[at].name[0] != '\0'; at++)
            if (strcmp(sources[at].name, source) == 0)
                break;
        strcpy(sources[at].name, source);
    }
    sources[at].has_run[line] = true;
}

static void hook(lua_State *L, lua_Debug *event)
{
    if (event->event == LUA_HOOKLINE && lua_getinfo(L, "S", event))
        record(event->source, event->currentline);
    const int bit = event->event == LUA_HOOKTAILCALL ? LUA_MASKCALL : 1 << event->event;
    if (own_hook != NULL && (own_mask & bit) != 0)
        own_hook(L, event);
}

void lua_sethook(lua_State *L, lua_Hook wanted, int mask, int count)
{
    void (*const set)(lua_State *, lua_Hook, int, int) = next("lua_sethook");
    own_hook = wanted;
    own_mask = mask;
    set(L, hook, mask | LUA_MASKLINE, count);
}

lua_Hook lua_gethook(lua_State *L)
{
    (void)L;
    return own_hook;
}

lua_State *luaL_newstate(void)
{
    lua_State *(*const make)(void) = next("luaL_newstate");
    lua_State *const L = make();
    if (L != NULL)
        lua_sethook(L, NULL, 0, 0);
    return L;
}

__attribute__((destructor)) static void write_lines(void)
{
    const char *folder = getenv("LUA_COVERAGE");
    char path[4096];
    if (folder == NULL || sources[0].name[0] == '\0')
        return;
    snprintf(path, sizeof path, "%s/%ld", folder, (long)getpid());
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return;
    for (size_t at = 0; at < SOURCES; at++)
        for (int line = 0; line < LINES; line++)
            if (sources[at].has_run[line])
                fprintf(file, "%s:%d\n", sources[at].name + 1, line);
    fclose(file);
}
