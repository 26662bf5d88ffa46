/* Whether a file is a whole database. */
#ifndef ALUNOD_SQLITE_INSPECT_H
#define ALUNOD_SQLITE_INSPECT_H

#include "session.h"

/* Implements store_inspect; a problem is reported as one of `name`. Ends early, with BACKUP_FAILED, when
 * *stop is true. `stop` may be NULL. */
aluno_code inspect_file(const char *file, const char *name, const atomic_bool *stop,
                        struct store_facts *facts, aluno_error *error);

/* Refuses a file that has a write-ahead log beside it. */
aluno_code inspect_log(const char *file, aluno_error *error);

#endif
