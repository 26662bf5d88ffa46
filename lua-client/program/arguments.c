/* The command line of `aluno`. Each option has an English name; some have a Portuguese one beside. */
#include "arguments.h"
#include "exit_code.h"
#include "lua_api.h"
#include "settings.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Options that are no setting of a connection. */
enum {
    OPTION_FORMAT = 256,
    OPTION_FIELDS,
    OPTION_KEEP_GOING,
    OPTION_RESTRICTED,
    OPTION_MAX_TIME,
    OPTION_TRACE,
    OPTION_SETTING
};

static const struct {
    const char *name, *name_pt, *value;
    int option;
    const char *doc[2]; /* by aluno_language */
} own_options[] = {
    {"format",
     "formato",
     "FORMAT",
     OPTION_FORMAT,
     {"table, json, ndjson, csv or lua", "tabela, json, ndjson, csv ou lua"}},
    {"fields",
     "campos",
     "A,B",
     OPTION_FIELDS,
     {"the columns to show: name,age", "as colunas a mostrar: nome,idade"}},
    {"keep-going",
     "continuar",
     NULL,
     OPTION_KEEP_GOING,
     {"commands from a pipe go on after an error", "comandos de um pipe seguem depois de um erro"}},
    {"restricted",
     "restrito",
     NULL,
     OPTION_RESTRICTED,
     {"the script has no files, processes or native code",
      "o script fica sem arquivos, processos e código nativo"}},
    {"max-time",
     "tempo-max",
     "SECONDS",
     OPTION_MAX_TIME,
     {"ends a script that runs for longer, with exit code 7",
      "encerra o script que passa desse tempo, com código de saída 7"}},
    {"trace",
     "rastrear",
     NULL,
     OPTION_TRACE,
     {"tells each attempt of each call on stderr (or ALUNO_TRACE=1)",
      "conta cada tentativa de cada chamada em stderr (ou ALUNO_TRACE=1)"}},
};

enum { OWN_OPTION_COUNT = sizeof own_options / sizeof *own_options };

bool arguments_in_english(void)
{
    return setting_default_language() == ALUNO_EN;
}

const char *arguments_in_words(const char *en, const char *pt)
{
    return arguments_in_english() ? en : pt;
}

int arguments_refuse(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    fputs("aluno: ", stderr);
    vfprintf(stderr, format, values);
    fprintf(stderr, " (%s: aluno --help)\n", arguments_in_words("see", "veja"));
    va_end(values);
    return EXIT_USAGE;
}

/* ---- help ---- */

void arguments_print_usage(void)
{
    const char *const words = arguments_in_words("arguments", "argumentos");
    printf("aluno [%s]                     %s\n", arguments_in_words("options", "opções"),
           arguments_in_words("asks for commands (REPL)", "pede comandos (REPL)"));
    printf("aluno [...] script.lua [%s]  %s\n", words,
           arguments_in_words("runs a script", "executa um script"));
    printf("aluno [...] - [%s]           %s\n", words,
           arguments_in_words("runs the script on stdin", "executa o script da entrada"));
    printf("aluno [...] -e 'code' [%s]   %s\n", words,
           arguments_in_words("runs a line of Lua", "executa uma linha de Lua"));
    printf("aluno [...] %s\n",
           arguments_in_words("command [--field value ...]:", "comando [--campo valor ...]:"));
}

void arguments_print_options(void)
{
    const aluno_language language = setting_default_language();
    putchar('\n');
    for (int i = 0; i < SETTING_COUNT; i++) {
        const setting *option = &settings[i];
        printf("  --%-11s %-8s %-15s %s\n", option->flag, option->value, option->environment,
               option->doc[language]);
    }
    for (int i = 0; i < OWN_OPTION_COUNT; i++) {
        const char *value = own_options[i].value == NULL ? "" : own_options[i].value;
        printf("  --%-11s %-8s %-15s %s\n", arguments_in_words(own_options[i].name, own_options[i].name_pt),
               value, "", own_options[i].doc[language]);
    }
    printf("  -h, --help    -V, --version\n");
}

