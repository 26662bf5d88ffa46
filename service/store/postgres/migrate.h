/* The schema's versions. */
#ifndef ALUNOD_POSTGRES_MIGRATE_H
#define ALUNOD_POSTGRES_MIGRATE_H

#include "session.h"

extern const char *const postgres_migrations[];
extern const int postgres_migration_count;

/* Creates the schema, or brings an older one up to date. Of several services one does, and the others wait.
 * OPTION_INVALID: it is newer than this program's, or PostgreSQL refuses. */
aluno_code migrate(struct store_session *session, aluno_error *error);

/* The schema's version; 0: there is none yet. */
aluno_code migrate_version(struct store_session *session, int64_t *version, aluno_error *error);

#endif
