/* `aluno`: a REPL, a script's interpreter and a command, by what is on its command line. */
#include "bind.h"
#include "embedded.h"
#include "interrupt.h"
#include "settings.h"
#include "terminal.h"

#include <getopt.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

/* ---- the command line ---- */

static const char *in_words(const char *en, const char *pt)
{
    return setting_default_language() == ALUNO_EN ? en : pt;
}

static int refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

static int refuse(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("aluno: ", stderr);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, " (%s: aluno --help)\n", in_words("see", "veja"));
    va_end(arguments);
    return EXIT_USAGE;
}

static void print_help(void)
{
    const aluno_language language = setting_default_language();
    const char *const arguments = in_words("arguments", "argumentos");
    printf("aluno [%s]                     %s\n", in_words("options", "opções"),
           in_words("asks for commands (REPL)", "pede comandos (REPL)"));
    printf("aluno [...] script.lua [%s]  %s\n", arguments, in_words("runs a script", "executa um script"));
    printf("aluno [...] - [%s]           %s\n", arguments,
           in_words("runs the script on stdin", "executa o script da entrada"));
    printf("aluno [...] -e 'code' [%s]   %s\n", arguments,
           in_words("runs a line of Lua", "executa uma linha de Lua"));
    printf("aluno [...] %s\n", in_words("command [--field value ...]:", "comando [--campo valor ...]:"));
    for (int i = 0; i < ALUNO_METHOD_COUNT; i++) {
        const aluno_method *method = aluno_method_of((aluno_method_id)i);
        printf("    %-10s %-10s %s\n", method->verb[ALUNO_PT], method->verb[ALUNO_EN], method->doc[language]);
    }
    printf("    %-10s %-10s %s\n", "metodos", "methods", in_words("lists the methods", "lista os métodos"));
    printf("    %-10s %-10s %s\n\n", "ajuda", "help",
           in_words("shows the fields of a command", "mostra os campos de um comando"));
    for (int i = 0; i < SETTING_COUNT; i++) {
        const setting *option = &settings[i];
        printf("  --%-9s %-8s %-15s %s\n", option->flag, option->value, option->environment,
               option->doc[language]);
    }
    printf("  -h, --help    -V, --version\n");
}

static void print_version(void)
{
    printf("aluno %s (libaluno %s, %s)\n", ALUNO_VERSION, aluno_version(), LUA_RELEASE);
}

/* Settings as they are now, wherever they came from; 0, or the exit code after saying what is wrong. */
static int check_settings(void)
{
    aluno_language language;
    double seconds;
    const char *text = setting_environment(SETTING_LANGUAGE);
    if (text != NULL && !setting_language(text, &language))
        return refuse("--lang, ALUNO_LANG: pt | en, %s '%s'", in_words("not", "não"), text);
    text = setting_environment(SETTING_TIMEOUT);
    if (text != NULL && !setting_seconds(text, &seconds))
        return refuse("--timeout, ALUNO_TIMEOUT: 0.001-86400 s, %s '%s'", in_words("not", "não"), text);
    return 0;
}

/* Reads the options before the first argument that is none; optind then names it. Returns -1 to go on, else
 * the code to exit with. */
static int read_options(int argc, char **argv, const char **code)
{
    enum { SETTING_FIRST = 256 };
    struct option options[SETTING_COUNT + 3] = {{"help", no_argument, NULL, 'h'},
                                                {"version", no_argument, NULL, 'V'}};
    for (int i = 0; i < SETTING_COUNT; i++)
        options[2 + i] = (struct option){settings[i].flag, required_argument, NULL, SETTING_FIRST + i};
    bool help = false;
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "+:e:hV", options, NULL)) != -1) {
        if (option >= SETTING_FIRST) {
            if (setenv(settings[option - SETTING_FIRST].environment, optarg, 1) != 0)
                return EXIT_FAILURE;
        } else if (option == 'e') {
            *code = optarg;
            break;
        } else if (option == 'h') {
            help = true;
        } else if (option == 'V') {
            print_version();
            return EXIT_SUCCESS;
        } else if (option == ':') {
            return refuse(in_words("%s wants a value", "%s pede um valor"), argv[optind - 1]);
        } else {
            return refuse(in_words("there is no option %s", "não existe a opção %s"), argv[optind - 1]);
        }
    }
    const int wrong = check_settings();
    if (wrong == 0 && help)
        print_help();
    return wrong != 0 || help ? wrong : -1;
}

/* ---- Lua ---- */

