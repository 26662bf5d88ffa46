/* Cleans up after a restore that was killed. */
#ifndef ALUNOD_SQLITE_RESTORE_H
#define ALUNOD_SQLITE_RESTORE_H

/* Removes the copy of a restore that had not begun to change the database's files. The caller has the
 * database's lock. */
void restore_forget(const char *database);

#endif