static void print_version(void)
{
    printf("aluno %s (libaluno %s, %s)\n", ALUNO_VERSION, aluno_version(), LUA_RELEASE);
}

/* ---- reading ---- */

/* Settings as they are now, wherever they came from, and --max-time; 0, or the exit code after saying what is
 * wrong. */
static int check_settings(arguments *given)
{
    aluno_language language;
    double seconds;
    const char *const not = arguments_in_words("not", "não");
    const char *text = setting_environment(SETTING_LANGUAGE);
    if (text != NULL && !setting_language(text, &language))
        return arguments_refuse("--lang, ALUNO_LANG: pt | en, %s '%s'", not, text);
    text = setting_environment(SETTING_TIMEOUT);
    if (text != NULL && !setting_seconds(text, &seconds))
        return arguments_refuse("--timeout, ALUNO_TIMEOUT: 0.001-86400 s, %s '%s'", not, text);
    if (given->seconds != NULL && !setting_seconds(given->seconds, &given->max_time))
        return arguments_refuse("--max-time: 0.001-86400 s, %s '%s'", not, given->seconds);
    return 0;
}

/* getopt_long's table: both names of our own options, then the settings. */
static void list_options(struct option *options)
{
    *options++ = (struct option){"help", no_argument, NULL, 'h'};
    *options++ = (struct option){"version", no_argument, NULL, 'V'};
    for (int i = 0; i < OWN_OPTION_COUNT; i++) {
        const int argument = own_options[i].value == NULL ? no_argument : required_argument;
        *options++ = (struct option){own_options[i].name, argument, NULL, own_options[i].option};
        *options++ = (struct option){own_options[i].name_pt, argument, NULL, own_options[i].option};
    }
    for (int i = 0; i < SETTING_COUNT; i++)
        *options++ = (struct option){settings[i].flag, required_argument, NULL, OPTION_SETTING + i};
    *options = (struct option){0};
}

/* Takes one option that getopt found. -1 to go on, else the code to exit with. */
static int take(arguments *given, int option, const char *word)
{
    switch (option) {
    case 'e':
        given->code = optarg;
        return -1;
    case 'h':
        given->help = true;
        return -1;
    case 'V':
        print_version();
        return EXIT_SUCCESS;
    case OPTION_FORMAT:
        given->format = optarg;
        return -1;
    case OPTION_FIELDS:
        given->fields = optarg;
        return -1;
    case OPTION_KEEP_GOING:
        given->keep_going = true;
        return -1;
    case OPTION_RESTRICTED:
        given->restricted = true;
        return -1;
    case OPTION_MAX_TIME:
        given->seconds = optarg;
        return -1;
    case OPTION_TRACE:
        return setenv("ALUNO_TRACE", "1", 1) == 0 ? -1 : EXIT_FAILURE;
    case ':':
        return arguments_refuse(arguments_in_english() ? "%s wants a value" : "%s pede um valor", word);
    case '?':
        return arguments_refuse(arguments_in_english() ? "there is no option %s" : "não existe a opção %s",
                                word);
    default:
        return setenv(settings[option - OPTION_SETTING].environment, optarg, 1) == 0 ? -1 : EXIT_FAILURE;
    }
}

int arguments_read(int argc, char **argv, arguments *given)
{
    struct option options[2 + 2 * OWN_OPTION_COUNT + SETTING_COUNT + 1];
    list_options(options);
    int option;
    opterr = 0;
    while (given->code == NULL && (option = getopt_long(argc, argv, "+:e:hV", options, NULL)) != -1) {
        const int code = take(given, option, argv[optind - 1]);
        if (code >= 0)
            return code;
    }
    given->next = optind;
    const int wrong = check_settings(given);
    return wrong == 0 ? -1 : wrong;
}
