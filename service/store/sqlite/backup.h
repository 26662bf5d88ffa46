/* Copies of the database, each whole or without its name. */
#ifndef ALUNOD_SQLITE_BACKUP_H
#define ALUNOD_SQLITE_BACKUP_H

#include "session.h"

/* Copies the session's database, as it is at one moment, to the new file `file`, and verifies the copy. The
 * copy has that name only when it is verified and on the disk. Until then it is `unfinished`, which a killed
 * process leaves and the next backup replaces. BACKUP_FAILED, with the file and the problem. */
aluno_code backup_write(struct store_session *session, const char *unfinished, const char *file,
                        struct store_facts *facts, aluno_error *error);

/* The same for the database at `path`, on a session of its own that *stop interrupts; `stop` may be NULL. */
aluno_code backup_database(const char *path, const char *unfinished, const char *file,
                           const atomic_bool *stop, struct store_facts *facts, aluno_error *error);

/* Copies the database at `path`, whose schema has that version, to `path`.v<version>-<Unix time>.backup. */
aluno_code backup_before_migration(struct store_session *session, const char *path, int64_t version,
                                   aluno_error *error);

#endif
