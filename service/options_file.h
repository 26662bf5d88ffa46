/* The configuration file: lines of `key = value`, and comments after # or ;. */
#ifndef ALUNOD_OPTIONS_FILE_H
#define ALUNOD_OPTIONS_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Takes one pair of the file. False, with the problem written, refuses it. */
typedef bool options_pair(void *user, const char *key, const char *value, int line);

/* Calls `take` for each pair of the file. False, with one line in `problem`, at the first wrong line. */
bool options_file_read(const char *path, options_pair *take, void *user, char *problem, size_t size);

/* Takes off the quotes around a value. Returns what is wrong with it; NULL: nothing. */
const char *options_unquote(char *value);

#endif
