/* Validation as the service does it, which knows its policy. */
#ifndef ALUNO_PROTOCOL_VALIDATE_H
#define ALUNO_PROTOCOL_VALIDATE_H

#include <aluno/validate.h>

/* Like aluno_validate_read; of Student's EXPECTED fields, those that *expected names are required. */
aluno_code aluno__validate_expected(const aluno_message_desc *type, void *message, aluno_code read,
                                    const aluno_student_has *expected, aluno_error *error);

#endif
