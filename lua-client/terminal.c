/* Lines from a terminal through libedit, or from a pipe as they come. */
#include "terminal.h"
#include "interrupt.h"

#include <histedit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#define HISTORY_LINES 1000

/* The terminal of the program: there is one stdin and one stdout. It lives as long as the program does;
 * between lines libedit leaves the terminal as it found it, so there is nothing to undo. */
static struct {
    EditLine *edit;   /* NULL when stdin or stdout is no terminal */
    History *session; /* what the arrow keys bring back: the command lines of this session and before */
    History *kept;    /* what the file keeps */
    History *none;    /* empty: in forms the arrow keys bring nothing */
    char *file;       /* of the history; NULL: it is not kept */
    const char *prompt;
    char *line; /* getline's memory */
    size_t line_size;
    lua_State *L;
    int words; /* reference to the list of words that Tab completes */
    bool completing;
} terminal;

static char *prompt_of(EditLine *edit)
{
    (void)edit;
    return (char *)(uintptr_t)terminal.prompt;
}

/* ---- completion ---- */

/* The i-th word, from 1; NULL after the last. The list keeps it alive. */
static const char *word_at(lua_Integer i)
{
    lua_rawgeti(terminal.L, LUA_REGISTRYINDEX, terminal.words);
    lua_rawgeti(terminal.L, -1, i);
    const char *word = lua_tostring(terminal.L, -1);
    lua_pop(terminal.L, 2);
    return word;
}

/* How many words begin with `typed`; *common receives how many first bytes they share, *first one of them. */
static int match(const char *typed, size_t length, const char **first, size_t *common)
{
    int matches = 0;
    const char *word;
    for (lua_Integer i = 1; (word = word_at(i)) != NULL; i++) {
        if (strncasecmp(word, typed, length) != 0)
            continue;
        if (matches++ == 0) {
            *first = word;
            *common = strlen(word);
        }
        size_t same = length;
        while (same < *common && word[same] == (*first)[same])
            same++;
        *common = same;
    }
    return matches;
}

static void show_matches(const char *typed, size_t length)
{
    const char *word;
    putchar('\n');
    for (lua_Integer i = 1; (word = word_at(i)) != NULL; i++)
        if (strncasecmp(word, typed, length) == 0)
            printf("%s  ", word);
    putchar('\n');
    fflush(stdout);
}

/* Tab: completes the line's first word. */
static unsigned char complete(EditLine *edit, int key)
{
    (void)key;
    const LineInfo *line = el_line(edit);
    const size_t length = (size_t)(line->cursor - line->buffer);
    const char *first = NULL;
    size_t common = 0;
    if (!terminal.completing || memchr(line->buffer, ' ', length) != NULL)
        return CC_ERROR;
    const int matches = match(line->buffer, length, &first, &common);
    if (matches == 0)
        return CC_ERROR;
    char rest[64];
    snprintf(rest, sizeof rest, "%.*s%s", (int)(common - length), first + length, matches == 1 ? " " : "");
    if (*rest != '\0')
        return el_insertstr(edit, rest) == 0 ? CC_REFRESH : CC_ERROR;
    show_matches(line->buffer, length);
    return CC_REDISPLAY;
}

/* ---- history ---- */

/* The history's file: $XDG_STATE_HOME/aluno_history or ~/.aluno_history; NULL without either. */
static char *history_file(void)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    char *file = NULL;
    if (state != NULL && *state == '/') {
        if (asprintf(&file, "%s/aluno_history", state) < 0)
            return NULL;
    } else if (home != NULL && *home != '\0') {
        if (asprintf(&file, "%s/.aluno_history", home) < 0)
            return NULL;
    }
    return file;
}

static History *new_history(const char *file)
{
    HistEvent event;
    History *lines = history_init();
    if (lines == NULL)
        return NULL;
    history(lines, &event, H_SETSIZE, HISTORY_LINES);
    history(lines, &event, H_SETUNIQUE, 1);
    if (file != NULL)
        history(lines, &event, H_LOAD, file);
    return lines;
}

/* remember(line, keep): for the arrow keys, and when `keep` is true for later sessions too. libedit writes
 * the file with mode 0600. */
static int remember(lua_State *L)
{
    const char *line = luaL_checkstring(L, 1);
    HistEvent event;
    if (terminal.edit == NULL)
        return 0;
    history(terminal.session, &event, H_ENTER, line);
    if (!lua_toboolean(L, 2) || terminal.file == NULL)
        return 0;
    history(terminal.kept, &event, H_ENTER, line);
    history(terminal.kept, &event, H_SAVE, terminal.file);
    return 0;
}

