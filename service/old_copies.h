/* Files that have the database as it was. */
#ifndef ALUNOD_OLD_COPIES_H
#define ALUNOD_OLD_COPIES_H

#include <aluno/schema.h>

/* Adds to the list of *out the copies of `database` in that folder: backups, also those before a migration,
 * and databases that `alunod restore` set aside. Those that the list has no room for are left out. */
void old_copies_add(aluno_erasure *out, const char *folder, const char *database);

#endif
