/* DATABASE.erased: the tombstones, beside the database, so that they outlive it. */
#ifndef ALUNOD_SQLITE_ERASED_FILE_H
#define ALUNOD_SQLITE_ERASED_FILE_H

#include "session.h"

#include <limits.h>

typedef char erased_path[PATH_MAX + 32];

/* Writes the file's path, with that ending. */
void erased_file_path(struct store_session *session, const char *ending, erased_path out);

/* Writes the file anew, on the disk before this returns; false, logged, when it cannot be written. Without
 * tombstones there is none. */
bool erased_file_write(struct store_session *session);

#endif
