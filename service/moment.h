/* A moment in a file's name: "2026-11-28T235152.793Z", in UTC, so that names sort by time. */
#ifndef ALUNOD_MOMENT_H
#define ALUNOD_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

enum { MOMENT_SIZE = 23 };

/* Writes a moment, which is in Unix milliseconds of a year from 0 to 9999. */
void moment_write(char text[MOMENT_SIZE], int64_t unix_ms);

/* Reads the moment that a text begins with; false when there is none. */
bool moment_read(const char *text, int64_t *unix_ms);

#endif
