/* The database's file, before SQLite opens it. store_check is here too. */
#ifndef ALUNOD_SQLITE_FILE_H
#define ALUNOD_SQLITE_FILE_H

#include "store/store.h"

/* Creates the file, readable by its owner alone, when there is none. OPTION_INVALID as store_check. */
aluno_code file_prepare(const char *path, aluno_error *error);

/* Ensures that one alunod uses the database: takes a lock that lives as long as *fd, which an exec or a crash
 * closes. OPTION_INVALID when another process holds it. */
aluno_code file_lock(int *fd, const char *path, aluno_error *error);

#endif
