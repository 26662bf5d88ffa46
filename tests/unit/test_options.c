/* The options: their sources, their precedence, and the errors of invalid ones. */
#include "unit.h"

#include "log.h"
#include "options.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REQUIRED "--ca", "ca.pem", "--cert", "cert.pem", "--key", "key.pem"

/* The environment: NAME=value lines, ended by NULL. */
static const char *const *variables;

static char *look_up(const char *name)
{
    const size_t length = strlen(name);
    for (const char *const *line = variables; line && *line; line++)
        if (strncmp(*line, name, length) == 0 && (*line)[length] == '=')
            return (char *)(uintptr_t)(*line + length + 1);
    return NULL;
}

static char problem[512];

static enum options_result run(struct options *out, const char *const *arguments)
{
    char *argv[32] = {(char *)(uintptr_t) "alunod"};
    int argc = 1;
    for (; *arguments; arguments++)
        argv[argc++] = (char *)(uintptr_t)*arguments;
    char *before[32];
    memcpy(before, argv, sizeof argv);
    problem[0] = '\0';
    const enum options_result result = options_read(out, argc, argv, look_up, problem, sizeof problem);
    assert_memory_equal(argv, before, sizeof argv);
    return result;
}

#define RUN(out, ...) run(out, (const char *const[]){__VA_ARGS__, NULL})

static void check_wrong(const char *title, enum options_result result, const char *expected)
{
    if (result != OPTIONS_WRONG || strcmp(problem, expected) != 0)
        fail_msg("%s: \"%s\", expected \"%s\"", title, problem, expected);
    assert_null(strchr(problem, '\n'));
}

static void test_defaults_fill_in(void **state)
{
    (void)state;
    struct options given;
    variables = NULL;
    assert_int_equal(RUN(&given, REQUIRED), OPTIONS_RUN);
    assert_string_equal(given.listen, "tls+tcp://127.0.0.1:3000");
    assert_string_equal(given.db, "aluno.db");
    assert_string_equal(given.ca, "ca.pem");
    assert_string_equal(given.cert, "cert.pem");
    assert_string_equal(given.key, "key.pem");
    assert_null(given.crl);
    assert_int_equal(given.cpf_check, OPTIONS_CPF_WARN);
    assert_int_equal(given.limits[LIMIT_connections], 1024);
    assert_int_equal(given.log_level, LOG_INFO);
    options_free(&given);
}

static void test_every_choice_has_its_number(void **state)
{
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    (void)state;
    struct options given;
    variables = NULL;
    for (int i = LOG_DEBUG; i <= LOG_ERROR; i++) {
        assert_int_equal(RUN(&given, REQUIRED, "--log-level", levels[i]), OPTIONS_RUN);
        assert_int_equal(given.log_level, i);
        options_free(&given);
    }
    assert_int_equal(RUN(&given, REQUIRED, "--require=cpf"), OPTIONS_RUN);
    assert_int_equal(given.require, OPTIONS_REQUIRE_CPF);
    options_free(&given);
    assert_int_equal(RUN(&given, REQUIRED, "--cpf-check=strict"), OPTIONS_RUN);
    assert_int_equal(given.cpf_check, OPTIONS_CPF_STRICT);
    options_free(&given);
}

static void test_a_list_grows_each_time_it_is_given(void **state)
{
    struct options given;
    (void)state;
    assert_int_equal(RUN(&given, REQUIRED, "--backup-recipient=age1aaaa", "--backup-recipient=age1bbbb"),
                     OPTIONS_RUN);
    assert_string_equal(given.recipients.list, "age1aaaa,age1bbbb");
    options_free(&given);
}

