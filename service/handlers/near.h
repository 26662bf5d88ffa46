/* Students who may be the one that is about to be registered. */
#ifndef ALUNOD_HANDLERS_NEAR_H
#define ALUNOD_HANDLERS_NEAR_H

#include "call.h"

/* Adds a warning to the reply for each: of the same name and about as old (NAME_KNOWN), or with the same CPF
 * but for two neighbouring digits (CPF_SWAPPED). Its detail is the student's id and name. `path`: the
 * student's in the request; `day`: today, as school_day gives it. */
aluno_code near_warn(struct call *call, struct store_session *session, const aluno_student *student,
                     const char *path, int64_t day, aluno_error *error);

#endif
