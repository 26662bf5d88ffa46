/* A period as text: 90s, 30m, 24h, 7d, or 0. */
#ifndef ALUNOD_PERIOD_H
#define ALUNOD_PERIOD_H

#include <stdbool.h>
#include <stdint.h>

#define PERIOD_DAY_MS ((int64_t)24 * 60 * 60 * 1000)

/* Reads a period into *ms; false when the text is none. */
bool period_read(const char *text, int64_t *ms);

#endif
