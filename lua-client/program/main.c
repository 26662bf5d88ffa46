/* `aluno`: a REPL, a script's interpreter and a command, by what is on its command line. */
#include "arguments.h"
#include "exit_code.h"
#include "interrupt.h"
#include "luaopen.h"
#include "process.h"
#include "terminal.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the modules ---- */

/* Adds to the table on top of the stack, that of the modules: what the command line asks of commands. */
static void set_options(lua_State *L, const arguments *given)
{
    lua_createtable(L, 0, 3);
    lua_pushstring(L, given->format);
    lua_setfield(L, -2, "format");
    lua_pushstring(L, given->fields);
    lua_setfield(L, -2, "fields");
    lua_pushboolean(L, given->keep_going);
    lua_setfield(L, -2, "keep_going");
    lua_setfield(L, -2, "program.options");
}

/* Opens the standard libraries, the program's own modules, and the global `aluno`, with aluno.commands. */
static int open_modules(lua_State *L)
{
    luaL_openlibs(L);
    luaopen_push_loaded(L);
    set_options(L, lua_touserdata(L, 1));
    luaopen_aluno_terminal(L);
    lua_setfield(L, -2, "program.terminal");
    luaopen_aluno_process(L);
    lua_setfield(L, -2, "program.process");
    luaL_requiref(L, "aluno", luaopen_aluno, 1);
    luaopen_require(L, "commands");
    return 0;
}

/* ---- running ---- */

/* The exit code of an error that was raised: that of its class when it is a call's. */
static int exit_code_of(lua_State *L, int index)
{
    int code = EXIT_FAILURE;
    luaopen_push_loaded(L);
    if (lua_getfield(L, -1, "client.errors") == LUA_TTABLE &&
        lua_getfield(L, -1, "exit_code") == LUA_TFUNCTION) {
        lua_pushvalue(L, index);
        if (lua_pcall(L, 1, 1, 0) == LUA_OK)
            code = (int)lua_tointeger(L, -1);
    }
    return code;
}

/* The handler of errors: their text with where they were raised; their exit code goes to the upvalue. */
static int explain(lua_State *L)
{
    int *code = lua_touserdata(L, lua_upvalueindex(1));
    *code = exit_code_of(L, 1);
    luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
    return 1;
}

/* Calls the function below its arguments on the stack. 0, or the exit code after telling the error. */
static int run(lua_State *L, int argument_count, int results)
{
    const int handler = lua_gettop(L) - argument_count;
    int code = EXIT_FAILURE;
    lua_pushlightuserdata(L, &code);
    lua_pushcclosure(L, explain, 1);
    lua_insert(L, handler);
    if (lua_pcall(L, argument_count, results, handler) == LUA_OK) {
        lua_remove(L, handler);
        return EXIT_SUCCESS;
    }
    if (interrupt_taken())
        return EXIT_INTERRUPTED;
    if (deadline_passed())
        return EXIT_UNAVAILABLE;
    fflush(stdout);
    fprintf(stderr, "aluno: %s\n", lua_tostring(L, -1));
    return code;
}

