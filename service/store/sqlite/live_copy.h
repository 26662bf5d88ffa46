/* A copy of the database of a service that runs, made by another process. */
#ifndef ALUNOD_SQLITE_LIVE_COPY_H
#define ALUNOD_SQLITE_LIVE_COPY_H

#include <aluno/error.h>

/* Copies the database, and its write-ahead log, to `copy` and `copy`-wal, which are replaced. Opening them
 * gives what was committed at one moment. OPTION_INVALID or BACKUP_FAILED. */
aluno_code live_copy(const char *database, const char *copy, aluno_error *error);

/* Removes what live_copy made. */
void live_copy_remove(const char *copy);

#endif