static int load_embedded(lua_State *L)
{
    const embedded_script *script = lua_touserdata(L, lua_upvalueindex(1));
    if (luaL_loadbufferx(L, script->source, script->size, script->chunk, "t") != LUA_OK)
        return lua_error(L);
    lua_call(L, 0, 1);
    return 1;
}

static void require(lua_State *L, const char *module)
{
    lua_getglobal(L, "require");
    lua_pushstring(L, module);
    lua_call(L, 1, 1);
}

/* Opens the standard libraries, makes the modules known to `require`, and sets the global `aluno`, with
 * aluno.commands. */
static int open_modules(lua_State *L)
{
    luaL_openlibs(L);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    for (const embedded_script *script = embedded_scripts; script->module != NULL; script++) {
        lua_pushlightuserdata(L, (void *)(uintptr_t)script);
        lua_pushcclosure(L, load_embedded, 1);
        lua_setfield(L, -2, script->module);
    }
    lua_pushcfunction(L, luaopen_aluno_core);
    lua_setfield(L, -2, "aluno.core");
    lua_pushcfunction(L, luaopen_aluno_terminal);
    lua_setfield(L, -2, "aluno.terminal");
    require(L, "aluno");
    lua_setglobal(L, "aluno");
    require(L, "aluno.commands");
    return 0;
}

static int add_traceback(lua_State *L)
{
    luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
    return 1;
}

/* Calls the function below its `arguments` on the stack. 0, or the exit code after telling the error. */
static int run(lua_State *L, int arguments, int results)
{
    const int handler = lua_gettop(L) - arguments;
    lua_pushcfunction(L, add_traceback);
    lua_insert(L, handler);
    if (lua_pcall(L, arguments, results, handler) == LUA_OK) {
        lua_remove(L, handler);
        return EXIT_SUCCESS;
    }
    if (interrupt_taken())
        return EXIT_INTERRUPTED;
    fflush(stdout);
    fprintf(stderr, "aluno: %s\n", lua_tostring(L, -1));
    return EXIT_FAILURE;
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

static int run_script(lua_State *L, int status, const char *name, int argc, char **argv)
{
    if (status == LUA_OK)
        return run_chunk(L, name, argc, argv);
    fprintf(stderr, "aluno: %s\n", lua_tostring(L, -1));
    return EXIT_FAILURE;
}

static bool is_script(const char *name)
{
    const size_t length = strlen(name);
    return access(name, F_OK) == 0 || (length > 4 && strcmp(name + length - 4, ".lua") == 0);
}

/* Calls `run` of an embedded module with the arguments; its integer result is the exit code, nil is -1. */
static int run_module(lua_State *L, const char *module, int argc, char **argv)
{
    luaL_checkstack(L, argc + 8, "too many arguments");
    lua_getglobal(L, "require");
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

/* What the command line asks for: a REPL, a script or a command. */
static int run_arguments(lua_State *L, int argc, char **argv)
{
    if (argc == 0)
        return run_module(L, "aluno.repl", 0, NULL);
    if (strcmp(argv[0], "-") == 0)
        return run_script(L, luaL_loadfile(L, NULL), "-", argc - 1, argv + 1);
    const int code = run_module(L, "aluno.oneshot", argc, argv);
    if (code >= 0)
        return code;
    if (is_script(argv[0]))
        return run_script(L, luaL_loadfile(L, argv[0]), argv[0], argc - 1, argv + 1);
    return refuse(in_words("'%s' is neither a command nor a file", "'%s' não é um comando nem um arquivo"),
                  argv[0]);
}

/* Only characters' encoding: numbers keep their point in Lua and JSON whatever the country. */
static void set_locale(void)
{
    if (setlocale(LC_CTYPE, "") == NULL || MB_CUR_MAX == 1)
        setlocale(LC_CTYPE, "C.UTF-8");
}

int main(int argc, char **argv)
{
    const char *code = NULL;
    set_locale();
    int status = read_options(argc, argv, &code);
    if (status >= 0)
        return status;
    lua_State *L = luaL_newstate();
    if (L == NULL) {
        fprintf(stderr, "aluno: %s\n", in_words("out of memory", "memória insuficiente"));
        return EXIT_FAILURE;
    }
    interrupt_catch(L);
    lua_pushcfunction(L, open_modules);
    status = run(L, 0, 0);
    if (status == 0 && code != NULL)
        status = run_script(L, luaL_loadbuffer(L, code, strlen(code), "=(-e)"), "-e", argc - optind,
                            argv + optind);
    else if (status == 0)
        status = run_arguments(L, argc - optind, argv + optind);
    lua_close(L);
    if (fflush(stdout) != 0 && status == 0)
        status = EXIT_FAILURE;
    return status;
}
