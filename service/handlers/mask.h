/* update_mask: which fields of a message an update is about (AIP-134, AIP-161). */
#ifndef ALUNOD_HANDLERS_MASK_H
#define ALUNOD_HANDLERS_MASK_H

#include <aluno/error.h>

/* Leaves of *message, whose path in the request is `path`, only the fields that `mask` names: "name,age", or
 * "*" for all. Those the service sets are passed over. Violations: a path that names no field, and a field
 * that is named and REQUIRED but not set. An empty mask leaves the message as it is. */
aluno_code mask_apply(const aluno_message_desc *type, void *message, const char *mask, const char *path,
                      aluno_error *error);

#endif
