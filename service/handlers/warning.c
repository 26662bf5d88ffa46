/* Adds warnings. */
#include "warning.h"

#include "protocol/error.h"

#include <stdio.h>

void warning_add(struct call *call, const char *path, const char *name, aluno_reason reason,
                 const char *detail)
{
    aluno_reply_metadata *metadata = &call->outcome->metadata;
    char field[sizeof metadata->warnings.items->field];
    snprintf(field, sizeof field, "%s.%s", path, name);
    const size_t most = sizeof metadata->warnings.items / sizeof *metadata->warnings.items;
    if (detail == NULL)
        aluno__violation_add(metadata->warnings.items, most, &metadata->warnings.count, field, reason, NULL);
    else
        aluno__violation_add(metadata->warnings.items, most, &metadata->warnings.count, field, reason, "%s",
                             detail);
    metadata->has.warnings = true;
}
