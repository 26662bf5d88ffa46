/* The table of options, and what reads it: flags, environment, file, defaults, --help. */
#include "options.h"

#include "listen_address.h"
#include "option_help.h"
#include "option_value.h"
#include "options_file.h"
#include "period.h"
#include "store/database.h"
#include "protocol/error.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define AT(member) .offset = offsetof(struct options, member)

static const struct option_row rows[] = {
    {"listen", "URL", TEXT, AT(listen), .fallback = "tls+tcp://127.0.0.1:3000", .prefix = "tls+tcp://",
     .is_valid = listen_address_has_port, .form = "tls+tcp://HOST:PORT with a port from 1 to 65535",
     .doc = "address to listen at"},
    {"db", "FILE", TEXT, AT(db), .fallback = "aluno.db", .is_valid = store_name_is_valid, .is_secret = true,
     .form = "a file, or postgresql://... without a password: it belongs in a passfile (passfile=FILE, "
             "~/.pgpass)",
     .doc = "database, made when there is none; or postgresql://... (service/README.md)"},
    {"ca", "FILE", TEXT, AT(ca), .is_required = true, .doc = "certificate of the CA of all clients, PEM"},
    {"cert", "FILE", TEXT, AT(cert), .is_required = true, .doc = "the service's certificate, PEM"},
    {"key", "FILE", TEXT, AT(key), .is_required = true, .doc = "the certificate's private key, PEM"},
    {"crl", "FILE", TEXT, AT(crl), .doc = "the CA's list of revoked certificates, PEM"},
    {"cpf-check", "warn|strict", CHOICE, AT(cpf_check), .fallback = "warn",
     .doc = "wrong check digits of a CPF: warn, or refuse"},
    {"require", "cpf,email|cpf|email|none", CHOICE, AT(require), .fallback = "cpf,email",
     .doc = "what a student must have besides a name, and an age or a birth date"},
    {"reveal", "registrar|reader", CHOICE, AT(reveal), .fallback = "registrar",
     .doc = "least role that may see a masked value by RevealStudent, with a purpose"},
#define LIMIT(id, name, value, least, most, text)                                                            \
    {name, "N", INTEGER, AT(limits[LIMIT_##id]), .fallback = #value, .min = least, .max = most, .doc = text},
#include "limit.def"
    {"backup-dir", "DIR", TEXT, AT(backup_dir), .doc = "folder of backups; made when there is none"},
    {"backup-every", "PERIOD", PERIOD, AT(backup_every_ms), .fallback = "24h", .max = 366 * PERIOD_DAY_MS,
     .doc = "a backup each 30m, 24h, 7d ...; 0: on request only"},
    {"backup-keep", "N", INTEGER, AT(backup_keep), .fallback = "14", .min = 1, .max = 100000,
     .doc = "backups kept; older ones are removed"},
    {"backup-recipient", "KEY", TEXT, AT(recipients.list), .is_list = true, .is_valid = encryption_is_list,
     .form = "a public key of age (age1...)",
     .doc = "encrypt backups by age to this public key; may be repeated"},
    {"backup-recipients", "FILE", TEXT, AT(recipients.file), .doc = "the same to each public key of a file"},
    {"check-every", "PERIOD", PERIOD, AT(check_every_ms), .fallback = "24h", .max = 366 * PERIOD_DAY_MS,
     .doc = "the database is verified each 12h, 24h, 7d ...; 0: never"},
    {"audit-dir", "DIR", TEXT, AT(audit_dir), .doc = "folder of the audit; without it DATABASE-audit"},
    {"audit-keep", "PERIOD", PERIOD, AT(audit_keep_ms), .fallback = "1826d", .min = 1000,
     .max = 36600 * PERIOD_DAY_MS, .doc = "records of the audit are kept so long, five years by default"},
    {"audit-segment", "BYTES", INTEGER, AT(audit_segment_bytes), .fallback = "67108864", .min = 65536,
     .max = 1 << 30, .doc = "size of a file of the audit; old records go by whole files"},
    {"require-purpose", "none|reads|all", CHOICE, AT(purpose), .fallback = "none",
     .doc = "which calls on students must say what for"},
    {"erase-removed-after", "PERIOD", PERIOD, AT(erase_removed_after_ms), .fallback = "0",
     .max = 36600 * PERIOD_DAY_MS, .doc = "removed students are erased for good 1830d ... later; 0: never"},
    {"keep-changes", "PERIOD", PERIOD, AT(keep_changes_ms), .fallback = "7d", .min = 1000,
     .max = 366 * PERIOD_DAY_MS, .doc = "changes are kept so long for who watches students"},
    {"status", "HOST:PORT", TEXT, AT(status), .is_valid = listen_address_is_loopback,
     .form = "HOST:PORT of this machine alone (127.0.0.1, [::1] or localhost): it asks for no certificate",
     .doc = "plain HTTP for monitoring and people: /, /healthz, /readyz, /metrics"},
    {"log-level", "debug|info|warn|error", CHOICE, AT(log_level), .fallback = "info", .doc = "least level"},
    {"log-format", "text|json", CHOICE, AT(log_format), .fallback = "text",
     .doc = "a line of the log: text, or a JSON object"},
    {"core-dumps", "off|on", CHOICE, AT(core_dumps), .fallback = "off",
     .doc = "core dumps, which hold students' data and the key"},
    {"config", "FILE", TEXT, AT(config), .doc = "file of options: lines of \"db = aluno.db\""},
    {"identity", "FILE", TEXT, AT(identity), .result = OPTIONS_RESTORE,
     .doc = "of restore: the private key of age that decrypts the backup"},
    {"erased", "FILE", TEXT, AT(erased), .result = OPTIONS_RESTORE,
     .doc = "of restore: a list of erased students (DATABASE.erased) that was kept elsewhere"},
    {"to", "FILE|DIR", TEXT, AT(to), .is_required = true, .result = OPTIONS_BACKUP, .also = OPTIONS_MIGRATE,
     .is_valid = store_name_is_valid, .is_secret = true,
     .form = "a file, or postgresql://... without a password",
     .doc = "of backup: the new file, or its folder; of migrate: the database that is filled"},
    {"from", "FILE", TEXT, AT(from), .is_required = true, .result = OPTIONS_MIGRATE,
     .is_valid = store_name_is_valid, .is_secret = true,
     .form = "a file, or postgresql://... without a password",
     .doc = "of migrate: the database that is copied, a file or postgresql://..."},
    {"head", "FILE", TEXT, AT(head), .result = OPTIONS_AUDIT,
     .doc = "of audit verify: a head of the chain that was kept elsewhere"},
    {"check-config", "", SWITCH, .result = OPTIONS_CHECK, .doc = "check options and files, then exit"},
    {"print-config", "", SWITCH, .result = OPTIONS_PRINT,
     .doc = "print each option's value and where it is from, then exit"},
    {"help", "", SWITCH, .result = OPTIONS_HELP, .doc = "print this and exit"},
    {"version", "", SWITCH, .result = OPTIONS_VERSION, .doc = "print the version and exit"},
};

enum { ROWS = sizeof rows / sizeof *rows };

/* The words that may follow "alunod". */
static const struct option_command commands[] = {
    {"backup", OPTIONS_BACKUP, "", "back up the database to a file"},
    {"restore", OPTIONS_RESTORE, "FILE", "replace the database by a backup; the service must not run"},
    {"check", OPTIONS_VERIFY, "FILE", "verify a backup, or the database"},
    {"seal", OPTIONS_SEAL, "", "accept what another program changed in the database"},
    {"migrate", OPTIONS_MIGRATE, "", "copy a database into an empty one, a file or PostgreSQL's"},
    {"audit", OPTIONS_AUDIT, "verify|head", "verify the audit, or print the head of its chain"},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

enum option_origin { FLAG = 1, ENVIRONMENT, CONFIG_FILE, DEFAULT };

/* Values as they were given, until all are known. */
struct option_reading {
    struct {
        char *text; /* NULL: not given */
        enum option_origin origin;
        int line; /* CONFIG_FILE */
    } given[ROWS];
    const char *config;
    enum options_result command; /* OPTIONS_RUN: none */
    const char *operand;
    char *problem;
    size_t size;
};

/* Writes the problem. Returns false, so that a check can end with it. */
ALUNO_PRINTF(2, 3) static bool refuse(struct option_reading *reading, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reading->problem, reading->size, format, arguments);
    va_end(arguments);
    return false;
}

/* The text, or the list with it. The caller frees it; NULL without memory. */
static char *with_former(const char *former, const char *text)
{
    char *list;
    if (former == NULL)
        return strdup(text);
    return asprintf(&list, "%s,%s", former, text) < 0 ? NULL : list;
}

static bool give(struct option_reading *reading, size_t row, const char *text, enum option_origin origin,
                 int line)
{
    char *const former = reading->given[row].text;
    reading->given[row].text = with_former(rows[row].is_list ? former : NULL, text);
    free(former);
    reading->given[row].origin = origin;
    reading->given[row].line = line;
    return reading->given[row].text != NULL || refuse(reading, "out of memory");
}

/* The row's number; ROWS when the options have no such name. */
static size_t row_named(const char *name)
{
    size_t row = 0;
    while (row < ROWS && strcmp(rows[row].name, name) != 0)
        row++;
    return row;
}

/* "ALUNOD_MAX_CONNECTIONS" of max-connections. */
/* ---- flags ---- */

static bool refuse_flag(struct option_reading *reading, int answer, char *const argv[])
{
    const size_t row = optopt >= 256 ? (size_t)optopt - 256 : ROWS;
    if (row == ROWS && optopt != 0)
        return refuse(reading, "unknown option -%c; see alunod --help", optopt);
    if (row == ROWS)
        return refuse(reading, "unknown option %s; see alunod --help", argv[optind - 1]);
    if (answer == ':')
        return refuse(reading, "--%s: a value is missing; write --%s %s", rows[row].name, rows[row].name,
                      rows[row].metavariable);
    return refuse(reading, "--%s: takes no value; write it alone", rows[row].name);
}

/* Whether the flag is of the command that was given. */
static bool is_of_this(const struct option_reading *reading, size_t row)
{
    return rows[row].result == reading->command ||
           (rows[row].also != 0 && rows[row].also == (unsigned)reading->command);
}

static bool is_of_command(const struct option_reading *reading, size_t row)
{
    return rows[row].kind == SWITCH || rows[row].result == OPTIONS_RUN || is_of_this(reading, row);
}

/* Reads the command, if the first argument is one. False when it is a word of no meaning. */
static bool read_command(struct option_reading *reading, int argc, char *const argv[])
{
    reading->command = OPTIONS_RUN;
    if (argc < 2 || *argv[1] == '-')
        return true;
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            reading->command = (enum options_result)commands[i].result;
    return reading->command != OPTIONS_RUN ||
           refuse(reading, "unexpected argument \"%s\"; see alunod --help", argv[1]);
}

static bool takes_operand(const struct option_reading *reading)
{
    return reading->command == OPTIONS_RESTORE || reading->command == OPTIONS_VERIFY ||
           reading->command == OPTIONS_AUDIT;
}

/* Takes an argument that is no flag: a command's operand. */
static bool take_operand(struct option_reading *reading, const char *argument)
{
    if (!takes_operand(reading) || reading->operand != NULL)
        return refuse(reading, "unexpected argument \"%s\"; see alunod --help", argument);
    reading->operand = argument;
    return true;
}

static bool check_operand(struct option_reading *reading)
{
    return !takes_operand(reading) || reading->operand != NULL ||
           refuse(reading, "a file is missing; see alunod --help");
}

static enum options_result read_flags(struct option_reading *reading, int argc, char *const argv[])
{
    struct option flags[ROWS + 1] = {{0}};
    for (size_t i = 0; i < ROWS; i++)
        flags[i] = (struct option){.name = rows[i].name,
                                   .has_arg = rows[i].kind == SWITCH ? no_argument : required_argument,
                                   .val = 256 + (int)i};

    enum options_result result = reading->command;
    optind = 0; /* resets getopt */
    opterr = 0;
    for (int answer; (answer = getopt_long(argc, argv, "-:", flags, NULL)) != -1;) {
        if (answer == 1 && !take_operand(reading, optarg))
            return OPTIONS_WRONG;
        if (answer == 1)
            continue;
        if (answer < 256)
            return refuse_flag(reading, answer, argv), OPTIONS_WRONG;
        const size_t row = (size_t)answer - 256;
        if (!is_of_command(reading, row))
            return refuse(reading, "--%s: is of another command; see alunod --help", rows[row].name),
                   OPTIONS_WRONG;
        if (rows[row].kind != SWITCH && !give(reading, row, optarg, FLAG, 0))
            return OPTIONS_WRONG;
        if (rows[row].kind == SWITCH)
            result = (enum options_result)rows[row].result;
        if (result == OPTIONS_HELP || result == OPTIONS_VERSION)
            return result;
    }
    while (optind < argc)
        if (!take_operand(reading, argv[optind++]))
            return OPTIONS_WRONG;
    return check_operand(reading) ? result : OPTIONS_WRONG;
}

/* ---- environment, file and defaults: for options not given yet ---- */

/* Writes the problem of a value and where the value came from. */
static bool refuse_value(struct option_reading *reading, size_t row, const char *problem)
{
    char variable[64];
    switch (reading->given[row].origin) {
    case ENVIRONMENT:
        return refuse(reading, "--%s (%s): %s", rows[row].name, option_variable(&rows[row], variable),
                      problem);
    case CONFIG_FILE:
        return refuse(reading, "--%s (%s:%d): %s", rows[row].name, reading->config, reading->given[row].line,
                      problem);
    default:
        return refuse(reading, "--%s: %s", rows[row].name, problem);
    }
}

/* Whether the environment and the file may have the option. */
static bool is_of_file(size_t row)
{
    return rows[row].kind != SWITCH && rows[row].result == OPTIONS_RUN;
}

/* Programs that set variables from a file (docker --env-file) leave the quotes in them. */
static bool give_variable(struct option_reading *reading, size_t row, const char *value)
{
    if (!give(reading, row, value, ENVIRONMENT, 0))
        return false;
    const char *problem = options_unquote(reading->given[row].text);
    return problem == NULL || refuse_value(reading, row, problem);
}

static bool read_environment(struct option_reading *reading, options_environment *environment)
{
    char name[64];
    for (size_t i = 0; i < ROWS; i++) {
        if (reading->given[i].text != NULL || !is_of_file(i))
            continue;
        const char *value = environment(option_variable(&rows[i], name));
        if (value != NULL && *value != '\0' && !give_variable(reading, i, value))
            return false;
    }
    return true;
}

static bool take_pair(void *user, const char *key, const char *value, int line)
{
    struct option_reading *reading = user;
    const size_t row = row_named(key);
    if (row == ROWS || !is_of_file(row) || row == row_named("config"))
        return refuse(reading, "%s:%d: \"%s\" is no option for a file; see alunod --help", reading->config,
                      line, key);
    if (reading->given[row].origin == CONFIG_FILE && !rows[row].is_list)
        return refuse(reading, "%s:%d: \"%s\" was given in line %d already; keep one", reading->config, line,
                      key, reading->given[row].line);
    const bool is_given = reading->given[row].text != NULL && reading->given[row].origin != CONFIG_FILE;
    return is_given || give(reading, row, value, CONFIG_FILE, line);
}

static bool read_file(struct option_reading *reading)
{
    reading->config = reading->given[row_named("config")].text;
    return reading->config == NULL ||
           options_file_read(reading->config, take_pair, reading, reading->problem, reading->size);
}

static bool read_defaults(struct option_reading *reading)
{
    for (size_t i = 0; i < ROWS; i++)
        if (reading->given[i].text == NULL && rows[i].fallback != NULL &&
            !give(reading, i, rows[i].fallback, DEFAULT, 0))
            return false;
    return true;
}

/* ---- from text to values ---- */

static bool set_value(struct option_reading *reading, size_t row, struct options *out)
{
    char variable[64], problem[512];
    void *at = (char *)out + rows[row].offset;

    if (reading->given[row].text == NULL)
        return !rows[row].is_required || !is_of_this(reading, row) || /* it is another's */
               refuse(reading, "--%s: is required; give --%s %s, set %s or write it in the --config file",
                      rows[row].name, rows[row].name, rows[row].metavariable,
                      option_variable(&rows[row], variable));
    return option_value_read(&rows[row], reading->given[row].text, at, problem, sizeof problem) ||
           refuse_value(reading, row, problem);
}

static bool set_values(struct option_reading *reading, struct options *out)
{
    for (size_t i = 0; i < ROWS; i++)
        if (!set_value(reading, i, out))
            return false;
    return true;
}

/* ---- --print-config ---- */

static void write_origin(FILE *to, const struct option_reading *reading, size_t row)
{
    static const char *const words[] = {[FLAG] = "flag", [DEFAULT] = "default"};
    char variable[64];
    if (reading->given[row].origin == CONFIG_FILE)
        fprintf(to, "%s:%d\n", reading->config, reading->given[row].line);
    else if (reading->given[row].origin == ENVIRONMENT)
        fprintf(to, "%s\n", option_variable(&rows[row], variable));
    else
        fprintf(to, "%s\n", words[reading->given[row].origin]);
}

/* Lines of a file of options, each with its origin. NULL without memory. */
static char *list_values(const struct option_reading *reading)
{
    char line[512], *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    for (size_t i = 0; to != NULL && i < ROWS; i++) {
        const char *value = reading->given[i].text;
        if (!is_of_file(i) || i == row_named("config"))
            continue;
        snprintf(line, sizeof line, "%s%s = %s", value == NULL ? "; " : "", rows[i].name,
                 value == NULL ? "" : value);
        fprintf(to, "%-60s ; ", line);
        if (value == NULL)
            fputs("not given\n", to);
        else
            write_origin(to, reading, i);
    }
    if (to != NULL && fclose(to) == 0)
        return text;
    free(text);
    return NULL;
}

/* ---- all of it ---- */

enum options_result options_read(struct options *out, int argc, char *const argv[],
                                 options_environment *environment, char *problem, size_t size)
{
    struct option_reading reading = {.problem = problem, .size = size};

    *out = (struct options){0};
    if (!read_command(&reading, argc, argv))
        return OPTIONS_WRONG;
    const int skipped = reading.command != OPTIONS_RUN;
    enum options_result result = read_flags(&reading, argc - skipped, argv + skipped);
    if (result != OPTIONS_HELP && result != OPTIONS_VERSION && result != OPTIONS_WRONG) {
        out->file = reading.operand;
        const bool good = read_environment(&reading, environment) && read_file(&reading) &&
                          read_defaults(&reading) && set_values(&reading, out);
        result = good ? result : OPTIONS_WRONG;
    }
    if (result == OPTIONS_PRINT && (out->listing = list_values(&reading)) == NULL) {
        refuse(&reading, "out of memory");
        result = OPTIONS_WRONG;
    }
    for (size_t i = 0; i < ROWS; i++)
        free(reading.given[i].text);
    return result;
}

void options_free(struct options *out)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].kind == TEXT)
            free(*(char **)(void *)((char *)out + rows[i].offset));
    free(out->listing);
}

void options_print_help(FILE *to)
{
    option_help_write(to, rows, ROWS, commands, COMMANDS);
}
