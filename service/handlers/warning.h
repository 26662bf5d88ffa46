/* Warnings in the metadata of a reply. */
#ifndef ALUNOD_HANDLERS_WARNING_H
#define ALUNOD_HANDLERS_WARNING_H

#include "call.h"

/* Adds a warning about a field of a message whose path in the request is `path`. `detail`: or NULL; cut to
 * fit. */
void warning_add(struct call *call, const char *path, const char *name, aluno_reason reason,
                 const char *detail);

#endif
