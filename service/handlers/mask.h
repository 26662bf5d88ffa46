/* update_mask: which fields of a student an update is about (AIP-134, AIP-161). */
#ifndef ALUNOD_HANDLERS_MASK_H
#define ALUNOD_HANDLERS_MASK_H

#include <aluno/error.h>

/* Parses `mask`, "name,age" or "*" for all, into *fields: the flags of the fields that it names. Clears those
 * flags of *student, which is request.student, that are not named. An empty mask changes neither. Violations:
 * a path that is no field; a field that is named but not set though it is REQUIRED, or EXPECTED and in
 * *expected.
 */
aluno_code mask_apply(aluno_student *student, aluno_student_has *fields, const char *mask,
                      const aluno_student_has *expected, aluno_error *error);

#endif
