/* Ctrl-C and time limits, as in lua.c: a signal handler only sets a hook, and the hook raises the error. */
#include "interrupt.h"
#include "exit_code.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static lua_State *state;
static volatile sig_atomic_t interrupted;
static bool persists; /* SIGINT never ends the program */

static void stop(lua_State *L, lua_Debug *activation)
{
    (void)activation;
    lua_sethook(L, NULL, 0, 0);
    luaL_error(L, "interrupted");
}

/* A signal handler may call it. */
static void set_hook(void)
{
    lua_sethook(state, stop, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

/* Without SA_RESTART: reading a line must end. */
static void handle(int signal_number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    sigaction(signal_number, &action, NULL);
}

/* ---- Ctrl-C ---- */

static void handle_interrupt(int signal_number)
{
    if (!persists)
        signal(signal_number, SIG_DFL);
    interrupted = 1;
    set_hook();
}

void interrupt_catch(lua_State *L)
{
    state = L;
    handle(SIGINT, handle_interrupt);
}

void interrupt_persist(void)
{
    persists = true;
    handle(SIGINT, handle_interrupt);
}

bool interrupt_pending(void)
{
    return interrupted;
}

bool interrupt_taken(void)
{
    const bool taken = interrupted;
    interrupted = 0;
    lua_sethook(state, NULL, 0, 0);
    if (taken)
        handle(SIGINT, handle_interrupt);
    return taken;
}

void interrupt_hold(bool held)
{
    signal(SIGPIPE, held ? SIG_IGN : SIG_DFL);
    handle(SIGINT, held ? SIG_IGN : handle_interrupt);
}

/* ---- time limits: a timer's signal, whose second one is fatal ---- */

enum { GRACE_S = 2 };

static const char *message;
static volatile sig_atomic_t passed;

static void write_message(void)
{
    const ssize_t written = write(STDERR_FILENO, message, strlen(message));
    (void)written; /* there is nowhere else to report it */
}

static void handle_alarm(int signal_number)
{
    (void)signal_number;
    if (passed) {
        write_message();
        _exit(EXIT_UNAVAILABLE);
    }
    passed = 1;
    set_hook();
}

/* 0 seconds stop the timer. */
static void set_timer(double seconds)
{
    const time_t whole = (time_t)seconds;
    const struct itimerval timer = {
        .it_value = {whole, (suseconds_t)((seconds - (double)whole) * 1e6)},
        .it_interval = {GRACE_S, 0},
    };
    setitimer(ITIMER_REAL, &timer, NULL);
}

void deadline_set(double seconds, const char *text)
{
    message = text;
    handle(SIGALRM, handle_alarm);
    set_timer(seconds);
}

bool deadline_end(void)
{
    set_timer(0);
    if (passed)
        write_message();
    return passed;
}
