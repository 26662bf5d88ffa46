/* Tombstones, in the transaction of a change. */
#ifndef ALUNOD_SQLITE_ERASE_H
#define ALUNOD_SQLITE_ERASE_H

#include "session.h"

/* Adds a tombstone, unless it is there. */
aluno_code tombstone_add(struct store_session *session, const struct store_tombstone *tombstone,
                         aluno_error *error);

#endif
