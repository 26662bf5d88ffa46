/* Verifies a database that is in use. */
#ifndef ALUNOD_SQLITE_VERIFY_H
#define ALUNOD_SQLITE_VERIFY_H

#include "place.h"
#include "store/store.h"

/* Implements store_verify. */
aluno_code verify(const char *path, struct place *place, const atomic_bool *stop,
                  struct store_verified *found, aluno_error *error);

#endif