static const struct {
    const char *title;
    const char *arguments[12];
    const char *problem;
} cases[] = {
    {"unknown", {REQUIRED, "--datbase", "x"}, "unknown option --datbase; see alunod --help"},
    {"unknown letter", {REQUIRED, "-x"}, "unknown option -x; see alunod --help"},
    {"stray argument", {REQUIRED, "serve"}, "unexpected argument \"serve\"; see alunod --help"},
    {"no value", {REQUIRED, "--db"}, "--db: a value is missing; write --db FILE"},
    {"value of a switch", {REQUIRED, "--check-config=1"}, "--check-config: takes no value; write it alone"},
    {"not a number",
     {REQUIRED, "--max-connections", "abc"},
     "--max-connections: \"abc\" is not a whole number from 1 to 65535"},
    {"number and more",
     {REQUIRED, "--max-connections", "10k"},
     "--max-connections: \"10k\" is not a whole number from 1 to 65535"},
    {"space",
     {REQUIRED, "--max-connections", " 1"},
     "--max-connections: \" 1\" is not a whole number from 1 to 65535"},
    {"below the range",
     {REQUIRED, "--max-connections", "0"},
     "--max-connections: \"0\" is not a whole number from 1 to 65535"},
    {"above the range",
     {REQUIRED, "--max-connections", "65536"},
     "--max-connections: \"65536\" is not a whole number from 1 to 65535"},
    {"above every range",
     {REQUIRED, "--max-connections", "99999999999999999999"},
     "--max-connections: \"99999999999999999999\" is not a whole number from 1 to 65535"},
    {"no number",
     {REQUIRED, "--max-connections", ""},
     "--max-connections: \"\" is not a whole number from 1 to 65535"},
    {"no unit",
     {REQUIRED, "--backup-every", "5"},
     "--backup-every: \"5\" is not a period of at most 366d, such as 30m, 24h or 7d"},
    {"another unit",
     {REQUIRED, "--backup-every", "1y"},
     "--backup-every: \"1y\" is not a period of at most 366d, such as 30m, 24h or 7d"},
    {"a negative period",
     {REQUIRED, "--backup-every", "-1h"},
     "--backup-every: \"-1h\" is not a period of at most 366d, such as 30m, 24h or 7d"},
    {"too long a period",
     {REQUIRED, "--backup-every", "367d"},
     "--backup-every: \"367d\" is not a period of at most 366d, such as 30m, 24h or 7d"},
    {"a period above every range",
     {REQUIRED, "--backup-every", "9223372036854775807d"},
     "--backup-every: \"9223372036854775807d\" is not a period of at most 366d, such as 30m, 24h or 7d"},
    {"a public key and something else",
     {REQUIRED, "--backup-recipient", "age1qqqq,ana"},
     "--backup-recipient: \"age1qqqq,ana\" is not a public key of age (age1...)"},
    {"more than a file", {"restore", "--", "a", "b"}, "unexpected argument \"b\"; see alunod --help"},
    {"no such choice", {REQUIRED, "--cpf-check", "war"}, "--cpf-check: \"war\" is not one of warn|strict"},
    {"empty choice", {REQUIRED, "--cpf-check", ""}, "--cpf-check: \"\" is not one of warn|strict"},
    {"empty text", {REQUIRED, "--db", ""}, "--db: is empty; give a FILE"},
    {"plain TCP",
     {REQUIRED, "--listen", "tcp://127.0.0.1:1"},
     "--listen: \"tcp://127.0.0.1:1\" does not begin with tls+tcp://"},
    {"no port",
     {REQUIRED, "--listen", "tls+tcp://127.0.0.1"},
     "--listen: \"tls+tcp://127.0.0.1\" is not tls+tcp://HOST:PORT with a port from 1 to 65535"},
    {"required",
     {"--ca", "ca.pem", "--cert", "cert.pem"},
     "--key: is required; give --key FILE, set ALUNOD_KEY or write it in the --config file"},
};

static void test_bad_values_are_named(void **state)
{
    (void)state;
    struct options given;
    variables = NULL;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_wrong(cases[i].title, run(&given, cases[i].arguments), cases[i].problem);
        options_free(&given);
    }
}

