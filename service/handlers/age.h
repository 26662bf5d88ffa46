/* The age of a student: typed, with the year in which it was; or following from the birth date. Of these the
 * store keeps one. `day`: today, as school_day gives it. */
#ifndef ALUNOD_HANDLERS_AGE_H
#define ALUNOD_HANDLERS_AGE_H

#include <aluno/error.h>

/* Adds the age to a student as the store reads it. */
void age_complete(aluno_student *student, int64_t day);

/* Checks age and birth date of a student of a request, whose path there is `path`. Violations:
 * BIRTH_DATE_RANGE, AGE_DISAGREES with the right age as its detail. */
aluno_code age_check(const aluno_student *student, int64_t day, const char *path, aluno_error *error);

/* Leaves what is stored: the birth date, or the age and its year. */
void age_settle(aluno_student *student, int64_t day);

/* Adapts an update of *present to *changes in the fields that *fields names. Violations: AGE_FOLLOWS, with
 * that age as its detail; FIELD_REQUIRED when neither age nor birth date would be left. */
aluno_code age_update(const aluno_student *present, aluno_student *changes, aluno_student_has *fields,
                      int64_t day, aluno_error *error);

#endif
