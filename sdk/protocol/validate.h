/* Judging a message that was just decoded; aluno_validate is for all others. */
#ifndef ALUNO_PROTOCOL_VALIDATE_H
#define ALUNO_PROTOCOL_VALIDATE_H

#include <aluno/error.h>

/* Like aluno_validate, adding to the violations that decoding has found: all are told at once. `decoded` is
 * what aluno_decode returned, ALUNO_OK or a code with FIELDS_INVALID. A field whose value could not be read
 * is not said to be missing as well. */
aluno_code aluno_validate_decoded(const aluno_message *type, void *message, aluno_code decoded,
                                  aluno_error *error);

#endif
