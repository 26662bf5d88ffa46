/* Ctrl-C, the way lua.c does it: the handler only sets a hook, and the hook raises the error. */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

static lua_State *state;
static volatile sig_atomic_t interrupted;

static void stop(lua_State *L, lua_Debug *activation)
{
    (void)activation;
    lua_sethook(L, NULL, 0, 0);
    luaL_error(L, "interrupted");
}

void interrupt_raise(void)
{
    lua_sethook(state, stop, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

static void handle(int signal_number)
{
    signal(signal_number, SIG_DFL);
    interrupted = 1;
    interrupt_raise();
}

/* Without SA_RESTART: reading a line must end. */
static void arm(void)
{
    struct sigaction action = {.sa_handler = handle};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
}

void interrupt_catch(lua_State *L)
{
    state = L;
    arm();
}

bool interrupt_taken(void)
{
    const bool taken = interrupted;
    interrupted = 0;
    lua_sethook(state, NULL, 0, 0);
    if (taken)
        arm();
    return taken;
}

void interrupt_hold(bool held)
{
    signal(SIGPIPE, held ? SIG_IGN : SIG_DFL);
    if (held)
        signal(SIGINT, SIG_IGN);
    else
        arm();
}
