/* Lines from a terminal through libedit, or from a pipe as they come. */
#include "terminal.h"
#include "hint.h"
#include "history.h"
#include "interrupt.h"
#include "keys.h"
#include "paste.h"
#include "text_width.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* The terminal of the program: there is one stdin and one stdout. It lives as long as the program does;
 * between lines libedit leaves the terminal as it found it, so there is nothing to undo. */
static struct {
    EditLine *edit; /* NULL when stdin or stdout is no terminal */
    History *lines; /* what the arrow keys bring back: the command lines of this session and before */
    History *none;  /* empty: in forms the arrow keys bring nothing */
    const char *prompt;
    char *line; /* getline's memory */
    size_t line_size;
    lua_State *L;  /* that reads a command, which Tab completes; NULL in forms */
    int completer; /* reference to the function that knows what Tab does */
    int hinter;    /* the same of what may be typed next; LUA_REFNIL: none */
} terminal;

static bool wants_colour(void)
{
    const char *refused = getenv("NO_COLOR"), *kind = getenv("TERM");
    return isatty(STDOUT_FILENO) && (refused == NULL || *refused == '\0') && kind != NULL &&
           strcmp(kind, "dumb") != 0;
}

static char *prompt_of(EditLine *edit)
{
    (void)edit;
    return (char *)(uintptr_t)terminal.prompt;
}

/* ---- completion ---- */

/* Replaces the last characters by a text, or prints candidates below the line, which libedit then redraws. */
static unsigned char apply_completion(lua_State *L, EditLine *edit, int answer)
{
    const char *text = lua_tostring(L, answer + 1), *lines = lua_tostring(L, answer + 2);
    if (text != NULL) {
        el_deletestr(edit, (int)lua_tointeger(L, answer));
        return el_insertstr(edit, text) == 0 ? CC_REFRESH : CC_ERROR;
    }
    if (lines == NULL)
        return CC_ERROR;
    printf("\n%s\n", lines);
    fflush(stdout);
    return CC_REDISPLAY;
}

/* libedit calls it for Tab. */
static unsigned char complete(EditLine *edit, int key)
{
    (void)key;
    lua_State *const L = terminal.L;
    const LineInfo *line = el_line(edit);
    unsigned char done = CC_ERROR;
    if (L == NULL || !lua_checkstack(L, LUA_MINSTACK))
        return CC_ERROR;
    const int top = lua_gettop(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, terminal.completer);
    lua_pushlstring(L, line->buffer, (size_t)(line->cursor - line->buffer));
    if (lua_pcall(L, 1, 3, 0) == LUA_OK)
        done = apply_completion(L, edit, top + 1);
    lua_settop(L, top);
    return done;
}

/* The hint that Lua gives for a line; NULL for none. */
static const char *find_hint(const char *line, size_t length)
{
    static char hint[256];
    lua_State *const L = terminal.L;
    if (!lua_checkstack(L, LUA_MINSTACK))
        return NULL;
    const int top = lua_gettop(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, terminal.hinter);
    lua_pushlstring(L, line, length);
    const char *text = lua_pcall(L, 1, 1, 0) == LUA_OK ? lua_tostring(L, -1) : NULL;
    snprintf(hint, sizeof hint, "%s", text != NULL ? text : "");
    lua_settop(L, top);
    return *hint != '\0' ? hint : NULL;
}

static bool may_hint(void)
{
    return terminal.L != NULL && terminal.hinter != LUA_REFNIL && wants_colour();
}

