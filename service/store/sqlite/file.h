/* The database's file, before SQLite opens it. */
#ifndef ALUNOD_SQLITE_FILE_H
#define ALUNOD_SQLITE_FILE_H

#include "store/store.h"

/* Whether the database could be opened, or created. Changes nothing. OPTION_INVALID, with the remedy. */
aluno_code file_check(const char *path, aluno_error *error);

/* Resolves the path of a database that may be missing; the caller frees *real. If it is a symbolic link,
 * the files that belong to the database are next to the link's target. OPTION_INVALID as file_check. */
aluno_code file_resolve(char **real, const char *path, aluno_error *error);

/* Creates the file, readable by its owner alone, when there is none. The path is a resolved one,
 * as below. OPTION_INVALID as file_check. */
aluno_code file_prepare(const char *path, aluno_error *error);

enum file_user { FILE_SERVICE, FILE_COMMAND };

/* Ensures that one alunod uses the database: takes a lock that lives as long as *fd, which an exec or a crash
 * closes; and begins to write. Waits 30 s for a command that has the lock or copies the database.
 * OPTION_INVALID when that does not end, or another service has it. */
aluno_code file_lock(int *fd, const char *path, enum file_user user, aluno_error *error);

/* A service's lock on the database itself, whose other lock is gone when somebody removes its file. A command
 * finds it in file_lock. Closing *fd drops SQLite's locks: only while no connection is open. OPTION_INVALID.
 */
aluno_code file_claim(int *fd, const char *path, aluno_error *error);

/* Whether a process has the lock of file_lock. */
bool file_is_in_use(const char *path);

/* A second lock on the same file: the service holds it while it writes to the database's file, and commands
 * while they copy that file. The service does not wait: false when a command has it. */
bool file_begin_write(int lock);
void file_end_write(int lock);

/* The command's side: waits until the service does not write, and keeps it from writing until *fd is closed.
 * OPTION_INVALID. */
aluno_code file_hold(int *fd, const char *path, aluno_error *error);

/* Refuses a copy of `needed` bytes at `place` that would fill its disk: a service whose database shares it
 * would stop. A problem is reported as one of `name`. BACKUP_FAILED. */
aluno_code file_check_room(const char *place, const char *name, int64_t needed, aluno_error *error);

/* Gives a file that root made to the owner of the database, or of its folder: the service runs as that user.
 * False, with errno set, on failure. */
bool file_give_to_owner(int fd, const char *path);

#endif