/* Runs the chunk on top of the stack with the global `arg`: arg[0] names it, the rest are its arguments. */
static int run_chunk(lua_State *L, const char *name, int argc, char **argv)
{
    lua_createtable(L, argc, 1);
    lua_pushstring(L, name);
    lua_rawseti(L, -2, 0);
    luaL_checkstack(L, argc + 4, "too many arguments");
    for (int i = 0; i < argc; i++) {
        lua_pushstring(L, argv[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setglobal(L, "arg");
    for (int i = 0; i < argc; i++)
        lua_pushstring(L, argv[i]);
    return run(L, argc, 0);
}

static bool is_script(const char *name)
{
    const size_t length = strlen(name);
    return access(name, F_OK) == 0 || (length > 4 && strcmp(name + length - 4, ".lua") == 0);
}

static int require(lua_State *L)
{
    luaopen_require(L, lua_tostring(L, 1));
    return 1;
}

/* Calls `run` of an embedded module with the arguments; its integer result is the exit code, nil is -1. */
static int run_module(lua_State *L, const char *module, int argc, char **argv)
{
    luaL_checkstack(L, argc + 8, "too many arguments");
    lua_pushcfunction(L, require);
    lua_pushstring(L, module);
    int code = run(L, 1, 1);
    if (code != 0)
        return code;
    lua_getfield(L, -1, "run");
    for (int i = 0; i < argc; i++)
        lua_pushstring(L, argv[i]);
    code = run(L, argc, 1);
    return code != 0 ? code : (int)luaL_optinteger(L, -1, -1);
}

/* ---- scripts, within what the options leave them ---- */

static int restrict_scripts(lua_State *L)
{
    const int top = lua_gettop(L), code = run_module(L, "client.restricted", 0, NULL);
    lua_settop(L, top);
    return code > 0 ? code : 0;
}

/* Runs the chunk on top of the stack, if it was loaded. */
static int run_script(lua_State *L, const arguments *given, int status, const char *name, int argc,
                      char **argv)
{
    if (status != LUA_OK) {
        fprintf(stderr, "aluno: %s\n", lua_tostring(L, -1));
        return EXIT_FAILURE;
    }
    const int wrong = given->restricted ? restrict_scripts(L) : 0;
    if (wrong != 0)
        return wrong;
    if (given->seconds != NULL)
        deadline_set(given->max_time,
                     arguments_in_words("aluno: the script ran for longer than --max-time allows\n",
                                        "aluno: o script passou do tempo de --tempo-max\n"));
    const int code = run_chunk(L, name, argc, argv);
    return given->seconds != NULL && deadline_end() ? EXIT_UNAVAILABLE : code;
}

/* The file that argv[0] names, "-" being stdin. No bytecode if restricted: made by hand, it breaks out of
 * Lua. */
static int run_file(lua_State *L, const arguments *given, int argc, char **argv)
{
    const char *path = strcmp(argv[0], "-") == 0 ? NULL : argv[0];
    const int status = luaL_loadfilex(L, path, given->restricted ? "t" : NULL);
    return run_script(L, given, status, argv[0], argc - 1, argv + 1);
}

static int run_text(lua_State *L, const arguments *given, int argc, char **argv)
{
    const int status = luaL_loadbufferx(L, given->code, strlen(given->code), "=(-e)", "t");
    return run_script(L, given, status, "-e", argc, argv);
}

/* What the command line asks for: a REPL, a script or a command. */
static int run_arguments(lua_State *L, const arguments *given, int argc, char **argv)
{
    const bool guarded = given->restricted || given->seconds != NULL;
    const bool script = argc > 0 && (strcmp(argv[0], "-") == 0 || is_script(argv[0]));
    if (guarded && !script)
        return arguments_refuse(arguments_in_english() ? "%s is for scripts" : "%s é para scripts",
                                given->restricted ? "--restricted" : "--max-time");
    if (argc == 0)
        return run_module(L, "repl", 0, NULL);
    if (guarded || strcmp(argv[0], "-") == 0)
        return run_file(L, given, argc, argv);
    const int code = run_module(L, "client.oneshot", argc, argv);
    if (code >= 0)
        return code;
    if (script)
        return run_file(L, given, argc, argv);
    return arguments_refuse(arguments_in_english() ? "'%s' is neither a command nor a file"
                                                   : "'%s' não é um comando nem um arquivo",
                            argv[0]);
}

/* --help: the commands are those that the prompt has. */
static int run_help(lua_State *L)
{
    char help[] = "help", *words[] = {help};
    arguments_print_usage();
    const int code = run_module(L, "client.oneshot", 1, words);
    arguments_print_options();
    return code;
}

/* Only characters' encoding: numbers keep their point in Lua and JSON whatever the country. */
static void set_locale(void)
{
    if (setlocale(LC_CTYPE, "") == NULL || MB_CUR_MAX == 1)
        setlocale(LC_CTYPE, "C.UTF-8");
}

static int run_all(lua_State *L, arguments *given, int argc, char **argv)
{
    lua_pushcfunction(L, open_modules);
    lua_pushlightuserdata(L, given);
    const int status = run(L, 1, 0);
    if (status != 0)
        return status;
    if (given->help)
        return run_help(L);
    if (given->code != NULL)
        return run_text(L, given, argc, argv);
    return run_arguments(L, given, argc, argv);
}

int main(int argc, char **argv)
{
    arguments given = {0};
    set_locale();
    int status = arguments_read(argc, argv, &given);
    if (status >= 0)
        return status;
    lua_State *L = luaL_newstate();
    if (L == NULL) {
        fprintf(stderr, "aluno: %s\n", arguments_in_words("out of memory", "memória insuficiente"));
        return EXIT_FAILURE;
    }
    interrupt_catch(L);
    status = run_all(L, &given, argc - given.next, argv + given.next);
    lua_close(L);
    if (fflush(stdout) != 0 && status == 0) {
        fprintf(stderr, "aluno: stdout: %s\n", strerror(errno));
        status = EXIT_FAILURE;
    }
    return status;
}