/* files(beginning) -> the paths that begin so; a folder's ends with a slash */
static int files(lua_State *L)
{
    luaL_Buffer pattern;
    luaL_buffinit(L, &pattern);
    for (const char *c = luaL_checkstring(L, 1); *c != '\0'; c++) {
        if (strchr("*?[\\", *c) != NULL)
            luaL_addchar(&pattern, '\\');
        luaL_addchar(&pattern, *c);
    }
    luaL_addchar(&pattern, '*');
    luaL_pushresult(&pattern);
    glob_t found = {0};
    const int result = glob(lua_tostring(L, -1), GLOB_MARK | GLOB_TILDE, NULL, &found);
    lua_newtable(L);
    for (size_t i = 0; result == 0 && i < found.gl_pathc; i++) {
        lua_pushstring(L, found.gl_pathv[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    globfree(&found);
    return 1;
}

/* ---- history ---- */

/* history_add(line): the arrow keys bring it back in this session */
static int history_add(lua_State *L)
{
    HistEvent event;
    if (terminal.edit != NULL)
        history(terminal.lines, &event, H_ENTER, luaL_checkstring(L, 1));
    return 0;
}

/* history_save(line): the arrow keys bring it back in later sessions */
static int history_save(lua_State *L)
{
    if (terminal.edit != NULL)
        history_file_append(luaL_checkstring(L, 1));
    return 0;
}

/* ---- reading ---- */

/* A line of the terminal, edited; NULL at its end and after Ctrl-C. */
static const char *read_edited(size_t *length)
{
    int count = 0;
    el_set(terminal.edit, EL_HIST, history, terminal.L != NULL ? terminal.lines : terminal.none);
    el_resize(terminal.edit);
    /* Before the prompt is printed, since the tty would handle a Ctrl-D or Backspace typed at once. */
    el_set(terminal.edit, EL_PREP_TERM, 1);
    paste_begin(terminal.L == NULL);
    hint_begin(terminal.prompt, may_hint() ? find_hint : NULL);
    keys_begin(terminal.prompt);
    const char *line = el_gets(terminal.edit, &count);
    keys_end();
    paste_end();
    if (line == NULL || count <= 0) {
        putchar('\n');
        return NULL;
    }
    *length = (size_t)count;
    return line;
}

/* Reads a line of a pipe or file. Prints a newline, because no terminal echoes one. */
static const char *read_plain(size_t *length)
{
    fputs(terminal.prompt, stdout);
    fflush(stdout);
    const ssize_t count = getline(&terminal.line, &terminal.line_size, stdin);
    if (count < 0 || !isatty(STDIN_FILENO))
        putchar('\n');
    if (count < 0) {
        clearerr(stdin);
        return NULL;
    }
    *length = (size_t)count;
    return terminal.line;
}

/* Pushes a line, or nil and why there is none. */
static int push_line(lua_State *L, const char *line, size_t length)
{
    const bool stopped = interrupt_taken();
    if (stopped || line == NULL) {
        lua_pushnil(L);
        lua_pushstring(L, stopped ? "interrupt" : "end");
        return 2;
    }
    while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
        length--;
    lua_pushlstring(L, line, length);
    lua_pushstring(L, paste_rest());
    return 2;
}

/* read(prompt[, command]) -> line[, what was pasted after it] | nil, "end" | nil, "interrupt".
 * `command`: with history and completion. */
static int read_line(lua_State *L)
{
    size_t length = 0;
    terminal.L = lua_toboolean(L, 2) ? L : NULL;
    terminal.prompt = luaL_checkstring(L, 1);
    const char *line = terminal.edit != NULL ? read_edited(&length) : read_plain(&length);
    return push_line(L, line, length);
}

/* Of a terminal that does not show what is typed. Ctrl-Z and Ctrl-\ are characters as any other: after a stop
 * a shell sets its own modes, and the rest would be shown. */
static struct termios hide(struct termios modes)
{
    modes.c_lflag &= ~(tcflag_t)ECHO;
    modes.c_cc[VSUSP] = modes.c_cc[VQUIT] = _POSIX_VDISABLE;
    return modes;
}

/* secret(prompt) -> as read; a terminal does not show what is typed. */
static int read_secret(lua_State *L)
{
    size_t length = 0;
    struct termios shown;
    const bool is_terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
    terminal.prompt = luaL_checkstring(L, 1);
    if (is_terminal) {
        const struct termios hidden = hide(shown);
        tcsetattr(STDIN_FILENO, TCSADRAIN, &hidden);
    }
    const char *line = read_plain(&length);
    if (is_terminal) {
        tcsetattr(STDIN_FILENO, TCSADRAIN, &shown);
        if (line != NULL)
            putchar('\n');
    }
    const int pushed = push_line(L, line, length);
    if (terminal.line != NULL)
        explicit_bzero(terminal.line, terminal.line_size);
    return pushed;
}

/* interrupted() -> whether Ctrl-C stopped what ran since the last time */
static int interrupted(lua_State *L)
{
    lua_pushboolean(L, interrupt_taken());
    return 1;
}

/* persist(f) -> the results of f, which is called again after each Ctrl-C that it does not catch: whenever
 * the signal comes, no code of Lua runs outside of the protected call. */
static int persist(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    for (;;) {
        lua_settop(L, 1);
        lua_pushvalue(L, 1);
        if (lua_pcall(L, 0, LUA_MULTRET, 0) == LUA_OK)
            return lua_gettop(L) - 1;
        if (!interrupt_taken())
            return lua_error(L);
    }
}

/* ---- the terminal ---- */

/* start(complete[, hint]): starts the line editor, if stdin and stdout are a terminal. Tab calls
 * complete(text before the cursor) -> characters to erase, text to insert | nil, nil, lines to show. Where
 * the terminal is idle and its kind allows it, hint(line) -> a text to show right of the line | nil */
static int start(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    luaL_argexpected(L, lua_isnoneornil(L, 2) || lua_isfunction(L, 2), 2, "function");
    if (terminal.edit != NULL || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return 0;
    lua_settop(L, 2);
    terminal.hinter = luaL_ref(L, LUA_REGISTRYINDEX);
    terminal.completer = luaL_ref(L, LUA_REGISTRYINDEX);
    terminal.lines = history_init();
    terminal.none = history_init();
    terminal.edit = el_init("aluno", stdin, stdout, stderr);
    if (terminal.lines == NULL || terminal.none == NULL || terminal.edit == NULL)
        return luaL_error(L, "the line editor cannot start");
    history_file_load(terminal.lines);
    el_set(terminal.edit, EL_PROMPT, prompt_of);
    el_set(terminal.edit, EL_EDITOR, "emacs");
    el_set(terminal.edit, EL_ADDFN, "aluno-complete", "Completes what is typed", complete);
    el_set(terminal.edit, EL_BIND, "^I", "aluno-complete", NULL);
    /* libedit's own handlers redraw inside the signal, and write beyond a line that became too long. */
    el_set(terminal.edit, EL_SIGNAL, 0);
    el_set(terminal.edit, EL_GETCFN, keys_read);
    paste_bind(terminal.edit);
    interrupt_persist();
    el_source(terminal.edit, NULL);
    return 0;
}

/* width(text) -> the columns it takes on the terminal */
static int width(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    lua_pushinteger(L, text_width(text, length));
    return 1;
}

/* size() -> rows, columns; nothing when stdout is no terminal, or one of unknown size */
static int size(lua_State *L)
{
    struct winsize window;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_row == 0 || window.ws_col == 0)
        return 0;
    lua_pushinteger(L, window.ws_row);
    lua_pushinteger(L, window.ws_col);
    return 2;
}

/* hold(held): whether a pager has the terminal */
static int hold(lua_State *L)
{
    interrupt_hold(lua_toboolean(L, 1));
    return 0;
}

int luaopen_aluno_terminal(lua_State *L)
{
    static const luaL_Reg functions[] = {{"start", start},
                                         {"read", read_line},
                                         {"secret", read_secret},
                                         {"history_add", history_add},
                                         {"history_save", history_save},
                                         {"files", files},
                                         {"width", width},
                                         {"size", size},
                                         {"hold", hold},
                                         {"interrupted", interrupted},
                                         {"persist", persist},
                                         {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_pushboolean(L, isatty(STDIN_FILENO));
    lua_setfield(L, -2, "input");
    lua_pushboolean(L, isatty(STDOUT_FILENO));
    lua_setfield(L, -2, "output");
    lua_pushboolean(L, wants_colour());
    lua_setfield(L, -2, "colour");
    return 1;
}
