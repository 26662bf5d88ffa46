/* Who was erased stays erased when the database itself is replaced. */
#ifndef ALUNOD_SQLITE_ERASED_MERGE_H
#define ALUNOD_SQLITE_ERASED_MERGE_H

#include <aluno/error.h>

/* Adds the tombstones of the database to DATABASE.erased: the service writes it after an erasure was
 * committed, and may have been killed before. The path is a resolved one, which the caller has locked; the
 * database's files stay as they are. A database that cannot be read is logged. BACKUP_FAILED: the list cannot
 * be written. */
aluno_code erased_merge(const char *database, aluno_error *error);

#endif
