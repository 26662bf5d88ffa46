/* The copy of the database that is kept when its schema changes. */
#ifndef ALUNOD_STORE_SQLITE_BACKUP_H
#define ALUNOD_STORE_SQLITE_BACKUP_H

#include "session.h"

/* Copies the database at `path`, whose schema has that version, to `path`.v<version>-<Unix time>.backup. The
 * copy has that name only when it is complete on the disk. Until then it is `path`.backup.unfinished, which
 * the next backup removes. */
aluno_code store_back_up(struct store_session *session, const char *path, int64_t version,
                         aluno_error *error);

#endif
