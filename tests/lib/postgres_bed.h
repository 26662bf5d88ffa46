/* PostgreSQL behind a bed: a test that finds its URI in $ALUNO_POSTGRES has its store there. */
#ifndef ALUNO_TESTS_POSTGRES_BED_H
#define ALUNO_TESTS_POSTGRES_BED_H

#include <stdbool.h>
#include <stdint.h>

/* The URI; NULL: the store is SQLite's. */
const char *postgres_bed(void);

/* Removes everything from the database. */
void postgres_bed_empty(void);

/* Runs statements. */
void postgres_bed_run(const char *sql);

/* The number that a query gives; -1: none. */
int64_t postgres_bed_number(const char *sql);

#endif
