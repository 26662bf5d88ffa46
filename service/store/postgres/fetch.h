/* Students of several calls, read by one statement before each call asks for its own. */
#ifndef ALUNOD_POSTGRES_FETCH_H
#define ALUNOD_POSTGRES_FETCH_H

#include "session.h"

/* Hands over a student who was fetched, once; *code as postgres_student_by_id's. False: he was not. */
bool fetched_take(struct fetched *fetched, int64_t id, enum store_scope scope, aluno_student *out,
                  aluno_code *code, aluno_error *error);

void fetched_clear(struct fetched *fetched);

#endif
