/* What PostgreSQL's results mean. */
#ifndef ALUNOD_POSTGRES_RESULT_H
#define ALUNOD_POSTGRES_RESULT_H

#include "session.h"

bool result_is_fine(const PGresult *result);

/* STORE_UNREACHABLE, with when to try again: a new primary takes seconds. */
aluno_code fail_unreachable(aluno_error *error);

/* Maps a failed result to an error for the caller. Logs what a caller cannot act on, without values. */
aluno_code result_fail(const PGresult *result, enum session_failure *failure, aluno_error *error);

#endif
