/* The schema's migrations: what leads from one PRAGMA user_version to the next. */
#ifndef ALUNOD_STORE_MIGRATE_H
#define ALUNOD_STORE_MIGRATE_H

#include "session.h"

/* The files migrations/NNNN_*.sql, in order; the i-th leads from version i to i + 1. Made by embed.cmake. */
extern const char *const store_migrations[];
extern const int store_migration_count;

/* Brings the database of the writer's session to version `count`. A new file gets all scripts; an older
 * schema is copied to a file beside it first. All scripts and the new version take effect together or not at
 * all. OPTION_INVALID when the file is no database, is of another program, has a newer schema or cannot be
 * written. */
aluno_code store_migrate(store_session *session, const char *path, const char *const scripts[], int count,
                         aluno_error *error);

#endif
