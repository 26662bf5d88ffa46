/* The yardstick of durable writes: SQLite in this process, one transaction an insert. */
#ifndef ALUNO_BENCH_BASELINE_H
#define ALUNO_BENCH_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct baseline baseline;

/* NULL, and told, when the file cannot be made. */
baseline *baseline_open(const char *path);
void baseline_close(baseline *b); /* NULL is allowed */

/* Inserts so many students, the first of that number, each in a transaction of its own. */
bool baseline_insert(baseline *b, uint32_t first, size_t count);

#endif
