/* The statements that a connection keeps prepared, by name: STATEMENT_STUDENT_INSERT …; their parameters. */
#ifndef ALUNOD_POSTGRES_STATEMENT_H
#define ALUNOD_POSTGRES_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum statement {
#define STATEMENT(name, ...) STATEMENT_##name,
#include "statements.def"
    STATEMENT_COUNT,
    STATEMENT_OTHER = STATEMENT_COUNT /* one that is not kept prepared */
};

enum { PARAMETERS_MAX = 32, PARAMETER_NAME = 24, STATEMENT_SIZE = 4096 };

/* A statement whose named parameters have become $1, $2 … */
struct statement_text {
    char sql[STATEMENT_SIZE];
    char names[PARAMETERS_MAX][PARAMETER_NAME]; /* with their colon, in the order of the numbers */
    int count;
};

/* Numbers the parameters of `sql`, such as ":id"; a colon in a text or in :: is none. False: too long. */
bool statement_number(const char *sql, struct statement_text *out);

/* One that is kept prepared. Any thread. */
const struct statement_text *statement_of(enum statement which);

#endif
