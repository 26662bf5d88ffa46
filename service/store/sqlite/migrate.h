/* The schema's migrations, from one PRAGMA user_version to the next. */
#ifndef ALUNOD_STORE_MIGRATE_H
#define ALUNOD_STORE_MIGRATE_H

#include "schema.h"

/* Migrates the database of the writer's session to version `count`, in one transaction. A new file gets all
 * scripts. An older schema is first copied to a file in the same folder. OPTION_INVALID when the file is no
 * database, belongs to another program, has a newer schema or cannot be written. */
aluno_code store_migrate(struct store_session *session, const char *path, const char *const scripts[],
                         int count, aluno_error *error);

#endif
