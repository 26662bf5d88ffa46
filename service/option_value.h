/* From an option's text to its value. */
#ifndef ALUNOD_OPTION_VALUE_H
#define ALUNOD_OPTION_VALUE_H

#include "option_row.h"

/* Stores the row's value at `at`: a copy of a TEXT, the number of the others. False, with what is wrong in
 * `problem`, of at most `size` bytes. */
bool option_value_read(const struct option_row *row, const char *text, void *at, char *problem, size_t size);

#endif
