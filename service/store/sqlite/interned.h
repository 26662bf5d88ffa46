/* The names of callers and methods as small numbers, which the ledger's rows hold. */
#ifndef ALUNOD_SQLITE_INTERNED_H
#define ALUNOD_SQLITE_INTERNED_H

#include <aluno/error.h>

struct store_session;

/* Stores the number of a name in *id; adds the name when it is new. The writer's session only. */
aluno_code interned_id(struct store_session *session, const char *name, int64_t *id, aluno_error *error);

#endif