/* ---- reading ---- */

/* A line of the terminal, edited; NULL at its end and after Ctrl-C. */
static const char *read_edited(bool command, size_t *length)
{
    int count = 0;
    terminal.completing = command;
    el_set(terminal.edit, EL_HIST, history, command ? terminal.session : terminal.none);
    el_resize(terminal.edit);
    /* Before the prompt is seen, for a Ctrl-D or Backspace typed at once would otherwise be the tty's. */
    el_set(terminal.edit, EL_PREP_TERM, 1);
    const char *line = el_gets(terminal.edit, &count);
    if (line == NULL || count <= 0) {
        putchar('\n');
        return NULL;
    }
    *length = (size_t)count;
    return line;
}

/* A line of a pipe or file. A newline stands in for the one that nobody typed: the output reads well. */
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

/* read(prompt[, command]) -> line | nil, "end" | nil, "interrupt". `command`: with history and completion. */
static int read_line(lua_State *L)
{
    size_t length = 0;
    terminal.prompt = luaL_checkstring(L, 1);
    const char *line =
        terminal.edit != NULL ? read_edited(lua_toboolean(L, 2), &length) : read_plain(&length);
    const bool stopped = interrupt_taken();
    if (stopped || line == NULL) {
        lua_pushnil(L);
        lua_pushstring(L, stopped ? "interrupt" : "end");
        return 2;
    }
    while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
        length--;
    lua_pushlstring(L, line, length);
    return 1;
}

/* interrupted() -> whether Ctrl-C stopped what ran since the last time */
static int interrupted(lua_State *L)
{
    lua_pushboolean(L, interrupt_taken());
    return 1;
}

/* ---- the terminal ---- */

/* start(words): makes the line editor, when there is a terminal to edit on; Tab completes those words. */
static int start(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (terminal.edit != NULL || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return 0;
    lua_settop(L, 1);
    terminal.L = L;
    terminal.words = luaL_ref(L, LUA_REGISTRYINDEX);
    terminal.file = history_file();
    terminal.session = new_history(terminal.file);
    terminal.kept = new_history(terminal.file);
    terminal.none = new_history(NULL);
    terminal.edit = el_init("aluno", stdin, stdout, stderr);
    if (terminal.session == NULL || terminal.kept == NULL || terminal.none == NULL || terminal.edit == NULL)
        return luaL_error(L, "the line editor cannot start");
    el_set(terminal.edit, EL_PROMPT, prompt_of);
    el_set(terminal.edit, EL_EDITOR, "emacs");
    el_set(terminal.edit, EL_ADDFN, "aluno-complete", "Completes a command", complete);
    el_set(terminal.edit, EL_BIND, "^I", "aluno-complete", NULL);
    el_source(terminal.edit, NULL);
    return 0;
}

/* width(text) -> the columns it takes on the terminal */
static int width(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    mbstate_t state = {0};
    lua_Integer columns = 0;
    while (length > 0) {
        wchar_t character;
        const size_t taken = mbrtowc(&character, text, length, &state);
        if (taken == 0 || taken > length)
            break;
        const int one = wcwidth(character);
        columns += one > 0 ? one : 0;
        text += taken;
        length -= taken;
    }
    lua_pushinteger(L, columns);
    return 1;
}

/* size() -> rows, columns; nothing when stdout is no terminal, or one that does not tell */
static int size(lua_State *L)
{
    struct winsize window;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_row == 0 || window.ws_col == 0)
        return 0;
    lua_pushinteger(L, window.ws_row);
    lua_pushinteger(L, window.ws_col);
    return 2;
}

/* hold(held): whether another program has the terminal */
static int hold(lua_State *L)
{
    interrupt_hold(lua_toboolean(L, 1));
    return 0;
}

static bool wants_colour(void)
{
    const char *refused = getenv("NO_COLOR"), *kind = getenv("TERM");
    return isatty(STDOUT_FILENO) && (refused == NULL || *refused == '\0') && kind != NULL &&
           strcmp(kind, "dumb") != 0;
}

int luaopen_aluno_terminal(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"start", start}, {"read", read_line}, {"remember", remember}, {"interrupted", interrupted},
        {"width", width}, {"size", size},      {"hold", hold},         {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_pushboolean(L, isatty(STDIN_FILENO));
    lua_setfield(L, -2, "input");
    lua_pushboolean(L, isatty(STDOUT_FILENO));
    lua_setfield(L, -2, "output");
    lua_pushboolean(L, wants_colour());
    lua_setfield(L, -2, "colour");
    return 1;
}