static void test_environment_gives_values(void **state)
{
    static const char *const set[] = {
        "ALUNOD_CA=ca.pem",         "ALUNOD_CERT=cert.pem", "ALUNOD_KEY=key.pem", "ALUNOD_DB=other.db",
        "ALUNOD_MAX_CONNECTIONS=5", "ALUNOD_CRL=",          "ALUNOD_HELP=1",      NULL};
    static const char *const bad[] = {"ALUNOD_MAX_CONNECTIONS=many", NULL};
    (void)state;
    struct options given;
    variables = set;
    assert_int_equal(RUN(&given, "--max-connections", "7"), OPTIONS_RUN);
    assert_string_equal(given.db, "other.db");
    assert_int_equal(given.limits[LIMIT_connections], 7);
    assert_null(given.crl); /* an empty variable counts as unset */
    options_free(&given);

    variables = bad;
    check_wrong("environment", RUN(&given, REQUIRED),
                "--max-connections (ALUNOD_MAX_CONNECTIONS): \"many\" is not a whole number from 1 to 65535");
    options_free(&given);
}

/* ---- the file ---- */

static char path[] = "/tmp/aluno-options-XXXXXX";

static int make_file(void **state)
{
    (void)state;
    strcpy(path, "/tmp/aluno-options-XXXXXX");
    const int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
}

static void test_file_gives_values(void **state)
{
    static const char *const set[] = {"ALUNOD_DB=environment.db", NULL};
    (void)state;
    struct options given;
    write_file("# the school's service\n"
               "ca = /etc/aluno/ca.pem ; a comment\n"
               "cert=cert.pem\n"
               "   key = \"key.pem\"\n" /* indented, but not a continuation of cert */
               "db = file.db\n"
               "max-connections = 12\n"
               "cpf-check = 'strict'\n");
    variables = set;
    assert_int_equal(RUN(&given, "--config", path, "--max-connections", "13"), OPTIONS_RUN);
    assert_string_equal(given.ca, "/etc/aluno/ca.pem");
    assert_string_equal(given.cert, "cert.pem");
    assert_string_equal(given.key, "key.pem");
    assert_string_equal(given.db, "environment.db");
    assert_int_equal(given.limits[LIMIT_connections], 13);
    assert_int_equal(given.cpf_check, OPTIONS_CPF_STRICT);
    assert_string_equal(given.config, path);
    options_free(&given);
}

static const struct {
    const char *title, *text, *problem; /* %s is the file */
} files[] = {
    {"unknown key", "\n# x\ndatabase = a\n", "%s:3: \"database\" is no option for a file; see alunod --help"},
    {"a switch", "help = 1\n", "%s:1: \"help\" is no option for a file; see alunod --help"},
    {"another file", "config = b\n", "%s:1: \"config\" is no option for a file; see alunod --help"},
    {"twice", "db = a\ndb = b\n", "%s:2: \"db\" was given in line 1 already; keep one"},
    {"no value", "db = a\ncrl\n", "%s:2: is not \"key = value\"; correct the line"},
    {"the first of two", "crl\nfoo = 1\n", "%s:1: is not \"key = value\"; correct the line"},
    {"the first of two, again", "foo = 1\ncrl\n", "%s:1: \"foo\" is no option for a file; see alunod --help"},
    {"a section", "[tls]\ndb = a\n", "%s:1: the file has no sections; remove the line"},
    {"a bad value", "\nmax-connections = -1\n",
     "--max-connections (%s:2): \"-1\" is not a whole number from 1 to 65535"},
    {"half a pair of quotes", "crl = \"a\n", "%s:1: one of two quotes is missing; write both or none"},
    {"two kinds of quotes", "\ncrl = 'a\"\n", "%s:2: one of two quotes is missing; write both or none"},
    {"an empty value in quotes", "crl = ''\n", "--crl (%s:1): is empty; give a FILE"},
    {"an empty value", "crl =\n", "--crl (%s:1): is empty; give a FILE"},
};

