/* The baseline of durable writes: SQLite in this process, one transaction per insert. */
#ifndef ALUNO_BENCH_BASELINE_H
#define ALUNO_BENCH_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct baseline baseline;

/* Returns NULL, and prints why, when the file cannot be created. */
baseline *baseline_open(const char *path);
void baseline_close(baseline *b); /* NULL is allowed */

/* Inserts `count` students, numbered from `first`, each in its own transaction. */
bool baseline_insert(baseline *b, uint32_t first, size_t count);

#endif
