/* Where the database's files are: what is committed is kept only as long as they have their names. */
#ifndef ALUNOD_SQLITE_PLACE_H
#define ALUNOD_SQLITE_PLACE_H

#include <aluno/error.h>

#include <stdbool.h>
#include <stdint.h>

struct place;

/* Remembers the files of an open database; `lock`: file_lock's. NULL without memory. */
struct place *place_new(const char *database, int lock);
void place_free(struct place *place);

/* Whether the files are those that were opened, under their names, and nobody else wrote to the database.
 * Logs a change of the answer. Any thread. STORE_MOVED. */
aluno_code place_check(struct place *place, aluno_error *error);

/* Returns the result of the last check. */
aluno_code place_last_check(const struct place *place, aluno_error *error);

/* Encloses what this process writes to the database's file. False: a command copies it, write later; or
 * another program wrote to it or emptied its log, and pages of two histories must not mix. */
bool place_begin_write(struct place *place);
void place_end_write(struct place *place);

/* Keeps this process from writing to the database's file meanwhile, for a moment. */
void place_hold(struct place *place);
void place_release(struct place *place);

/* Reads how much the disk has free, and logs when it is little. Any thread. */
void place_watch_space(struct place *place);

/* The bytes of the database and of its write-ahead log, and those that are free on their disk; 0 when that
 * cannot be known. */
void place_measure(const struct place *place, int64_t *database, int64_t *log, int64_t *disk_free);

/* Whether it was little. */
bool place_is_short(const struct place *place);

#endif
