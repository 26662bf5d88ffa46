/* Verifies a database that is in use. */
#ifndef ALUNOD_SQLITE_VERIFY_H
#define ALUNOD_SQLITE_VERIFY_H

#include "place.h"
#include "store/store.h"

enum { VERIFY_TABLE_MS = 60 * 1000 }; /* a longer snapshot would let the write-ahead log grow too far */

/* Implements store_verify. A table that takes more than `table_ms` is left unfinished. */
aluno_code verify(const char *path, struct place *place, int64_t table_ms, const atomic_bool *stop,
                  struct store_verified *found, aluno_error *error);

#endif
