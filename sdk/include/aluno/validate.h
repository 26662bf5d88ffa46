/* Validation of messages by the contract, as the service does it. Any thread, no connection. Implemented by
 * sdk/protocol/validate.c. */
#ifndef ALUNO_VALIDATE_H
#define ALUNO_VALIDATE_H

#include <aluno/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Validates a message: which fields are required, each field's range and rule; what the service's policy
 * requires, the service alone checks. Values that pass are normalised in place (names trimmed and composed to
 * NFC, a CPF reduced to its digits, a date to "2010-03-05"). *error lists every violation, with the path of
 * its field ("student.name"). `partial`: nothing is required, as inside an update. OUTPUT fields are cleared.
 * Returns ALUNO_OK or ALUNO_INVALID_ARGUMENT. */
ALUNO_API aluno_code aluno_validate(const aluno_message_desc *type, void *message, bool partial,
                                    aluno_error *error);

/* Validates a message that was read from another form (bytes, a table, the row of a file) in which not every
 * value could be read. `read` is the result of reading: ALUNO_OK, or the code of *error. FIELDS_INVALID keeps
 * its violations, and a field that has one is not reported as missing too. After any other failure
 * (JSON_SYNTAX …) nothing is validated, and *error stays. */
ALUNO_API aluno_code aluno_validate_read(const aluno_message_desc *type, void *message, aluno_code read,
                                         aluno_error *error);

/* Validates and normalises the value of one field of a message, which must be set: for forms that check each
 * answer. */
ALUNO_API aluno_code aluno_validate_field(const aluno_field_desc *field, void *message, aluno_error *error);

#ifdef __cplusplus
}
#endif

#endif
