/* update_mask: which fields of a message an update is about (AIP-134, AIP-161). */
#ifndef ALUNOD_HANDLERS_MASK_H
#define ALUNOD_HANDLERS_MASK_H

#include <aluno/error.h>

/* Parses `mask`, "name,age" or "*" for all, into *fields: the flags of the fields that it names, in a struct
 * like message.has. Clears the flags of *message, whose path in the request is `path`, that are not named. An
 * empty mask changes neither. Violations: a path that is no field; a field that is named and REQUIRED but not
 * set. */
aluno_code mask_apply(const aluno_message_desc *type, void *message, void *fields, const char *mask,
                      const char *path, aluno_error *error);

#endif
