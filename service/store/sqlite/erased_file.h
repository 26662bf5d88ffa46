/* DATABASE.erased: the tombstones, beside the database, so that they outlive it. */
#ifndef ALUNOD_SQLITE_ERASED_FILE_H
#define ALUNOD_SQLITE_ERASED_FILE_H

#include "session.h"

#include <limits.h>
#include <stdio.h>

typedef char erased_path[PATH_MAX + 32];

/* Writes the path of the file of that database, with that ending. */
void erased_file_path(const char *database, const char *ending, erased_path out);

/* Reads a line of the file, which is divided: *out refers to it. False: it is no tombstone. */
bool erased_line_read(char *line, struct store_tombstone *out);

/* Writes the tombstones that a database has, as lines. False, logged, when they cannot be read;
 * erased_file_end notices what could not be written. */
bool erased_rows_write(struct store_session *session, FILE *file);

/* Creates DATABASE.erased.unfinished; NULL, with errno set, when it cannot be written. */
FILE *erased_file_begin(const char *database);

/* Ends it (NULL: it could not be begun), and gives it the name of the file when `is_written`: on the disk
 * before this returns. False, with errno set. */
bool erased_file_end(FILE *file, const char *database, bool is_written);

/* Writes the file anew, on the disk before this returns; false, logged, when it cannot be written. Without
 * tombstones there is none. */
bool erased_file_write(struct store_session *session);

#endif