static void test_bad_lines_are_named(void **state)
{
    (void)state;
    struct options given;
    char expected[256];
    variables = NULL;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *mark = strstr(files[i].problem, "%s");
        snprintf(expected, sizeof expected, "%.*s%s%s", (int)(mark - files[i].problem), files[i].problem,
                 path, mark + 2);
        write_file(files[i].text);
        check_wrong(files[i].title, RUN(&given, REQUIRED, "--config", path), expected);
        options_free(&given);
    }
}

static void test_long_line_is_refused(void **state)
{
    (void)state;
    struct options given;
    char text[400] = "db = a\ncrl = ", start[128];
    memset(text + strlen(text), 'x', 300);
    variables = NULL;
    write_file(text);
    snprintf(start, sizeof start, "%s:2: the line is longer than ", path);
    assert_int_equal(RUN(&given, REQUIRED, "--config", path), OPTIONS_WRONG);
    assert_memory_equal(problem, start, strlen(start));
    options_free(&given);
}

static void test_unreadable_file_is_named(void **state)
{
    (void)state;
    struct options given;
    variables = NULL;
    check_wrong("missing", RUN(&given, REQUIRED, "--config", "/nowhere/alunod.ini"),
                "--config: /nowhere/alunod.ini cannot be read: No such file or directory");
    options_free(&given);
    check_wrong("a folder", RUN(&given, REQUIRED, "--config", "/"),
                "--config: / cannot be read: Is a directory");
    options_free(&given);
}

/* ---- options that print and exit ---- */

/* Each option, by the line, with its origin. The listing is itself a file of options. */
static void test_print_config_has_every_origin(void **state)
{
    static const char *const set[] = {"ALUNOD_CPF_CHECK=strict", NULL};
    (void)state;
    struct options given, again;
    char expected[128];
    write_file("# a comment\nlog-level = warn\n");
    variables = set;
    assert_int_equal(RUN(&given, REQUIRED, "--config", path, "--print-config"), OPTIONS_PRINT);
    snprintf(expected, sizeof expected, "\nlog-level = warn  %*s ; %s:2\n", 42, "", path);
    assert_non_null(strstr(given.listing, expected));
    assert_non_null(strstr(given.listing, "\nca = ca.pem  "));
    assert_non_null(strstr(given.listing, " ; flag\n"));
    assert_non_null(strstr(given.listing, "\ncpf-check = strict  "));
    assert_non_null(strstr(given.listing, " ; ALUNOD_CPF_CHECK\n"));
    assert_non_null(strstr(given.listing, "\ndb = aluno.db  "));
    assert_non_null(strstr(given.listing, " ; default\n"));
    assert_non_null(strstr(given.listing, "\n; crl =  "));
    assert_non_null(strstr(given.listing, " ; not given\n"));

    write_file(given.listing);
    variables = NULL;
    assert_int_equal(RUN(&again, "--config", path), OPTIONS_RUN);
    assert_string_equal(again.ca, "ca.pem");
    assert_int_equal(again.cpf_check, OPTIONS_CPF_STRICT);
    assert_int_equal(again.log_level, LOG_WARN);
    assert_null(again.crl);
    options_free(&again);
    options_free(&given);
}

static void test_switches_have_their_results(void **state)
{
    (void)state;
    struct options given;
    variables = NULL;
    assert_int_equal(RUN(&given, "--help"), OPTIONS_HELP);
    options_free(&given);
    assert_int_equal(RUN(&given, "--version", "--nonsense"), OPTIONS_VERSION);
    options_free(&given);
    assert_int_equal(RUN(&given, "--check-config", REQUIRED), OPTIONS_CHECK);
    options_free(&given);
    check_wrong("--check-config checks", RUN(&given, "--check-config", "--cert", "a", "--key", "b"),
                "--ca: is required; give --ca FILE, set ALUNOD_CA or write it in the --config file");
    options_free(&given);
}

