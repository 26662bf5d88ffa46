/* The output of alunod --help, from the tables of options and of commands. */
#ifndef ALUNOD_OPTION_HELP_H
#define ALUNOD_OPTION_HELP_H

#include "option_row.h"

#include <stdio.h>

/* Writes the name of the option's environment variable, and returns it. */
const char *option_variable(const struct option_row *row, char name[64]);

void option_help_write(FILE *to, const struct option_row *rows, size_t row_count,
                       const struct option_command *commands, size_t command_count);

#endif
