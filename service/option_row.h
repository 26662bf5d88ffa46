/* A row of the table of options. */
#ifndef ALUNOD_OPTION_ROW_H
#define ALUNOD_OPTION_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_kind {
    TEXT,    /* not empty; begins with `prefix` if there is one */
    CHOICE,  /* one of the words of the metavariable, kept as its number */
    INTEGER, /* min to max */
    PERIOD,  /* a number and s, m, h or d; min to max in ms, kept in ms */
    SWITCH   /* no value; on the command line only */
};

struct option_row {
    const char *name;
    const char *metavariable;
    enum option_kind kind;
    size_t offset; /* in options: char * of a TEXT, int64_t of the others */
    const char *fallback;
    bool is_required;
    bool is_list; /* of a TEXT: what is given again is appended, after a comma */
    const char *prefix;
    bool (*is_valid)(const char *text); /* of a TEXT; NULL: any is */
    bool is_secret;                     /* a value that is not valid is not repeated */
    const char *form;                   /* what is valid, in words */
    int64_t min, max;
    unsigned result; /* enum options_result: of a SWITCH; else of the command whose flag this is */
    unsigned also;   /* another command whose flag this is, too; 0: none */
    const char *doc;
};

/* A word that may follow "alunod". */
struct option_command {
    const char *name;
    unsigned result;     /* enum options_result */
    const char *operand; /* "": none */
    const char *doc;
};

#endif