static void test_help_shows_every_option(void **state)
{
    static const char *const expected[] = {"\n  --listen URL ",
                                           "ALUNOD_LISTEN ",
                                           "(default tls+tcp://127.0.0.1:3000)\n",
                                           "\n  --ca FILE ",
                                           "ALUNOD_CA ",
                                           "(required)\n",
                                           "--cpf-check warn|strict",
                                           "ALUNOD_MAX_CONNECTIONS ",
                                           "\n  --check-config ",
                                           "\n  --version "};
    (void)state;
    char *text;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    options_print_help(to);
    fclose(to);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        if (!strstr(text, expected[i]))
            fail_msg("no \"%s\" in: %s", expected[i], text);
    free(text);
}

#define WITH_FILE(name) cmocka_unit_test_setup_teardown(name, make_file, remove_file)

static void test_periods(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {{"0", 0}, {"90s", 90000}, {"30m", 1800000}, {"24h", 86400000}, {"7d", 604800000}};
    static const char *const bad[] = {
        "", "24", "h", "-1h", "1.5h", "24 h", "24hh", "367d", "99999999999999999999d"};
    struct options given;
    variables = NULL;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(RUN(&given, REQUIRED, "--backup-every", good[i].text), OPTIONS_RUN);
        assert_int_equal(given.backup_every_ms, good[i].ms);
        options_free(&given);
    }
    for (size_t i = 1; i < sizeof bad / sizeof *bad; i++) {
        char expected[160];
        snprintf(expected, sizeof expected,
                 "--backup-every: \"%s\" is not a period of at most 366d, such as 30m, 24h or 7d", bad[i]);
        check_wrong(bad[i], RUN(&given, REQUIRED, "--backup-every", bad[i]), expected);
        options_free(&given);
    }
}

static void test_commands_have_their_own_flags(void **state)
{
    (void)state;
    struct options given;
    static const char *const file[] = {"ALUNOD_TO=x", "ALUNOD_DB=env.db", NULL};
    variables = file;
    assert_int_equal(RUN(&given, "restore", "copy.db", "--db", "a.db"), OPTIONS_RESTORE);
    assert_string_equal(given.file, "copy.db");
    assert_string_equal(given.db, "a.db");
    options_free(&given);
    assert_int_equal(RUN(&given, "restore", "--", "-copy.db"), OPTIONS_RESTORE);
    assert_string_equal(given.file, "-copy.db");
    assert_string_equal(given.db, "env.db");
    options_free(&given);
    assert_int_equal(RUN(&given, "backup", "--to", "b"), OPTIONS_BACKUP);
    assert_string_equal(given.to, "b");
    options_free(&given);
    variables = NULL;
    check_wrong("serving has none", RUN(&given, REQUIRED, "--to", "b"),
                "--to: is of another command; see alunod --help");
    options_free(&given);
    check_wrong("two files", RUN(&given, "restore", "a", "b"),
                "unexpected argument \"b\"; see alunod --help");
    options_free(&given);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_fill_in),
        cmocka_unit_test(test_periods),
        cmocka_unit_test(test_commands_have_their_own_flags),
        cmocka_unit_test(test_every_choice_has_its_number),
        cmocka_unit_test(test_a_list_grows_each_time_it_is_given),
        cmocka_unit_test(test_bad_values_are_named),
        cmocka_unit_test(test_environment_gives_values),
        WITH_FILE(test_file_gives_values),
        WITH_FILE(test_bad_lines_are_named),
        WITH_FILE(test_long_line_is_refused),
        cmocka_unit_test(test_unreadable_file_is_named),
        cmocka_unit_test(test_switches_have_their_results),
        cmocka_unit_test(test_help_shows_every_option),
        WITH_FILE(test_print_config_has_every_origin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
