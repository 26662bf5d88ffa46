/* The options of alunod and of its commands. One table drives flags, environment, file and --help.
 *
 * A value is taken from the first that gives one: the flag (--max-connections 10), the environment
 * (ALUNOD_MAX_CONNECTIONS=10), the file named by --config (max-connections = 10), the default. */
#ifndef ALUNOD_OPTIONS_H
#define ALUNOD_OPTIONS_H

#include "encryption.h"
#include "limit.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum options_cpf_check { OPTIONS_CPF_WARN, OPTIONS_CPF_STRICT };
enum options_require {
    OPTIONS_REQUIRE_BOTH,
    OPTIONS_REQUIRE_CPF,
    OPTIONS_REQUIRE_EMAIL,
    OPTIONS_REQUIRE_NONE
};
enum options_reveal { OPTIONS_REVEAL_REGISTRAR, OPTIONS_REVEAL_READER };

struct options {
    char *listen, *db, *ca, *cert, *key; /* a command has no ca, cert and key */
    char *crl, *config, *backup_dir;     /* NULL when not given */
    char *status;                        /* the same */
    int64_t backup_every_ms;             /* 0: never by itself */
    int64_t backup_keep;
    struct encryption_recipients recipients; /* of backups */
    int64_t check_every_ms;                  /* 0: never */
    char *audit_dir;                         /* NULL: DATABASE-audit */
    int64_t audit_keep_ms;
    int64_t audit_segment_bytes;
    int64_t erase_removed_after_ms; /* 0: never */
    int64_t keep_changes_ms;
    int64_t purpose;   /* enum purpose_policy of service.h */
    char *head;        /* of OPTIONS_AUDIT; NULL when not given */
    char *to;          /* of OPTIONS_BACKUP, OPTIONS_MIGRATE */
    char *from;        /* of OPTIONS_MIGRATE */
    char *identity;    /* of OPTIONS_RESTORE; NULL when not given */
    char *erased;      /* the same */
    const char *file;  /* of OPTIONS_RESTORE and OPTIONS_VERIFY; of OPTIONS_AUDIT the action; in argv */
    int64_t cpf_check; /* enum options_cpf_check */
    int64_t require;   /* enum options_require */
    int64_t reveal;    /* enum options_reveal */
    int64_t limits[LIMIT_COUNT];
    int64_t core_dumps; /* 0: off, 1: on */
    int64_t log_level;  /* enum log_level of log.h */
    int64_t log_format; /* enum log_format of log.h */
    char *listing;      /* of OPTIONS_PRINT: each option's value and origin, as lines of a file */
};

enum options_result {
    OPTIONS_RUN,     /* serve */
    OPTIONS_CHECK,   /* --check-config: check and report */
    OPTIONS_PRINT,   /* --print-config: print `listing` and exit 0 */
    OPTIONS_BACKUP,  /* alunod backup */
    OPTIONS_RESTORE, /* alunod restore */
    OPTIONS_VERIFY,  /* alunod check */
    OPTIONS_SEAL,    /* alunod seal */
    OPTIONS_MIGRATE, /* alunod migrate */
    OPTIONS_AUDIT,   /* alunod audit */
    OPTIONS_HELP,    /* --help: options_print_help and exit 0 */
    OPTIONS_VERSION, /* --version: print it and exit 0 */
    OPTIONS_WRONG    /* print the problem and exit 2 */
};

/* Looks up an environment variable, like getenv. */
typedef char *options_environment(const char *name);

/* Reads the options; prints nothing and leaves argv as it is. OPTIONS_WRONG comes with a `problem` of at most
 * `size` bytes: one line that names the option, where its value came from and the remedy. Call options_free
 * in any case. */
enum options_result options_read(struct options *out, int argc, char *const argv[],
                                 options_environment *environment, char *problem, size_t size);

/* Frees the texts that options_read stored. */
void options_free(struct options *out);

/* Writes the text of --help. */
void options_print_help(FILE *to);

#endif
