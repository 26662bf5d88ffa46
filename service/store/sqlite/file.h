/* The database's file, before SQLite opens it. store_check is here too. */
#ifndef ALUNOD_SQLITE_FILE_H
#define ALUNOD_SQLITE_FILE_H

#include "store/store.h"

/* Resolves the path of a database that may be missing; the caller frees *real. What is made beside a database
 * is beside the file that a symbolic link leads to. OPTION_INVALID as store_check. */
aluno_code file_resolve(char **real, const char *path, aluno_error *error);

/* Creates the file, readable by its owner alone, when there is none. The path is a resolved one,
 * as below. OPTION_INVALID as store_check. */
aluno_code file_prepare(const char *path, aluno_error *error);

/* Ensures that one alunod uses the database: takes a lock that lives as long as *fd, which an exec or a crash
 * closes. OPTION_INVALID when another process holds it. */
aluno_code file_lock(int *fd, const char *path, aluno_error *error);

/* Gives a file that root made to the owner of the database, or of its folder: the service runs as that user.
 * False, with errno set, on failure. */
bool file_give_to_owner(int fd, const char *path);

#endif
